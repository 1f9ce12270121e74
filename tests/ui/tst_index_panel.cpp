// The Index layer panel: positions as the condensed network has them, and to how many groups each feature is copied.
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "connections/index_panel.h"
#include "connections/small_histogram.h"
#include "panel_by_hand.h"

using namespace condenser;
using namespace condenser::testing;

class IndexPanelTest : public QObject, private PanelByHand<IndexPanel> {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { end(); }

    void asksForALayer();
    void listsPositions();
    void listsFeatures();
    void countsCopies();
    void tellsNowFromTheEnd();
    void rowsAreTraced();
};

// 1.2, condensed: 12 inputs, three for each group; f 9 for both.
void IndexPanelTest::init() {
    begin();
    keepOnly(*m_record, 1, 0, {{9, 0.5}, {0, 1}, {11, 1}});
    keepOnly(*m_record, 1, 1, {{2, 0.5}, {4, 1}, {9, 1}});
    m_state->setSource(m_source);
    m_state->setPlace({MapLevel::kLayer, 1, 0});
    show(m_source->count() - 1);
}

void IndexPanelTest::asksForALayer() {
    m_state->setPlace({MapLevel::kNetwork, 1, 0});
    QVERIFY(sentence().startsWith(QStringLiteral("Choose a layer")));
    QVERIFY(table()->isHidden());
    m_state->setPlace({MapLevel::kGroup, 1, 1});
    QVERIFY(table()->isVisible());
    m_state->setSource(nullptr);
    QTRY_COMPARE(sentence(), QStringLiteral("Nothing has been recorded yet."));
}

void IndexPanelTest::listsPositions() {
    QCOMPARE(rows(), QStringList({QStringLiteral("0|1|f 0|stem"), QStringLiteral("1|1|f 9|1.1"),
                                  QStringLiteral("2|1|f 11|1.1"), QStringLiteral("3|2|f 2|stem"),
                                  QStringLiteral("4|2|f 4|stem"), QStringLiteral("5|2|f 9|1.1")}));
}

void IndexPanelTest::listsFeatures() {
    QTest::mouseClick(find<QPushButton>(*m_panel, "indexFeatures"), Qt::LeftButton);
    const QStringList found = rows();
    QCOMPARE(found.size(), 12);
    QCOMPARE(found.at(0), QStringLiteral("f 9|1.1|1 and 2"));
    QCOMPARE(found.at(1), QStringLiteral("f 0|stem|1"));
    QCOMPARE(found.at(2), QStringLiteral("f 2|stem|2"));
    QCOMPARE(found.at(5), QStringLiteral("f 1|stem|none"));
    QTest::keyClick(find<QPushButton>(*m_panel, "indexPositions"), Qt::Key_Space);
    QCOMPARE(rows().size(), 6);
}

void IndexPanelTest::countsCopies() {
    const auto& bars = find<SmallHistogram>(*m_panel, "copiesHistogram")->bars();
    QCOMPARE(bars.size(), std::size_t{3});
    QCOMPARE(bars[0].count, 7);
    QCOMPARE(bars[1].count, 4);
    QCOMPARE(bars[2].count, 1);
    QCOMPARE(plain(bars[2].words), QStringLiteral("read by 2 groups: 1 feature"));
}

void IndexPanelTest::tellsNowFromTheEnd() {
    QCOMPARE(sentence(),
             QStringLiteral("The index layer of 1.2 has 6 positions, 3 for each of 2 groups; 1 of 12 features "
                            "is copied to several groups, 7 to none."));
    setWeight(*m_record, 1, 0, 5, 1);
    setWeight(*m_record, 1, 0, 2, 1);
    m_state->setMoment(2);
    QTRY_COMPARE(sentence(),
                 QStringLiteral("As it would be now, the index layer of 1.2 has 8 positions, 3 to 5 for each "
                                "of 2 groups; 2 of 12 features are copied to several groups, 6 to none."));
    QCOMPARE(rows().size(), 8);
}

void IndexPanelTest::rowsAreTraced() {
    clickRow(*table(), 2);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 1, .channel = 11}));
    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 0, .channel = 2}));
    // The same in the other list.
    QTest::mouseClick(find<QPushButton>(*m_panel, "indexFeatures"), Qt::LeftButton);
    clickRow(*table(), 0);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 1, .channel = 9}));
}

QTEST_MAIN(IndexPanelTest)
#include "tst_index_panel.moc"
