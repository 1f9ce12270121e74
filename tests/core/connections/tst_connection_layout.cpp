#include <QtTest>
#include <algorithm>
#include <array>
#include <iterator>
#include <ranges>

#include "run/run_files.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

namespace {

NetworkSpec lightSpec() {
    return parseNetworkSpec(
               "condensenet:stages=2-2-1,growth=4-4-4,groups=2,condense=2,group3x3=2,compression=0.5,"
               "classes=3,size=8")
        .value();
}

}  // namespace

class ConnectionLayoutTest : public QObject {
    Q_OBJECT

  private slots:
    void sourcesAndReaders() {
        const ConnectionLayout layout = layoutOf(toySpec());
        QCOMPARE(layout.sources.size(), std::size_t{4});
        QCOMPARE(layout.layers(), 3);
        QCOMPARE(layout.channels(), 10);
        const char* names[] = {"stem", "1.1", "1.2", "2.1"};
        const int first[] = {0, 4, 6, 8}, channels[] = {4, 2, 2, 2}, block[] = {0, 0, 0, 1}, layer[] = {-1, 0, 1, 0};
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(layout.sources[i].name, std::string(names[i]));
            QCOMPARE(layout.sources[i].first, first[i]);
            QCOMPARE(layout.sources[i].channels, channels[i]);
            QCOMPARE(layout.sources[i].block, block[i]);
            QCOMPARE(layout.sources[i].layer, layer[i]);
        }
        QCOMPARE(layout.reader(0).name, std::string("1.1"));
        QCOMPARE(layout.reader(2).name, std::string("2.1"));
        QVERIFY(std::ranges::equal(layout.sourcesOf(0), std::array{0}));
        QVERIFY(std::ranges::equal(layout.sourcesOf(2), std::array{0, 1, 2}));
        QVERIFY(std::ranges::equal(layout.readersOf(1), std::array{1, 2}));
        QVERIFY(layout.readersOf(3).empty());  // the last layer: the classifier alone reads it
        for (int reader = 0; reader < 3; ++reader) QCOMPARE(layout.firstChannel(reader), 0);
        QCOMPARE(layout.firstClassified(), 0);
        const int sources[] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3};
        for (int channel = 0; channel < 10; ++channel) QCOMPARE(layout.sourceOf(channel), sources[channel]);
    }

    // Stem of 8, block 1 makes 4 + 4 channels, of which the transition makes 8; then 4 and 4, and 8 of those 16.
    void transitionsCutTheReach() {
        const NetworkSpec spec = lightSpec();
        const ConnectionLayout layout = layoutOf(spec);
        const char* names[] = {"stem", "1.1", "1.2", "T1", "2.1", "2.2", "T2", "3.1"};
        const int first[] = {0, 8, 12, 16, 24, 28, 32, 40}, channels[] = {8, 4, 4, 8, 4, 4, 8, 4};
        QCOMPARE(layout.sources.size(), std::size(names));
        for (std::size_t i = 0; i < std::size(names); ++i) {
            QCOMPARE(layout.sources[i].name, std::string(names[i]));
            QCOMPARE(layout.sources[i].first, first[i]);
            QCOMPARE(layout.sources[i].channels, channels[i]);
            QCOMPARE(layout.sources[i].transition, names[i][0] == 'T');
            QCOMPARE(layout.sourceOf(first[i]), static_cast<int>(i));
        }
        QCOMPARE(layout.channels(), 44);
        const int from[] = {0, 0, 0, 3, 3, 3, 6};
        for (int reader = 0; reader < layout.layers(); ++reader) {
            const int start = from[reader];
            QVERIFY(std::ranges::equal(layout.sourcesOf(reader), std::views::iota(start, reader + 1)));
            QCOMPARE(layout.firstChannel(reader), first[start]);
            for (int source = 0; source < 8; ++source)
                QCOMPARE(layout.canRead(reader, source), source >= start && source <= reader);
        }
        QVERIFY(std::ranges::equal(layout.readersOf(0), std::array{0, 1, 2}));
        QVERIFY(std::ranges::equal(layout.readersOf(3), std::array{3, 4, 5}));
        QVERIFY(layout.readersOf(7).empty());
        QCOMPARE(layout.inputsFrom(4, layout.source(4)).first, 8);  // what 2.1 makes, as 2.2 reads it
        QCOMPARE(layout.firstClassified(), 32);
    }

    void transitionsAmongTheLayers() {
        const NetworkSpec spec = lightSpec();
        const std::vector<ConnectionsLayer> layers = layersOf(spec);
        const std::vector<ConnectionsLayer> expected{{"features.denseblock_1.denselayer_1.conv_1", 2, 8, 16},
                                                     {"features.denseblock_1.denselayer_2.conv_1", 2, 12, 16},
                                                     {"features.transition_1.conv", 2, 16, 8},
                                                     {"features.denseblock_2.denselayer_1.conv_1", 2, 8, 16},
                                                     {"features.denseblock_2.denselayer_2.conv_1", 2, 12, 16},
                                                     {"features.transition_2.conv", 2, 16, 8},
                                                     {"features.denseblock_3.denselayer_1.conv_1", 2, 8, 16}};
        QVERIFY(layers == expected);
        QVERIFY(layoutOf(spec, layers).has_value());
        QVERIFY(!layoutOf(toySpec(), layers).has_value());
    }

    // What a run writes down is what a spec says.
    void presetsAsRunsRecordThem_data() {
        QTest::addColumn<QString>("spec");
        for (const char* name : {"condensenet-tiny", "condensenet-86"}) QTest::newRow(name) << QString(name);
        QTest::newRow("small") << QString::fromStdString(toySpec().text());
    }
    void presetsAsRunsRecordThem() {
        QFETCH(const QString, spec);
        Network network(parseNetworkSpec(spec.toStdString()).value(), 1);
        const std::vector<ConnectionsLayer> layers = connectionLayers(network);
        const auto layout = layoutOf(network.spec(), layers);
        QVERIFY(layout.has_value());
        QCOMPARE(layout->channels(), network.spec().blockInputs(network.spec().blocks()));
        for (int layer = 0; layer < layout->layers(); ++layer) {
            const SourceLayer& reader = layout->reader(layer);
            const std::string name = layers[static_cast<std::size_t>(layer)].name;
            QCOMPARE(name, "features.denseblock_" + std::to_string(reader.block + 1) + ".denselayer_" +
                               std::to_string(reader.layer + 1) + ".conv_1");
        }
    }

    void layersOfAnotherNetworkAreRefused() {
        QVERIFY(layoutOf(toySpec(), toyLayers()).has_value());
        const auto refused = [](auto change) {
            std::vector<ConnectionsLayer> layers = toyLayers();
            change(layers);
            return !layoutOf(toySpec(), layers).has_value();
        };
        QVERIFY(refused([](auto& layers) { layers.pop_back(); }));
        QVERIFY(refused([](auto& layers) { layers.push_back(layers.back()); }));
        QVERIFY(refused([](auto& layers) { layers[1].inputs = 7; }));
        QVERIFY(refused([](auto& layers) { layers[1].groups = 4; }));
        QVERIFY(refused([](auto& layers) { layers[2].outputs = 16; }));
        QVERIFY(refused([](auto& layers) { layers.clear(); }));
    }
};

QTEST_GUILESS_MAIN(ConnectionLayoutTest)
#include "tst_connection_layout.moc"
