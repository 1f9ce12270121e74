#include <QtTest>

#include "base/rng.h"
#include "connections/feature_reuse.h"
#include "network/summary.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const ConnectionLayout kLayout = layoutOf(toySpec());

std::vector<FeatureUse> toyUse() {
    return featureUse(kLayout, toyLayers(), toyConnections());
}

const LayerSummary& named(const NetworkSummary& summary, const std::string& name) {
    for (const LayerSummary& layer : summary.layers) {
        if (layer.name == name) return layer;
    }
    throw std::runtime_error("no layer " + name);
}

// All of a layer's channels dead, and no other; what that saves by the counts of the network's summary: the layer that
// makes them whole, of the last norm and the classifier their share.
struct Expected {
    std::int64_t macs = 0, params = 0;
};
Expected wholeLayer(const NetworkSpec& spec, const std::string& name, int channels) {
    const NetworkSummary summary = summarize(spec, CountingMode::kDense);
    const LayerSummary& maker = named(summary, name);
    return {maker.macs + channels * spec.classes, maker.params + channels * (2 + spec.classes)};
}

}  // namespace

class FeatureReuseTest : public QObject {
    Q_OBJECT

  private slots:
    // Layer 2.1 ("4...88.." and "...2.4.8"): of the stem's 8 pairs 4 and 2, of 1.1's 4 pairs 8, 8 and 4, of 1.2's
    // one 8.
    void reuseByHand() {
        const ConnectionsLayer layer = toyLayers()[2];
        const LayerConnections connections = toyConnections().layers[2];
        const auto of = [&](std::size_t source, int group = -1) {
            return reuseOf(layer, connections, kLayout.inputsFrom(2, kLayout.sources[source]), group);
        };
        QCOMPARE(of(0).kept, 2);
        QCOMPARE(of(0).possible, 8);
        QCOMPARE(of(0).share(), 0.25);
        QCOMPARE(of(0).meanWeight, (4 + 2) / 2.0 / 4);  // two pairs, four filters a group
        QCOMPARE(of(1).kept, 3);
        QCOMPARE(of(1).possible, 4);
        QCOMPARE(of(1).meanWeight, (8 + 8 + 4) / 3.0 / 4);
        QCOMPARE(of(2).kept, 1);
        QCOMPARE(of(2).meanWeight, 8 / 4.0);
        QCOMPARE(of(1, 0).kept, 2);
        QCOMPARE(of(1, 0).possible, 2);
        QCOMPARE(of(1, 1).kept, 1);
        QCOMPARE(of(1, 1).meanWeight, 4 / 4.0);
        QCOMPARE(of(2, 0).kept, 0);
        QCOMPARE(of(2, 0).share(), 0.0);
        QCOMPARE(of(2, 0).meanWeight, 0.0);
    }

    // An input that lives and weighs nothing is kept; one that is dropped is not, whatever stands in its place.
    void aDroppedPairIsNoWeakPair() {
        const ConnectionsLayer layer = toyLayers()[0];
        LayerConnections connections = drawn({"0...", "..0."});
        connections.importance[1] = 7;
        const Reuse reuse = reuseOf(layer, connections, {0, 4});
        QCOMPARE(reuse.kept, 2);
        QCOMPARE(reuse.meanWeight, 0.0);
    }

