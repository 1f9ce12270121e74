// The class activation map is exact: its mean is the class's logit without the bias. And what is made of it to look at.
#include <QTest>

#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "run/class_activation.h"
#include "run/network_forms.h"
#include "support/tiny_model.h"

using namespace condenser;

namespace {

// With norms of all kinds, for pictures of height x width, in a form and with a share of the classifier's inputs.
ModelFile modelOf(Variant variant, double keep, int height, int width) {
    ModelFile model = tinyModel(Variant::kDense);
    model.spec.height = model.preprocess.height = height;
    model.spec.width = model.preprocess.width = width;
    model.preprocess.resize = std::max(height, width);
    model.variant = variant;
    auto network = Network::fromState(model.spec, model.tensors);
    Rng rng(5, RandomStream::kTest);
    network->visitTensors([&](const TensorSlot& slot) {
        const bool isNorm = slot.name.find("norm") != std::string::npos;
        if (slot.value.empty() || !(isNorm || slot.name == "classifier.bias")) return;
        for (float& value : slot.value)
            value = static_cast<float>(slot.name.ends_with("running_var") ? 0.5 + rng.uniform() : rng.normal());
    });
    model.tensors = variant == Variant::kDense ? network->state() : *condensedState(*network, {keep});
    return model;
}

ActivationMap toyMap() {
    return {0, 2, 2, {-1, 0, 0, 4}, 0, 0};  // the largest at the right below
}

Picture grey(int height, int width) {
    return {height, width, std::vector<std::uint8_t>(static_cast<std::size_t>(height * width * 3), 128)};
}

const std::uint8_t* pixelOf(const Picture& picture, int y, int x) {
    return &picture.pixels[static_cast<std::size_t>(y * picture.width + x) * 3];
}

}  // namespace

class TestClassActivation : public QObject {
    Q_OBJECT

  private slots:
    void theMeanIsTheLogitWithoutItsBias_data() {
        QTest::addColumn<bool>("condensed");
        QTest::addColumn<double>("keep");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("dense") << false << 1.0 << 16 << 16;
        QTest::newRow("condensed") << true << 1.0 << 16 << 16;
        QTest::newRow("pruned classifier") << true << 0.5 << 16 << 16;
        QTest::newRow("not square") << true << 0.5 << 17 << 38;
    }
    void theMeanIsTheLogitWithoutItsBias() {
        QFETCH(bool, condensed);
        QFETCH(double, keep);
        QFETCH(int, height);
        QFETCH(int, width);
        ThreadPool pool(2);
        const ModelFile model = modelOf(condensed ? Variant::kCondensed : Variant::kDense, keep, height, width);
        auto activation = ClassActivation::make(model);
        QVERIFY2(activation.has_value(), activation ? "" : activation.error().text().c_str());
        for (int i = 0; i < 4; ++i) {
            const ActivationMaps maps = activation->maps(drawn(i), pool, {2, 0, 1});
            QCOMPARE(maps.seen.height, height);
            QCOMPARE(maps.logits.size(), std::size_t{3});
            QCOMPARE(maps.maps.size(), std::size_t{3});
            for (std::size_t k = 0; k < 3; ++k) {
                const ActivationMap& map = maps.maps[k];
                QCOMPARE(map.classIndex, (std::vector{2, 0, 1})[k]);
                QCOMPARE(map.height, height / 2);
                QCOMPARE(map.width, width / 2);
                QCOMPARE(map.values.size(), static_cast<std::size_t>(map.height * map.width));
                QCOMPARE(map.logit, maps.logits[static_cast<std::size_t>(map.classIndex)]);
                double sum = 0, magnitude = 0;
                for (const float value : map.values) {
                    sum += static_cast<double>(value);
                    magnitude = std::max(magnitude, std::abs(static_cast<double>(value)));
                }
                const double expected = static_cast<double>(map.logit) - static_cast<double>(map.bias);
                QVERIFY(magnitude > 0);
                QVERIFY(std::abs(sum / static_cast<double>(map.values.size()) - expected) < 1e-5 * magnitude);
            }
        }
    }

