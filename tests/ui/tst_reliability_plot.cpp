// The reliability diagram: what it reads and what is taken out of it.
#include <QTest>

#include "plots/reliability_plot.h"
#include "ui_support.h"

using namespace condenser;

class ReliabilityPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<ReliabilityPlot>();
        m_plot->setTheme(lightTheme());
        m_plot->resize(420, 300);
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
    }

    void withoutPicturesItSaysWhatIsMissing() {
        m_plot->show(statisticsOf({}, 2).reliability, 0, Variant::kDense);
        QCOMPARE(m_plot->accessibleDescription(), QStringLiteral("No picture whose class is known."));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().isEmpty());
    }

    void arrowsGoFromBinToBin() {
        showByHand();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("confidence 30–40\u202f%: 1\u00a0picture\n0.0\u202f% are right\n"
                                                   "mean confidence 35.0\u202f%"));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("confidence 90–100\u202f%: 4\u00a0pictures\n75.0")));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("confidence 90–100")));
        QTest::keyClick(m_plot.get(), Qt::Key_Left);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("confidence 30–40")));
    }

    void newAnswersLeaveWhatIsRead() {
        showByHand();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        const QString read = m_plot->readout();
        showByHand();
        QCOMPARE(m_plot->readout(), read);
    }

    void isTakenOutWithItsNumbers() {
        showByHand();
        QVERIFY(m_plot->accessibleDescription().contains(QStringLiteral("expected calibration error 23.0")));
        const QString csv = m_plot->exhibit().csv();
        QVERIFY(
            csv.startsWith(QStringLiteral("confidence from (%),confidence to (%),pictures,accuracy (%),"
                                          "mean confidence (%)\n0,10,0,,\n")));
        QVERIFY(csv.contains(QStringLiteral("\n30,40,1,0,35\n")));
        QVERIFY(csv.endsWith(QStringLiteral("\n90,100,4,75,95\n")));
        QCOMPARE(pictureOf(m_plot->exhibit(), 1).size(), m_plot->size());
    }

  private:
    void showByHand() {
        const AnswerStatistics statistics =
            statisticsOf({{0, 0, 0.95}, {0, 0, 0.95}, {0, 0, 0.95}, {0, 1, 0.95}, {0, 1, 0.35}}, 2);
        m_plot->show(statistics.reliability, statistics.calibrationError, Variant::kCondensed);
        m_plot->grab();
    }

    std::unique_ptr<ReliabilityPlot> m_plot;
};

QTEST_MAIN(ReliabilityPlotTest)
#include "tst_reliability_plot.moc"
