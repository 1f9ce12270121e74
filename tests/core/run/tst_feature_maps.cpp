// Feature maps are the network's own: each channel as the layer that made it wrote it, dense and condensed alike.
#include <QTest>

#include <cmath>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "run/classifier.h"
#include "run/feature_maps.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;

namespace {

ModelFile makeModel(Variant variant) {
    const auto spec = parseNetworkSpec(kTinySpec);
    if (!spec) qFatal("%s", spec.error().text().c_str());
    Network network(*spec, 3);
    condenseNetwork(network, spec->condenseFactor - 1, CondensingRules::kCorrected);
    ModelFile model;
    model.spec = *spec;
    model.variant = variant;
    model.classes = {"circle", "square", "star"};
    model.preprocess.height = model.preprocess.width = model.preprocess.resize = 16;
    if (variant == Variant::kDense) {
        model.tensors = network.state();
    } else {
        auto state = condensedState(network);
        if (!state) qFatal("%s", state.error().text().c_str());
        model.tensors = std::move(*state);
    }
    return model;
}

Picture drawn(int index) {
    return drawShape(ShapesPart::kTest, index).picture;
}

FeatureMaps mapsOf(const ModelFile& model, const Picture& picture) {
    ThreadPool pool(1);
    auto maps = featureMapsOf(model, picture, pool);
    if (!maps) qFatal("%s", maps.error().text().c_str());
    return std::move(*maps);
}

}  // namespace

class TestFeatureMaps : public QObject {
    Q_OBJECT

  private slots:
    void mapsAreThoseOfTheForwardPass() {
        ThreadPool pool(2);
        for (const Variant variant : {Variant::kDense, Variant::kCondensed}) {
            const ModelFile model = makeModel(variant);
            const FeatureMaps maps = mapsOf(model, drawn(4));
            auto network = Network::fromState(model.spec, model.tensors);
            QVERIFY(network.has_value());
            Tensor x(1, 3, 16, 16);
            const Picture seen = fitPicture(drawn(4), model.preprocess);
            QCOMPARE(maps.seen.pixels, seen.pixels);
            normaliseInto(seen.pixels.data(), 16, 16, 0, 0, false, model.preprocess, x.view(), 0);
            const auto logits = network->forward(x.view(), Mode::kEval, pool);
            QCOMPARE(maps.logits, std::vector<float>(logits.begin(), logits.end()));

            QCOMPARE(maps.channels(), model.spec.blockInputs(model.spec.blocks()));
            for (int channel = 0; channel < maps.channels(); ++channel) {
                int block = 0;  // that made it
                while (channel >= model.spec.blockInputs(block + 1)) ++block;
                const ConstView made = network->blockFeatures(block).value();
                const FeatureMap map = maps.map(channel);
                QCOMPARE(map.height, made.h);
                QCOMPARE(map.width, made.w);
                QCOMPARE(map.height, model.spec.mapSize(block, 16));
                for (int y = 0; y < map.height; ++y) {
                    for (int col = 0; col < map.width; ++col)
                        QCOMPARE(map.values[static_cast<std::size_t>(y * map.width + col)],
                                 made.at(0, channel, y, col));
                }
            }
            QVERIFY(maps.map(maps.channels()).values.empty());
            QVERIFY(maps.map(-1).values.empty());
        }
    }

    void denseAndCondensedMakeTheSame() {
        const FeatureMaps dense = mapsOf(makeModel(Variant::kDense), drawn(7)),
                          condensed = mapsOf(makeModel(Variant::kCondensed), drawn(7));
        QCOMPARE(dense.channels(), condensed.channels());
        for (int channel = 0; channel < dense.channels(); ++channel) {
            const FeatureMap a = dense.map(channel), b = condensed.map(channel);
            QCOMPARE(a.values.size(), b.values.size());
            for (std::size_t i = 0; i < a.values.size(); ++i) QVERIFY(std::abs(a.values[i] - b.values[i]) < 1e-4f);
        }
        QCOMPARE(dense.answer, condensed.answer);
    }

    void theAnswerIsTheClassifiers() {
        ThreadPool pool(1);
        const ModelFile model = makeModel(Variant::kCondensed);
        auto classifier = Classifier::make(model, pool);
        QVERIFY(classifier.has_value());
        for (int i = 0; i < 4; ++i) {
            const FeatureMaps maps = mapsOf(model, drawn(i));
            const Prediction prediction = classifier->classify(drawn(i), 1);
            QCOMPARE(maps.best, prediction.top.front().index);
            QCOMPARE(maps.answer, prediction.top.front().name);
            QVERIFY(std::abs(maps.probabilities[static_cast<std::size_t>(maps.best)] -
                             prediction.top.front().probability) < 1e-5);
        }
    }

    void largePicturesBecomeThoseOfTheNetwork() {
        Picture large{300, 700, std::vector<std::uint8_t>(std::size_t{300} * 700 * 3, 90)};
        const FeatureMaps maps = mapsOf(makeModel(Variant::kDense), large);
        QCOMPARE(maps.seen.height, 16);
        QCOMPARE(maps.seen.width, 16);
        QCOMPARE(maps.blocks.front().height, 16);
    }

    void aMapperServesManyPictures() {
        ThreadPool pool(1);
        const ModelFile model = makeModel(Variant::kDense);
        auto mapper = FeatureMapper::make(model);
        QVERIFY(mapper.has_value());
        for (int i = 0; i < 3; ++i) {
            const FeatureMaps maps = mapper->maps(drawn(i), pool);
            QCOMPARE(maps.blocks.back().values, mapsOf(model, drawn(i)).blocks.back().values);
        }
    }

    void whatDoesNotFitIsRefused() {
        ThreadPool pool(1);
        ModelFile model = makeModel(Variant::kDense);
        model.preprocess.height = 4096;
        QVERIFY(!featureMapsOf(model, drawn(0), pool));
        model = makeModel(Variant::kDense);
        model.classes.pop_back();
        QVERIFY(!featureMapsOf(model, drawn(0), pool));
        model = makeModel(Variant::kDense);
        model.tensors.erase(model.tensors.begin());
        QVERIFY(!featureMapsOf(model, drawn(0), pool));
    }
};

QTEST_GUILESS_MAIN(TestFeatureMaps)
#include "tst_feature_maps.moc"
