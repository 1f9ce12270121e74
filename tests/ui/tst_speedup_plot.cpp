// Speed-ups over time: what is read and what is taken out.
#include <QApplication>
#include <QTest>

#include "plots/speedup_plot.h"
#include "ui_support.h"

using namespace condenser;

class SpeedupPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void pointsAreReadAndTakenOut() {
        SpeedupPlot plot;
        plot.setTheme(lightTheme());
        plot.resize(380, 200);
        plot.QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.grab();
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(plot.readout().isEmpty() && plot.accessibleDescription().isEmpty());

        const QString first = QStringLiteral("2026-11-26 21:30"), second = QStringLiteral("2026-11-27 08:05");
        plot.show({{first, QStringLiteral("as it was"), 1.72, 1.71, 1.73}, {second, {}, 1.6, 1.6, 1.6}});
        plot.grab();
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.readout(), first + QStringLiteral("\nas it was"));
        QCOMPARE(plot.accessibleDescription(),
                 first + QStringLiteral(": 1.72×. ") + second + QStringLiteral(": 1.60×."));
        QCOMPARE(plot.exhibit().csv(), QStringLiteral("measured,speed-up,from,to\n") + first +
                                           QStringLiteral(",1.72,1.71,1.73\n") + second +
                                           QStringLiteral(",1.6,1.6,1.6\n"));
    }
};

QTEST_MAIN(SpeedupPlotTest)
#include "tst_speedup_plot.moc"
