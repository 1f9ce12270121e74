// The Next to go panel: what the next step would take, how close it is, and when.
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTest>

#include "connections/detail_table.h"
#include "connections/next_to_go_panel.h"
#include "connections/small_histogram.h"
#include "panel_by_hand.h"

using namespace condenser;
using namespace condenser::testing;

class NextToGoPanelTest : public QObject, private PanelByHand<NextToGoPanel> {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { end(); }

    void listsWhatALayerWouldLose();
    void drawsTheMargins();
    void saysWhenAndHowClose();
    void wholeNetworkListsAllLayers();
    void laterStagesTakeFromWhatIsLeft();
    void saysWhenAllIsDone();
    void otherWaysOfCondensing();
    void marksInTheMap();
    void rowsAreTraced();
    void histogramCanBeTakenOut();
};

// 1.1 has 8 inputs, of which each group would lose two. Group 1: f 3 at half and f 6 at 0.97 of the others; group 2: f
// 0 and f 1, as all are equal.
void NextToGoPanelTest::init() {
    begin();
    setWeight(*m_record, 0, 0, 3, 0.5);
    setWeight(*m_record, 0, 0, 6, 0.96875);
    m_state->setSource(m_source);
    m_state->setPlace({MapLevel::kLayer, 0, 0});
    show(0);
}

void NextToGoPanelTest::listsWhatALayerWouldLose() {
    QCOMPARE(plain(find<QLabel>(*m_panel, "nextToGoWhere")->text()), QStringLiteral("layer 1.1"));
    QStringList found;
    for (const QString& row : rows()) found << plain(row);
    QCOMPARE(found, QStringList({QStringLiteral("1|f 3|stem|50 %"), QStringLiteral("1|f 6|stem|3.1 %"),
                                 QStringLiteral("2|f 0|stem|0.0 %"), QStringLiteral("2|f 1|stem|0.0 %")}));
}

void NextToGoPanelTest::drawsTheMargins() {
    const auto* histogram = find<SmallHistogram>(*m_panel, "marginHistogram");
    QCOMPARE(histogram->bars().size(), std::size_t{10});
    for (std::size_t bin = 0; bin < 10; ++bin) QCOMPARE(histogram->bars()[bin].count, bin == 0 ? 3 : bin == 5 ? 1 : 0);
    QCOMPARE(plain(histogram->bars()[5].words), QStringLiteral("margin 50 to 60 %: 1 connection"));
    QVERIFY(plain(histogram->accessibleDescription()).contains(histogram->bars()[5].words.left(6)));
}

void NextToGoPanelTest::saysWhenAndHowClose() {
    QCOMPARE(sentence(),
             QStringLiteral("Step 1, at epoch 1.0, takes 1/4 of what is left: now 4 connections, 3 of them close calls "
                            "(margin below 10 %)."));
}

void NextToGoPanelTest::wholeNetworkListsAllLayers() {
    m_state->setPlace({MapLevel::kNetwork, 0, 0});
    QCOMPARE(find<QLabel>(*m_panel, "nextToGoWhere")->text(), QStringLiteral("all layers"));
    // 2 groups of 8, 12, 16 and 20 inputs, of which a quarter would go.
    QCOMPARE(rows().size(), 2 * (2 + 3 + 4 + 5));
    QVERIFY(rows().at(4).startsWith(QStringLiteral("1.2 · 1|f 0|stem|")));
    m_state->setPlace({MapLevel::kGroup, 1, 1});
    QCOMPARE(rows().size(), 6);
    QVERIFY(rows().at(0).startsWith(QStringLiteral("1|f 0|")));
}

void NextToGoPanelTest::laterStagesTakeFromWhatIsLeft() {
    drop(*m_record, 0, 0, 3);
    drop(*m_record, 0, 0, 6);
    drop(*m_record, 0, 1, 0);
    drop(*m_record, 0, 1, 1);
    show(2);  // after step 1
    QVERIFY2(sentence().startsWith(QStringLiteral("Step 2, at epoch 2.0, takes 1/3 of what is left: now 4 conn")),
             qPrintable(sentence()));
    QVERIFY(rows().at(0).startsWith(QStringLiteral("1|f 0|stem")));
    QVERIFY(rows().at(2).startsWith(QStringLiteral("2|f 2|stem")));
}

