#include <QElapsedTimer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "pages/run_charts.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;

class TestRunCharts : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void condensingIsDrawnBeforeTheRun() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.showPlan(12, planCondensing(4, 100, 12, false));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        QCOMPARE(accuracy->markCount(), 3);
        QCOMPARE(find<KeptPlot>(charts, "keptPlot")->pointCount(KeptPlot::kPlanned), 5);
        QCOMPARE(accuracy->pointCount(AccuracyPlot::kTest), 0);
        // And again, for other numbers.
        charts.showPlan(12, planCondensing(2, 100, 12, false));
        QCOMPARE(accuracy->markCount(), 1);
    }

    void curvesTakeWhatTheRunReports() {
        RunCharts charts;
        charts.setTheme(lightTheme());
        charts.showRun(run());
        charts.addSteps({{.step = 0, .loss = 2.3, .top1 = 0.1, .imagesPerSecond = 500},
                         {.step = 1, .loss = 2.2, .top1 = 0.2, .imagesPerSecond = 510}});
        charts.addCondensing({{1, 5, 0.5, 0.75}, 10, 0.75});
        charts.addEpoch(epoch(1, 1.6, 0.5, false));
        charts.addEpoch(epoch(2, 1.1, 0.7, true));
        charts.addEpoch(epoch(3, 1.2, 0.6, false));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* loss = find<LossPlot>(charts, "lossPlot");
        QCOMPARE(accuracy->pointCount(AccuracyPlot::kSteps), 2);
        QCOMPARE(accuracy->pointCount(AccuracyPlot::kTest), 3);
        QCOMPARE(accuracy->lastValue(AccuracyPlot::kBest), 0.7);
        QVERIFY(accuracy->accessibleDescription().contains(QStringLiteral("epoch 2")));
        QCOMPARE(loss->pointCount(LossPlot::kSteps), 2);
        QCOMPARE(loss->lastValue(LossPlot::kTest), 1.2);
        QCOMPARE(find<KeptPlot>(charts, "keptPlot")->lastValue(KeptPlot::kKept), 0.75);
        QCOMPARE(find<SpeedPlot>(charts, "speedPlot")->lastValue(SpeedPlot::kSpeed), 510.0);
        charts.showPlan(5, {});
        QCOMPARE(loss->pointCount(LossPlot::kSteps), 0);
    }

    // A loss that is no number must not reach the axes.
    void lossesThatAreNoNumbersAreLeftOut() {
        RunCharts charts;
        charts.showRun(run());
        charts.addSteps({{.step = 0, .loss = std::numeric_limits<double>::quiet_NaN()},
                         {.step = 1, .loss = std::numeric_limits<double>::infinity()},
                         {.step = 2, .loss = 1}});
        QCOMPARE(find<LossPlot>(charts, "lossPlot")->pointCount(LossPlot::kSteps), 1);
    }

    void zoomStaysUntilItIsTakenBack() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        charts.showRun(run());
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* loss = find<LossPlot>(charts, "lossPlot");
        auto* chip = find<QPushButton>(charts, "followChip");
        const auto whole = accuracy->shownEpochs();
        QVERIFY(!chip->isEnabled());
        accuracy->setFocus();
        QTest::keyClick(accuracy, Qt::Key_Plus);
        QVERIFY(!charts.following());
        const auto zoomed = accuracy->shownEpochs();
        QVERIFY(zoomed.second - zoomed.first < whole.second - whole.first);
        QCOMPARE(loss->shownEpochs(), zoomed);
        charts.addSteps({{.step = 20, .loss = 99, .top1 = 0.1, .imagesPerSecond = 5000}});
        charts.addEpoch(epoch(2, 50, 0.9, false));
        QCOMPARE(accuracy->shownEpochs(), zoomed);
        QTest::keyClick(accuracy, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(accuracy->shownEpochs().first > zoomed.first);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(charts.following());
        QCOMPARE(loss->shownEpochs(), whole);
        // Nobody gets lost beyond the run.
        for (int i = 0; i < 30; ++i) QTest::keyClick(accuracy, Qt::Key_Minus);
        QVERIFY(accuracy->shownEpochs().first >= 0 && accuracy->shownEpochs().second <= whole.second);
        QTest::keyClick(accuracy, Qt::Key_0);
        QVERIFY(charts.following());
    }

    void valuesAreReadInAllPlots() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        charts.showRun(run());
        charts.addEpoch(epoch(1, 1.25, 0.5, false));
        charts.addEpoch(epoch(2, 1.0, 0.625, false));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* loss = find<LossPlot>(charts, "lossPlot");
        emit accuracy->cursorMoved(1.1);
        QVERIFY2(accuracy->readout().contains(QStringLiteral("test  50")), qPrintable(accuracy->readout()));
        QVERIFY2(loss->readout().contains(QStringLiteral("test  1.25")), qPrintable(loss->readout()));
        emit accuracy->cursorMoved(2.5);  // where a condensing step stands
        QVERIFY2(accuracy->readout().contains(QStringLiteral("a jump here is expected")),
                 qPrintable(accuracy->readout()));
        emit accuracy->cursorLeft();
    }

    // 200 000 steps: a replot must not take the window's time. The bound is a hundred times what it takes.
    void manyStepsStaySmooth() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        RunStarted big = run();
        big.stepsPerEpoch = 1000;
        big.totalSteps = 200'000;
        charts.showRun(big);
        std::vector<StepReport> steps;
        for (int i = 0; i < 200'000; ++i) {
            steps.push_back(
                {.step = i, .loss = 1 + i % 7 * 0.1, .top1 = i % 64 / 64.0, .imagesPerSecond = 500.0 + i % 50});
        }
        charts.addSteps(steps);
        const QPixmap picture = charts.grab();
        QVERIFY(!picture.isNull());
        QElapsedTimer clock;
        clock.start();
        (void)charts.grab();
        qInfo("painting 4 plots of 200 000 steps: %lld ms", clock.elapsed());
    }

  private:
    static EpochReport epoch(int number, double testLoss, double testTop1, bool best) {
        EpochReport report;
        report.epoch = number;
        report.trainLoss = 1.5;
        report.trainTop1 = 0.4;
        report.testLoss = testLoss;
        report.testTop1 = testTop1;
        report.best = best;
        return report;
    }
    static RunStarted run() {
        RunStarted run;
        run.testName = "test";
        run.stepsPerEpoch = 10;
        run.totalSteps = 50;
        run.condensing = {{1, 25, 2.5, 0.75}};
        return run;
    }
};

QTEST_MAIN(TestRunCharts)
#include "tst_run_charts.moc"
