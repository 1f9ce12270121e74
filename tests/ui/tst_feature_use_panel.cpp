// The Features panel: ranks and dead features equal counts made by hand.
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "connections/feature_use_panel.h"
#include "look/format.h"
#include "network/summary.h"
#include "panel_by_hand.h"

using namespace condenser;
using namespace condenser::testing;

class FeatureUsePanelTest : public QObject, private PanelByHand<FeatureUsePanel> {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { end(); }

    void ranksByUse();
    void listsTheDead();
    void saysWhatTheDeadCost();
    void countsTheCondensedNetworkAtTheEnd();
    void rowsAreTraced();
    void followsTheRecord();
};

// f 5 of the stem and f 18 of 2.1 are read by nobody; f 13 of 1.2 by one group of 2.2 alone.
void FeatureUsePanelTest::init() {
    begin();
    for (int group = 0; group < 2; ++group) {
        for (int layer = 0; layer < 4; ++layer) drop(*m_record, layer, group, 5);
        drop(*m_record, 3, group, 18);
        drop(*m_record, 2, group, 13);
    }
    drop(*m_record, 3, 0, 13);
    setWeight(*m_record, 3, 1, 13, 0.25);
    setWeight(*m_record, 0, 0, 2, 2.5);
    m_state->setSource(m_source);
    show(0);
}

void FeatureUsePanelTest::ranksByUse() {
    const QStringList found = rows();
    QCOMPARE(found.size(), 20);  // what 2.2 makes nobody could read
    // The stem's: 8 groups could read them, and do, but f 5; f 2 weighs more.
    QCOMPARE(found.at(0), QStringLiteral("f 2|stem|8 of 8|9.50"));
    QCOMPARE(found.at(1), QStringLiteral("f 0|stem|8 of 8|8.00"));
    QCOMPARE(found.at(6), QStringLiteral("f 7|stem|8 of 8|8.00"));
    QCOMPARE(found.at(7), QStringLiteral("f 8|1.1|6 of 6|6.00"));
    QCOMPARE(found.at(17), QStringLiteral("f 13|1.2|1 of 4|0.25"));
    QCOMPARE(found.at(18), QStringLiteral("f 5|stem|0 of 8|0.00"));
    QCOMPARE(found.at(19), QStringLiteral("f 18|2.1|0 of 2|0.00"));
}

void FeatureUsePanelTest::listsTheDead() {
    auto *dead = find<QPushButton>(*m_panel, "deadFeatures"), *popular = find<QPushButton>(*m_panel, "popularFeatures");
    QCOMPARE(dead->text(), QStringLiteral("Dead (2)"));
    QTest::mouseClick(dead, Qt::LeftButton);
    QCOMPARE(rows(), QStringList({QStringLiteral("f 5|stem|0 of 8|0.00"), QStringLiteral("f 18|2.1|0 of 2|0.00")}));
    QVERIFY(!popular->isChecked());
    QTest::keyClick(popular, Qt::Key_Space);
    QCOMPARE(rows().size(), 20);
}

void FeatureUsePanelTest::saysWhatTheDeadCost() {
    // f 5: 3 inputs x 9 at 32x32; f 18: 8 / 2 inputs x 9 at 16x16; each with a norm's two numbers and ten classes.
    const std::int64_t macs = 27 * 1024 + 10 + 36 * 256 + 10, params = 27 + 12 + 36 + 12;
    const NetworkSummary all = summarize(m_source->spec, CountingMode::kDense);
    const QString expected =
        QStringLiteral(
            "2 of 20 features are read by no later layer, only by the classifier. Without them the dense network would "
            "save %1 multiply-adds (%2) and %3 parameters (%4).")
            .arg(formatAmount(static_cast<double>(macs)),
                 formatShare(static_cast<double>(macs) / static_cast<double>(all.macs)), formatCount(params),
                 formatShare(static_cast<double>(params) / static_cast<double>(all.params)));
    QCOMPARE(sentence(), plain(expected));
}

void FeatureUsePanelTest::countsTheCondensedNetworkAtTheEnd() {
    show(m_source->count() - 1);
    QVERIFY2(sentence().contains(QStringLiteral("the condensed network would save")), qPrintable(sentence()));
    const NetworkSummary all = summarize(m_source->spec, CountingMode::kCondensed);
    QVERIFY(sentence().contains(plain(formatShare(87.0 / static_cast<double>(all.params)))));
}

void FeatureUsePanelTest::rowsAreTraced() {
    clickRow(*table(), 7);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 1, .channel = 8}));
    QTest::keyClick(table(), Qt::Key_Up);
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(m_state->trace(), (Trace{.what = Trace::What::kReadBy, .source = 0, .channel = 7}));
}

void FeatureUsePanelTest::followsTheRecord() {
    m_record = recordByHand(*m_source);
    m_state->setMoment(2);
    QTRY_COMPARE(sentence(),
                 QStringLiteral("Each of the 20 features that later layers can read is read by at least one "
                                "of them."));
    QCOMPARE(find<QPushButton>(*m_panel, "deadFeatures")->text(), QStringLiteral("Dead (0)"));
    m_state->setSource(nullptr);
    QTRY_COMPARE(sentence(), QStringLiteral("Nothing has been recorded yet."));
    QCOMPARE(rows(), QStringList());
}

QTEST_MAIN(FeatureUsePanelTest)
#include "tst_feature_use_panel.moc"