void NextToGoPanelTest::saysWhenAllIsDone() {
    show(m_source->count() - 1);
    QVERIFY(sentence().startsWith(QStringLiteral("All condensing steps are done.")));
    QVERIFY(find<QPushButton>(*m_panel, "markNextToGo")->isHidden());
    QVERIFY(table()->isHidden());
    QVERIFY(find<SmallHistogram>(*m_panel, "marginHistogram")->isHidden());
    auto* way = find<QPushButton>(*m_panel, "momentBefore2");
    QCOMPARE(way->text(), QStringLiteral("before step 2"));
    QTest::keyClick(way, Qt::Key_Space);
    QCOMPARE(m_source->moments[static_cast<std::size_t>(m_state->moment())],
             (ConnectionsKey{ConnectionsMoment::kBeforeStep, 2, 20, 1}));
    QTRY_VERIFY(way->isHidden());
    QVERIFY(table()->isVisible());
}

// All at once: what goes is three of four. Given before the first step: none goes by importance.
void NextToGoPanelTest::otherWaysOfCondensing() {
    m_source->condensing = {{.stage = 3, .step = 30, .epoch = 3, .keptAfter = 0.25}};
    m_state->setSource(m_source);
    show(0);
    QCOMPARE(rows().size(), 2 * 6);
    QVERIFY2(sentence().startsWith(QStringLiteral("Step 3, at epoch 3.0, takes 75.0")), qPrintable(sentence()));
    m_source->learned = false;
    show(1);
    QCOMPARE(rows().size(), 0);
    QVERIFY2(sentence().startsWith(QStringLiteral("The connections of this run were given")), qPrintable(sentence()));
}

void NextToGoPanelTest::marksInTheMap() {
    auto* mark = find<QPushButton>(*m_panel, "markNextToGo");
    QTest::mouseClick(mark, Qt::LeftButton);
    QVERIFY(m_state->showsNextToGo());
    QTest::keyClick(mark, Qt::Key_Space);
    QVERIFY(!m_state->showsNextToGo());
    m_state->setShowsNextToGo(true);  // from the map
    QVERIFY(mark->isChecked());
    for (const MapLevel level : {MapLevel::kNetwork, MapLevel::kGroup}) {  // whose maps mark nothing
        m_state->setPlace({level, 0, 0});
        QVERIFY(mark->isHidden());
    }
}

void NextToGoPanelTest::rowsAreTraced() {
    clickRow(*table(), 1);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 0, .channel = 6}));
    QTest::keyClick(table(), Qt::Key_Up);
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 0, .channel = 3}));
}

void NextToGoPanelTest::histogramCanBeTakenOut() {
    const auto* histogram = find<SmallHistogram>(*m_panel, "marginHistogram");
    const Exhibit exhibit =
        histogram->exhibit(QStringLiteral("margins"), QStringLiteral("margin"), QStringLiteral("n"));
    QVERIFY(plain(exhibit.csv()).startsWith(QStringLiteral("margin,n\nmargin 0 to 10 %: 3 connections,3\n")));
    const QImage picture = pictureOf(exhibit, 1);
    // The first bar reaches from the ground up to its count.
    QVERIFY(picture.pixelColor(8 + histogram->width() / 20, 8 + histogram->height() / 2) == darkTheme().condensed);
    // It stays what it was when it was asked for, whatever is shown when it is written.
    m_state->setPlace({MapLevel::kNetwork, 0, 0});
    QVERIFY(histogram->bars()[0].count > 3);
    QCOMPARE(pictureOf(exhibit, 1), picture);
    // From the list's menu, which the Menu key opens, too.
    QMenu menu;
    find<DetailTable>(*m_panel, "nextToGoTable")->fillMenu(menu);
    for (const char* name : {"copyRows", "savePicture", "saveNumbers"})
        QVERIFY(menu.findChild<QAction*>(QLatin1String(name)) != nullptr);
    // What goes wrong is said.
    find<QAction>(menu, "saveNumbers")->trigger();
    emit find<QFileDialog>(*m_panel, "exportDialog")->fileSelected(QStringLiteral("/nowhere/margins.csv"));
    QVERIFY2(sentence().contains(QStringLiteral("margins.csv")), qPrintable(sentence()));
}

QTEST_MAIN(NextToGoPanelTest)
#include "tst_next_to_go_panel.moc"