    void withoutClassesItIsTheAnswers() {
        ThreadPool pool(1);
        auto activation = ClassActivation::make(tinyModel(Variant::kCondensed));
        const ActivationMaps maps = activation->maps(drawn(1), pool);
        QCOMPARE(maps.maps.size(), std::size_t{1});
        const auto largest = std::ranges::max_element(maps.logits) - maps.logits.begin();
        QCOMPARE(maps.maps.front().classIndex, static_cast<int>(largest));
    }

    // An expanded network looks where its condensed form does.
    void bothFormsLookAtTheSame() {
        ThreadPool pool(1);
        ModelFile model = modelOf(Variant::kCondensed, 0.5, 16, 16);
        auto forms = NetworkForms::make(model);
        QVERIFY(forms.has_value());
        auto condensed = ClassActivation::make(model);
        model.tensors = forms->dense.state();
        auto dense = ClassActivation::make(model);
        const auto a = condensed->maps(drawn(2), pool, {1}), b = dense->maps(drawn(2), pool, {1});
        for (std::size_t i = 0; i < a.maps[0].values.size(); ++i)
            QVERIFY(std::abs(a.maps[0].values[i] - b.maps[0].values[i]) < 1e-4f);
    }

    void thePeakIsTheMiddleOfItsCell() {
        const auto place = toyMap().peak(8, 12);
        QCOMPARE(place.x, 9.0);
        QCOMPARE(place.y, 6.0);
    }

    void theOverlayCoversWhereTheMapIsLarge() {
        const Picture picture = grey(8, 12), overlay = activationOverlay(picture, toyMap(), 1);
        QCOMPARE(overlay.height, 8);
        QCOMPARE(overlay.width, 12);
        const auto strongest = activationColour(1);
        for (std::size_t c = 0; c < 3; ++c) QCOMPARE(pixelOf(overlay, 7, 11)[c], strongest[c]);
        for (std::size_t c = 0; c < 3; ++c) QCOMPARE(pixelOf(overlay, 0, 0)[c], std::uint8_t{128});  // below zero
        for (std::size_t c = 0; c < 3; ++c) QCOMPARE(pixelOf(overlay, 0, 11)[c], std::uint8_t{128});
        QCOMPARE(activationOverlay(picture, toyMap(), 0).pixels, picture.pixels);
        // Half as strong covers half as much.
        const Picture half = activationOverlay(picture, toyMap(), 0.5);
        for (std::size_t c = 0; c < 3; ++c) QVERIFY(std::abs(pixelOf(half, 7, 11)[c] - (128 + strongest[c]) / 2) <= 1);
    }

    void aMapThatSpeaksAgainstItCoversNothing() {
        ActivationMap map = toyMap();
        map.values = {-1, -2, 0, -3};
        QCOMPARE(activationOverlay(grey(5, 3), map, 1).pixels, grey(5, 3).pixels);
        map = {0, 1, 1, {2}, 0, 0};  // one cell: everything alike
        const Picture all = activationOverlay(grey(5, 3), map, 1);
        for (int i = 0; i < 15; ++i) QCOMPARE(pixelOf(all, i / 3, i % 3)[0], activationColour(1)[0]);
    }

    void theColoursGrowLighter() {
        const auto lightness = [](double share) {
            const auto colour = activationColour(share);
            const auto linear = [](std::uint8_t v) { return std::pow(v / 255.0, 2.2); };
            return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
        };
        for (int i = 0; i < 20; ++i) QVERIFY(lightness(i / 20.0) < lightness((i + 1) / 20.0));
        QCOMPARE(activationColour(-1), activationColour(0));
        QCOMPARE(activationColour(2), activationColour(1));
    }
};

QTEST_GUILESS_MAIN(TestClassActivation)
#include "tst_class_activation.moc"