    void inputsOfAGroupStrongestFirst() {
        const auto inputs = inputsOf(kLayout, toyLayers(), toyConnections(), 2, 0);
        const int channels[] = {4, 5, 0}, sources[] = {1, 1, 0};
        const double weights[] = {2, 2, 1};
        QCOMPARE(inputs.size(), std::size_t{3});
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            QCOMPARE(inputs[i].channel, channels[i]);
            QCOMPARE(inputs[i].source, sources[i]);
            QCOMPARE(inputs[i].meanWeight, weights[i]);
        }
        const auto others = inputsOf(kLayout, toyLayers(), toyConnections(), 2, 1);
        QCOMPARE(others.size(), std::size_t{3});
        QCOMPARE(others[0].channel, 7);
        QCOMPARE(others[2].channel, 3);
    }

    void readersOfAChannel() {
        const auto readers = [](int channel) { return readersOf(kLayout, toyLayers(), toyConnections(), channel); };
        const auto ofTwo = readers(2);
        const int layers[] = {0, 0, 1, 1}, groups[] = {0, 1, 0, 1};
        const double weights[] = {1, 1, 0.5, 2};
        QCOMPARE(ofTwo.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(ofTwo[i].layer, layers[i]);
            QCOMPARE(ofTwo[i].group, groups[i]);
            QCOMPARE(ofTwo[i].meanWeight, weights[i]);
        }
        QVERIFY(readers(1).empty());
        QCOMPARE(readers(5).size(), std::size_t{2});
        QCOMPARE(readers(5)[0].layer, 2);
        QVERIFY(readers(9).empty());  // of the last layer
    }

    void howChannelsAreUsed() {
        const auto uses = toyUse();
        const int readers[] = {3, 0, 4, 2, 2 + 1, 2, 0, 1, 0, 0}, possible[] = {6, 6, 6, 6, 4, 4, 2, 2, 0, 0};
        QCOMPARE(uses.size(), std::size_t{10});
        for (std::size_t i = 0; i < uses.size(); ++i) {
            QCOMPARE(uses[i].channel, static_cast<int>(i));
            QCOMPARE(uses[i].source, kLayout.sourceOf(static_cast<int>(i)));
            QCOMPARE(uses[i].readers, readers[i]);
            QCOMPARE(uses[i].possible, possible[i]);
            QCOMPARE(uses[i].isDead(), i == 1 || i == 6);
        }
        QCOMPARE(uses[0].weight, (8 + 1 + 4) / 4.0);
        QCOMPARE(uses[1].weight, 0.0);
    }

    // Behind a transition inputs are counted anew, and the layers before it are out of reach.
    void transitionsByHand() {
        const NetworkSpec spec = toyTransitionSpec();
        const ConnectionLayout layout = layoutOf(spec);
        const std::vector<ConnectionsLayer> layers = layersOf(spec);
        const ConnectionsRecord record = toyTransitionConnections();
        const auto uses = featureUse(layout, layers, record);
        const int readers[] = {4, 2, 3, 1, 2, 1, 0, 1, 1, 0, 2, 1, 0, 0},
                  possible[] = {6, 6, 6, 6, 4, 4, 2, 2, 2, 2, 2, 2, 0, 0};
        QCOMPARE(uses.size(), std::size(readers));
        for (std::size_t i = 0; i < uses.size(); ++i) {
            QCOMPARE(uses[i].readers, readers[i]);
            QCOMPARE(uses[i].possible, possible[i]);
            QCOMPARE(uses[i].isDead(), i == 6 || i == 9);
            QCOMPARE(readersOf(layout, layers, record, static_cast<int>(i)).size(),
                     static_cast<std::size_t>(readers[i]));
        }
        const auto inputs = inputsOf(layout, layers, record, 3, 0);
        QCOMPARE(inputs.size(), std::size_t{2});
        QCOMPARE(inputs[0].input, 2);
        QCOMPARE(inputs[0].channel, 10);
        QCOMPARE(layout.source(inputs[0].source).name, std::string("T1"));
        const Reuse reuse = reuseOf(layers[3], record.layers[3], layout.inputsFrom(3, layout.source(3)));
        QCOMPARE(reuse.kept, 4);
        QCOMPARE(reuse.possible, 8);
        // 6: a 3x3 filter of 1.2 on 8x8 pixels, which the classifier cannot read. 9: the second filter of T1, of group
        // 2, which reads 3 inputs; the classifier reads it.
        const DeadSaving saving = savingOf(spec, layout, layers, record, uses);
        QCOMPARE(saving.channels, 2);
        QCOMPARE(saving.params, std::int64_t{36 + (3 + 2 + 3)});
        QCOMPARE(saving.macs, std::int64_t{36 * 64 + (3 * 64 + 3)});
    }

    // A channel's readers, counted one by one and all together, of a network of some size.
    void useIsTheNumberOfReaders_data() {
        QTest::addColumn<QString>("model");
        QTest::newRow("poolings") << "condensenet-tiny";
        QTest::newRow("transitions") << "condensenet:stages=4-4-4,growth=8-8-8,compression=0.5";
    }
    void useIsTheNumberOfReaders() {
        QFETCH(const QString, model);
        const NetworkSpec spec = parseNetworkSpec(model.toStdString()).value();
        const ConnectionLayout layout = layoutOf(spec);
        Rng rng(1, RandomStream::kTest);
        const std::vector<ConnectionsLayer> layers = layersOf(spec);
        ConnectionsRecord record;
        for (const ConnectionsLayer& layer : layers) {
            LayerConnections& connections = record.layers.emplace_back();
            for (int k = 0; k < layer.groups * layer.inputs; ++k) {
                connections.mask.push_back(static_cast<std::uint8_t>(rng.below(8) == 0));
                connections.importance.push_back(static_cast<float>(rng.uniform()));
            }
        }
        for (const FeatureUse& use : featureUse(layout, layers, record)) {
            const auto readers = readersOf(layout, layers, record, use.channel);
            QCOMPARE(use.readers, static_cast<int>(readers.size()));
            double weight = 0;
            for (const Reader& reader : readers) weight += reader.meanWeight;
            QVERIFY(std::abs(use.weight - weight) < 1e-9);
        }
    }

    // Channel 1 of the stem: a 3x3 filter over 3 planes of 8 x 8; channel 6 of layer 1.2: one over 4 of the 8
    // bottleneck channels, since there are 2 groups. Each also a scale, a shift and 3 weights of the classifier.
    void whatDeadChannelsWouldSaveByHand() {
        const DeadSaving saving = savingOf(toySpec(), kLayout, toyLayers(), toyConnections(), toyUse());
        QCOMPARE(saving.channels, 2);
        QCOMPARE(saving.params, std::int64_t{(27 + 2 + 3) + (36 + 2 + 3)});
        QCOMPARE(saving.macs, std::int64_t{(27 * 64 + 3) + (36 * 64 + 3)});
        QCOMPARE(savingOf(toySpec(), kLayout, toyLayers(), toyConnections(), {}).channels, 0);
    }

    void whatDeadChannelsWouldSaveAsTheSummaryCounts_data() {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<int>("source");
        QTest::addColumn<QString>("name");
        // A stem of stride 2, maps that are not square and lose an odd row.
        const QString odd =
            "condensenet:stages=1-2,growth=8-8,groups=2,bottleneck=2,group3x3=4,classes=7,size=17x12,"
            "stem_stride=2";
        QTest::newRow("stem of 86") << "condensenet-86" << 0 << "features.init_conv";
        QTest::newRow("86, second block") << "condensenet-86" << 16 << "features.denseblock_2.denselayer_2.conv_2.conv";
        QTest::newRow("74-g8") << "condensenet-74-g8" << 7 << "features.denseblock_2.denselayer_3.conv_2.conv";
        QTest::newRow("odd stem") << odd << 0 << "features.init_conv";
        QTest::newRow("odd") << odd << 2 << "features.denseblock_2.denselayer_1.conv_2.conv";
    }
    void whatDeadChannelsWouldSaveAsTheSummaryCounts() {
        QFETCH(const QString, spec);
        QFETCH(const int, source);
        QFETCH(const QString, name);
        const NetworkSpec network = parseNetworkSpec(spec.toStdString()).value();
        const ConnectionLayout layout = layoutOf(network);
        const SourceLayer& made = layout.sources[static_cast<std::size_t>(source)];
        std::vector<FeatureUse> uses;
        for (int channel = 0; channel < layout.channels(); ++channel) {
            const bool dead = layout.sourceOf(channel) == source;
            uses.push_back({channel, layout.sourceOf(channel), dead ? 0 : 1, 4, 1});
        }
        const DeadSaving saving = savingOf(network, layout, layersOf(network), {}, uses);
        const Expected expected = wholeLayer(network, name.toStdString(), made.channels);
        QCOMPARE(saving.channels, made.channels);
        QCOMPARE(saving.macs, expected.macs);
        QCOMPARE(saving.params, expected.params);
    }
};

QTEST_GUILESS_MAIN(FeatureReuseTest)
#include "tst_feature_reuse.moc"
