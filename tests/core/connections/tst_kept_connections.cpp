#include <QtTest>

#include "connections/feature_reuse.h"
#include "connections/kept_connections.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

class KeptConnectionsTest : public QObject {
    Q_OBJECT

  private slots:
    // Layer 2.1: "4...88.." and "...2.4.8".
    void byHand() {
        const ConnectionsLayer layer = toyLayers()[2];
        const LayerConnections connections = toyConnections().layers[2];
        const KeptConnections all = keptConnections(layer, connections),
                              second = keptConnections(layer, connections, 1);
        QCOMPARE(all.kept, 6);
        QCOMPARE(all.possible, 16);
        QCOMPARE(all.unused, 3);
        QCOMPARE(second.kept, 3);
        QCOMPARE(second.possible, 8);
        QCOMPARE(second.unused, 5);
        QCOMPARE(second.share(), 3 / 8.0);
        QCOMPARE(KeptConnections().share(), 0.0);
    }

    void ofTheNetwork() {
        check(toySpec(), toyConnections());
        check(toyTransitionSpec(), toyTransitionConnections());
    }

  private:
    void check(const NetworkSpec& spec, const ConnectionsRecord& record) {
        const std::vector<ConnectionsLayer> layers = layersOf(spec);
        const KeptConnections all = keptConnections(layoutOf(spec), layers, record);
        KeptConnections sum;
        for (std::size_t i = 0; i < record.layers.size(); ++i) {
            sum.kept += keptConnections(layers[i], record.layers[i]).kept;
            sum.possible += keptConnections(layers[i], record.layers[i]).possible;
        }
        QCOMPARE(all.kept, sum.kept);
        QCOMPARE(all.possible, sum.possible);
        const auto uses = featureUse(layoutOf(spec), layers, record);
        QCOMPARE(all.unused, static_cast<int>(std::ranges::count_if(uses, &FeatureUse::isDead)));
    }
};

QTEST_GUILESS_MAIN(KeptConnectionsTest)
#include "tst_kept_connections.moc"
