// The map of single weights while they are read: whose they are, and what an export calls them.
#include <QTest>

#include "connections/map_pane.h"
#include "maps/cell_map.h"
#include "panel_by_hand.h"

using namespace condenser;
using namespace condenser::testing;

class MapPaneTest : public QObject, private PanelByHand<MapPane> {
    Q_OBJECT

  private slots:
    // Epochs 5 and 6 are the last moments.
    void init() {
        begin();
        m_source->models[10] = m_source->models[11] = "model";
        m_state->setSource(m_source);
        m_state->setPlace({MapLevel::kGroup, 1, 0});
        m_state->setWeights(11, modelByHand(*m_source));
        QVERIFY(m_panel->map().grid() != nullptr);
    }
    void cleanup() { end(); }

    void weightsOfTheMomentBeforeKeepItsName() {
        const CellGridPtr before = m_panel->map().grid();
        QCOMPARE(m_panel->title(), QStringLiteral("by hand · layer 1.2 · group 1 · epoch 6"));
        m_state->setMoment(10);
        QCOMPARE(m_panel->map().grid(), before);
        QCOMPARE(m_panel->title(), QStringLiteral("by hand · layer 1.2 · group 1 · epoch 6"));
        m_state->setWeights(10, modelByHand(*m_source));
        QCOMPARE(m_panel->title(), QStringLiteral("by hand · layer 1.2 · group 1 · epoch 5"));
    }

    void weightsOfAnotherRunGo() {
        auto another = std::make_shared<ConnectionsSource>(*m_source);
        another->folder = "another";
        m_state->setSource(another);
        QCOMPARE(m_state->place().level, MapLevel::kGroup);  // of the same network
        QVERIFY(m_panel->map().grid() == nullptr);
        QVERIFY(!m_panel->exhibit());
        m_state->setWeights(11, modelByHand(*m_source));
        QVERIFY(m_panel->map().grid() != nullptr);
    }
};

QTEST_MAIN(MapPaneTest)
#include "tst_map_pane.moc"
