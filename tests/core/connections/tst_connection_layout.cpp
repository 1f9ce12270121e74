#include <QtTest>

#include "run/run_files.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

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
        QCOMPARE(layout.sourcesOf(0), 1);
        QCOMPARE(layout.sourcesOf(2), 3);
        const int sources[] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3};
        for (int channel = 0; channel < 10; ++channel) QCOMPARE(layout.sourceOf(channel), sources[channel]);
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
