// Feature maps are the network's own: each channel as the layer that made it wrote it, dense and condensed alike.
#include <QTest>

#include <cmath>

#include "connections/connection_layout.h"
#include "run/classifier.h"
#include "run/feature_maps.h"
#include "support/tiny_model.h"

using namespace condenser;

namespace {

FeatureMaps mapsOf(const ModelFile& model, const Picture& picture) {
    ThreadPool pool(1);
    auto mapper = FeatureMapper::make(model);
    if (!mapper) qFatal("%s", mapper.error().text().c_str());
    return mapper->maps(picture, pool);
}

}  // namespace

class TestFeatureMaps : public QObject {
    Q_OBJECT

  private slots:
    // What a transition's convolution makes stands between the blocks, as it was before the pooling.
    void transitionsHaveMapsOfTheirOwn() {
        ThreadPool pool(1);
        ModelFile model = tinyModel(Variant::kDense);
        model.spec.compression = 0.5;
        Network network(model.spec, 3);
        model.tensors = network.state();
        const FeatureMaps maps = mapsOf(model, drawn(4));
        const ConnectionLayout layout = layoutOf(model.spec);
        QCOMPARE(maps.channels(), layout.channels());
        Tensor x(1, 3, 16, 16);
        normaliseInto(fitPicture(drawn(4), model.preprocess).pixels.data(), 16, 16, 0, 0, false, model.preprocess,
                      x.view(), 0);
        network.forward(x.view(), Mode::kEval, pool);
        for (int channel = 0; channel < maps.channels(); ++channel) {
            const SourceLayer& maker = layout.source(layout.sourceOf(channel));
            const DenseBlock& block = network.blocks()[static_cast<std::size_t>(maker.block)];
            // A dense layer writes behind what it reads, which begins with the block.
            const int entry = layout.reader(std::max(layout.sourceOf(channel) - 1, 0)).readsFrom;
            const ConstView made = maker.transition ? block.transition->features.value() : block.features.value();
            const int at = channel - (maker.transition ? maker.first : layout.source(entry).first);
            const FeatureMap map = maps.map(channel);
            QCOMPARE(map.height, model.spec.mapSize(maker.block, 16));
            QCOMPARE(map.values[1], made.at(0, at, 0, 1));
            QCOMPARE(map.values.back(), made.at(0, at, map.height - 1, map.width - 1));
        }
    }

    void mapsAreThoseOfTheForwardPass() {
        ThreadPool pool(2);
        for (const Variant variant : {Variant::kDense, Variant::kCondensed}) {
            const ModelFile model = tinyModel(variant);
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

    // A transition's maps stand behind those of the layers before it, as it wrote them: the next block begins with what
    // is pooled of them, and reads nothing else from before.
    void transitionsAreAmongThem() {
        const NetworkSpec spec = *parseNetworkSpec(
            "condensenet:stages=2-1,growth=4-8,groups=2,condense=2,group3x3=2,classes=3,size=18,compression=0.5");
        Network network(spec, 3);
        ModelFile model = tinyModel(Variant::kDense);
        model.spec = spec;
        model.preprocess.height = model.preprocess.width = model.preprocess.resize = 18;
        model.tensors = network.state();
        const FeatureMaps maps = mapsOf(model, drawn(4));
        QCOMPARE(maps.channels(), 8 + 2 * 4 + 8 + 8);
        QCOMPARE(maps.blocks.size(), std::size_t{2});
        QCOMPARE(maps.blocks[0].channels, 24);
        QCOMPARE(maps.blocks[1].first, 24);
        QCOMPARE(maps.map(23).height, 18);
        QCOMPARE(maps.map(24).height, 9);

        ThreadPool pool(1);
        Tensor x(1, 3, 18, 18);
        normaliseInto(maps.seen.pixels.data(), 18, 18, 0, 0, false, model.preprocess, x.view(), 0);
        network.forward(x.view(), Mode::kEval, pool);
        const ConstView first = network.blockFeatures(0).value(), second = network.blockFeatures(1).value();
        for (int c = 0; c < 16; ++c) QCOMPARE(maps.map(c).values[19], first.at(0, c, 1, 1));
        for (int c = 0; c < 8; ++c) {
            const auto values = maps.map(16 + c).values;
            QVERIFY(std::abs((values[0] + values[1] + values[18] + values[19]) / 4 - second.at(0, c, 0, 0)) < 1e-5f);
            QCOMPARE(maps.map(24 + c).values[0], second.at(0, 8 + c, 0, 0));
        }
    }

    void denseAndCondensedMakeTheSame() {
        const FeatureMaps dense = mapsOf(tinyModel(Variant::kDense), drawn(7)),
                          condensed = mapsOf(tinyModel(Variant::kCondensed), drawn(7));
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
        const ModelFile model = tinyModel(Variant::kCondensed);
        auto classifier = Classifier::make(model, pool);
        QVERIFY(classifier.has_value());
        for (int i = 0; i < 4; ++i) {
            const FeatureMaps maps = mapsOf(model, drawn(i));
            const Prediction prediction = classifier->classify(drawn(i), 1);
            QCOMPARE(maps.best, prediction.answer().top.front().index);
            QCOMPARE(maps.answer, prediction.answer().top.front().name);
            QVERIFY(std::abs(maps.probabilities[static_cast<std::size_t>(maps.best)] -
                             prediction.answer().top.front().probability) < 1e-5);
        }
    }

    void largePicturesBecomeThoseOfTheNetwork() {
        Picture large{300, 700, std::vector<std::uint8_t>(std::size_t{300} * 700 * 3, 90)};
        const FeatureMaps maps = mapsOf(tinyModel(Variant::kDense), large);
        QCOMPARE(maps.seen.height, 16);
        QCOMPARE(maps.seen.width, 16);
        QCOMPARE(maps.blocks.front().height, 16);
    }

    void aMapperServesManyPictures() {
        ThreadPool pool(1);
        const ModelFile model = tinyModel(Variant::kDense);
        auto mapper = FeatureMapper::make(model);
        QVERIFY(mapper.has_value());
        for (int i = 0; i < 3; ++i) {
            const FeatureMaps maps = mapper->maps(drawn(i), pool);
            QCOMPARE(maps.blocks.back().values, mapsOf(model, drawn(i)).blocks.back().values);
        }
    }

    void whatDoesNotFitIsRefused() {
        ModelFile model = tinyModel(Variant::kDense);
        model.preprocess.height = 4096;
        QVERIFY(!FeatureMapper::make(model));
        model = tinyModel(Variant::kDense);
        model.classes.pop_back();
        QVERIFY(!FeatureMapper::make(model));
        model = tinyModel(Variant::kDense);
        model.tensors.erase(model.tensors.begin());
        QVERIFY(!FeatureMapper::make(model));
    }
};

QTEST_GUILESS_MAIN(TestFeatureMaps)
#include "tst_feature_maps.moc"
