// The plot of both forms over batch or threads: its places, what is read there, and what is taken out.
#include <QApplication>
#include <QTest>

#include "plot_support.h"
#include "plots/scaling_plot.h"
#include "ui_support.h"

using namespace condenser;

class ScalingPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<ScalingPlot>();
        m_plot->setTheme(darkTheme());
        m_plot->resize(430, 220);
        m_plot->show(lines(), QStringLiteral("pictures a call"));
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        m_plot->grab();
    }

    void keysReadPlaceByPlace() {
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("pictures a call: 1\n160 images/s  dense\n400 images/s  condensed"));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("pictures a call: 8\n1\u202f600 images/s  condensed"));
        for (int i = 0; i < 5; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("pictures a call: 64\n")));
        QCOMPARE(
            m_plot->accessibleDescription(),
            QStringLiteral("dense: 160 images/s at 1, 205 at 64. condensed: 400 images/s at 1, 2\u202f000 at 64."));
    }

    void numbersAreThoseInView() {
        const QString all = QStringLiteral(
            "pictures a call,dense (images/s),condensed (images/s)\n1,160,400\n8,,1600\n64,204.5,2000\n");
        QCOMPARE(m_plot->exhibit().csv(), all);
        for (int i = 0; i < 5; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Plus);
        const QString middle = m_plot->exhibit().csv();
        QVERIFY(middle.contains(QStringLiteral("\n8,,1600\n")) && !middle.contains(QStringLiteral("\n64,")));
        m_plot->show(lines(), QStringLiteral("pictures a call"));
        QCOMPARE(m_plot->exhibit().csv(), middle);
        // Other lines are seen as a whole.
        std::vector<ScalingLine> more = lines();
        more.push_back({QStringLiteral("condensed, 2 threads"), true, 1, {1, 2}, {700, 1300}});
        m_plot->show(more, QStringLiteral("pictures a call"));
        QCOMPARE(m_plot->exhibit().csv().count(u'\n'), 5);
        QVERIFY(m_plot->exhibit().csv().contains(QStringLiteral("\n2,,,1300\n")));
    }

    void noLinesAndOnePlace() {
        m_plot->show(std::vector<ScalingLine>(), QString());
        m_plot->grab();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->accessibleDescription().isEmpty());
        m_plot->show({{QStringLiteral("dense"), false, 0, {4}, {0}}}, QStringLiteral("threads"));
        m_plot->grab();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("threads: 4\n0 images/s  dense"));
    }

    void shownBeforeThereIsAnything() { testing::showNothing<ScalingPlot>(); }

  private:
    static std::vector<ScalingLine> lines() {
        return {{QStringLiteral("dense"), false, 0, {1, 64}, {160, 204.5}},
                {QStringLiteral("condensed"), true, 0, {1, 8, 64}, {400, 1600, 2000}}};
    }
    std::unique_ptr<ScalingPlot> m_plot;
};

QTEST_MAIN(ScalingPlotTest)
#include "tst_scaling_plot.moc"
