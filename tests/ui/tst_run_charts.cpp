#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTest>
#include <cmath>
#include <limits>

#include "pages/run_charts.h"
#include "plots/exhibit_menu.h"
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

    // Nothing falls along the axis, and the words of the mark there stay in the plot.
    void connectionsThatWereGivenAreMarkedAtTheAxis() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 700);
        RunStarted given = run();
        given.condensing = planCondensing(4, 10, 12, false, Condensing::kFixed);
        charts.showRun(given);
        auto* kept = find<KeptPlot>(charts, "keptPlot");
        QCOMPARE(kept->pointCount(KeptPlot::kPlanned), 2);
        charts.addCondensing({given.condensing.front(), 10, 0.25});
        charts.addSteps({{.step = 0, .loss = 2.3, .top1 = 0.1, .imagesPerSecond = 500}});
        charts.addEpoch(epoch(1, 1.6, 0.5, true));
        QCOMPARE(kept->pointCount(KeptPlot::kKept), 2);  // 0 and now
        QCOMPARE(kept->lastValue(KeptPlot::kKept), 0.25);
        QCOMPARE(find<AccuracyPlot>(charts, "accuracyPlot")->markCount(), 1);
        if (const QString file = qEnvironmentVariable("GRAB"); !file.isEmpty()) charts.grab().save(file);
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

    void theMomentLookedAtElsewhereIsRead() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(1000, 700);
        charts.showRun(run());
        for (int i = 1; i <= 3; ++i) charts.addEpoch(epoch(i, 2.0 / i, 0.2 * i, false));
        charts.show();
        QVERIFY(QTest::qWaitForWindowActive(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* loss = find<LossPlot>(charts, "lossPlot");
        QSignalSpy read(&charts, &RunCharts::momentRead);
        charts.showMoment(2);
        QVERIFY(accuracy->readout().contains(u'2') && !loss->readout().isEmpty());
        // What is read here comes first; it is told when the line has rested, and not if it was passing by.
        emit loss->cursorMoved(1);
        emit loss->cursorLeft();
        emit loss->cursorMoved(3);
        QTRY_COMPARE(read.count(), 1);
        QCOMPARE(read[0][0].toDouble(), 3.0);
        // Then it is back where somebody looks.
        const QString there = accuracy->readout();
        emit loss->cursorLeft();
        QVERIFY(!accuracy->readout().isEmpty() && accuracy->readout() != there);
        accuracy->setFocus();
        QTest::keyClick(accuracy, Qt::Key_Escape);
        QVERIFY(!find<QLabel>(*accuracy, "plotReadout")->isVisible() &&
                !find<QLabel>(*loss, "plotReadout")->isVisible());
        // Of another run nobody looks at anything yet.
        charts.showMoment(2);
        charts.showRun(run());
        emit loss->cursorLeft();
        QVERIFY(!find<QLabel>(*accuracy, "plotReadout")->isVisible());
        QCOMPARE(read.count(), 1);
    }

    void xIsEpochsStepsOrTime() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        charts.showRun(run());
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* x = find<QComboBox>(charts, "chartX");
        QSignalSpy changed(&charts, &RunCharts::settingsChanged);
        x->setCurrentIndex(2);
        QCOMPARE(changed.size(), 1);
        QVERIFY(charts.settings().x == XUnit::kTime);
        // Nothing is known of time yet: epochs are read.
        charts.addSteps({{.step = 0, .loss = 2, .top1 = 0.25}});
        emit accuracy->cursorMoved(0.1);
        QVERIFY2(accuracy->readout().startsWith(QStringLiteral("epoch 0.10")), qPrintable(accuracy->readout()));
        charts.addEpoch(timed(1, 10));
        charts.addEpoch(timed(2, 18));
        emit accuracy->cursorMoved(1.5);
        QVERIFY2(accuracy->readout().startsWith(QStringLiteral("14.0 s")), qPrintable(accuracy->readout()));
        QCOMPARE(accuracy->shownEpochs().first, 0.0);
        // The part that is seen stays the same, whatever it is measured in.
        accuracy->setFocus();
        QTest::keyClick(accuracy, Qt::Key_Plus);
        const auto seen = accuracy->shownEpochs();
        x->setCurrentIndex(1);
        const auto still = accuracy->shownEpochs();
        QVERIFY(std::abs(still.first - seen.first) < 1e-9 && std::abs(still.second - seen.second) < 1e-9);
        emit accuracy->cursorMoved(2);
        QVERIFY2(accuracy->readout().startsWith(QStringLiteral("step 20\n")), qPrintable(accuracy->readout()));
    }

    void smoothingKeepsTheRawLineAndStopsAtCondensing() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        charts.showRun(run());  // a condensing step before training step 25
        std::vector<StepReport> steps;
        for (int s = 0; s < 50; ++s) {
            steps.push_back({.step = s, .learningRate = 0.1, .loss = s < 25 ? 1.0 : 3.0, .top1 = 0.5});
        }
        charts.addSteps({steps.begin(), steps.begin() + 30});
        auto* smoothing = find<QDoubleSpinBox>(charts, "smoothing");
        smoothing->setValue(0.9);
        charts.addSteps({steps.begin() + 30, steps.end()});
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* loss = find<LossPlot>(charts, "lossPlot");
        QCOMPARE(loss->pointCount(LossPlot::kSteps), 50);
        QCOMPARE(loss->valuesOf(LossPlot::kSteps)[25], 3.0);
        const QStringList rows = loss->exhibit().csv().split(u'\n');
        QVERIFY2(rows[0].endsWith(QStringLiteral("loss: this batch,loss: this batch, smoothed")) ||
                     rows[0].contains(QStringLiteral("\"loss: this batch, smoothed\"")),
                 qPrintable(rows[0]));
        for (int s = 0; s < 50; ++s) {
            // A constant on both sides: a smoothing that crossed the step would show in between.
            QVERIFY2(rows[1 + s].endsWith(s < 25 ? QStringLiteral(",1,1") : QStringLiteral(",3,3")),
                     qPrintable(rows[1 + s]));
        }
        emit loss->cursorMoved(3);
        QVERIFY2(loss->readout().contains(QStringLiteral("this batch  3.00 · smoothed 3.00")),
                 qPrintable(loss->readout()));
        smoothing->setValue(0);
        QVERIFY(!loss->exhibit().csv().contains(QStringLiteral("smoothed")));
    }

    void logarithmicAxesSayWhatTheyLeaveOut() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 900);
        charts.showRun(run());
        charts.addSteps({{.step = 0, .loss = 2}, {.step = 1, .loss = 0}, {.step = 2, .loss = 0.01}});
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* loss = find<LossPlot>(charts, "lossPlot");
        QVERIFY(loss->caption().isEmpty());
        find<QPushButton>(charts, "logLoss")->click();
        QVERIFY2(loss->caption().startsWith(QStringLiteral("1")), qPrintable(loss->caption()));
        find<QPushButton>(charts, "logX")->click();
        QVERIFY(std::abs(loss->shownEpochs().first - 0.1) < 1e-9);  // the first step
        QVERIFY(charts.settings().logX && charts.settings().logLoss);
        find<QPushButton>(charts, "logLoss")->click();
        QVERIFY(loss->caption().isEmpty());
    }

    void twoCursorsAndTheirDifference() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 900);
        charts.showRun(run());
        charts.addEpoch(epoch(1, 1.25, 0.5, false));
        charts.addEpoch(epoch(2, 1.0, 0.625, false));
        charts.addEpoch(epoch(3, 1.5, 0.75, false));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        auto* loss = find<LossPlot>(charts, "lossPlot");
        accuracy->setFocus();
        emit accuracy->cursorMoved(1);
        QTest::keyClick(accuracy, Qt::Key_A);
        QVERIFY2(loss->pinReadout().contains(QStringLiteral("A: epoch 1.00\ntraining  1.50\ntest  1.25")),
                 qPrintable(loss->pinReadout()));
        emit accuracy->cursorMoved(3);
        QTest::keyClick(accuracy, Qt::Key_B);
        QVERIFY2(loss->pinReadout().startsWith(QStringLiteral("A → B: +2.00 epochs")), qPrintable(loss->pinReadout()));
        QVERIFY(loss->pinReadout().contains(QStringLiteral("test  +0.25")));
        QVERIFY2(accuracy->pinReadout().contains(QStringLiteral("test  +25.0 points")),
                 qPrintable(accuracy->pinReadout()));
        QTest::keyClick(accuracy, Qt::Key_Escape);
        QVERIFY(loss->pinReadout().isEmpty() && accuracy->pinReadout().isEmpty());
        // By the mouse: a click sets A, with Shift B; a double click shows the whole and sets nothing.
        auto* canvas = accuracy->findChild<QWidget*>(QStringLiteral("canvas"));
        const QPoint left(canvas->width() / 3, canvas->height() / 2), right(canvas->width() / 2, canvas->height() / 2);
        QTest::mouseClick(canvas, Qt::LeftButton, {}, left);
        QVERIFY(!accuracy->pinReadout().isEmpty());
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, left);
        QVERIFY(accuracy->pinReadout().isEmpty());
        QTest::mouseClick(canvas, Qt::LeftButton, {}, left);
        QVERIFY(accuracy->pinReadout().startsWith(QStringLiteral("A: ")));
        QTest::mouseClick(canvas, Qt::LeftButton, Qt::ShiftModifier, right);
        QVERIFY(accuracy->pinReadout().startsWith(QStringLiteral("A → B: +")));
    }

    void arrowsStopAtCondensingSteps() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 900);
        charts.showRun(run());
        charts.addEpoch(epoch(1, 1.25, 0.5, false));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        accuracy->setFocus();
        bool told = false;
        emit accuracy->cursorMoved(1);
        for (int i = 0; i < 200 && !told; ++i) {
            QTest::keyClick(accuracy, Qt::Key_Right);
            told = accuracy->readout().contains(QStringLiteral("condensing step 1 removes 1/4 of what is left"));
        }
        QVERIFY(told);
        QVERIFY2(accuracy->readout().startsWith(QStringLiteral("epoch 2.50")), qPrintable(accuracy->readout()));
    }

    void whatAStepDidIsMeasured() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 900);
        charts.showRun(run());
        std::vector<StepReport> steps;
        for (int s = 0; s < 50; ++s) steps.push_back({.step = s, .loss = s >= 25 && s < 33 ? 0.93 : 0.41});
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        QVERIFY(accuracy->caption().contains(QStringLiteral("is expected")));
        for (int e = 1; e <= 5; ++e) {
            if (e == 3) charts.addCondensing({{1, 25, 2.5, 0.75}, 10, 0.75});
            charts.addSteps({steps.begin() + (e - 1) * 10, steps.begin() + e * 10});
            EpochReport report = epoch(e, 1, e == 3 ? 0.5 : 0.8, false);
            report.step = e * 10;
            charts.addEpoch(report);
        }
        QCOMPARE(accuracy->caption(),
                 QStringLiteral("Step 1: loss 0.41 → 0.93, test accuracy 80.0\u202f% → 50.0\u202f%, recovered after "
                                "1.3 epochs."));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        emit accuracy->cursorMoved(2.5);
        QVERIFY2(accuracy->readout().contains(QStringLiteral("loss 0.41 → 0.93")), qPrintable(accuracy->readout()));
    }

    void blocksAreDrawnEachByItself() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(900, 900);
        RunStarted started = run();
        started.spec = *parseNetworkSpec(testing::kTinyModel);  // two blocks
        charts.showRun(started);
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* kept = find<KeptPlot>(charts, "keptPlot");
        charts.addCondensing({{1, 25, 2.5, 0.75}, 10, 0.75});
        charts.addSteps({{.step = 30, .loss = 1}});
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock), 0.75);
        emit kept->cursorMoved(2.9);
        QVERIFY(!kept->readout().contains(QStringLiteral("block 1")));  // all alike
        EpochReport report = epoch(3, 1, 0.5, false);
        report.keptPerBlock = {0.5, 1};
        charts.addEpoch(report);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock), 0.5);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock + 1), 1.0);
        QCOMPARE(kept->lastValue(KeptPlot::kKept), 0.75);
        emit kept->cursorMoved(2.9);
        QVERIFY2(kept->readout().contains(QStringLiteral("block 1  50")), qPrintable(kept->readout()));
        QVERIFY(kept->accessibleDescription().contains(QStringLiteral("2: 100")));
    }

    // The record of connections tells what each block kept; where there is none, the plan does.
    void aStoredRunBringsItsBlocks() {
        testing::PrivateHome home;
        StoredRun stored;
        stored.folder = toPath(home.path(QStringLiteral("run")));
        QDir().mkpath(home.path(QStringLiteral("run")));
        stored.record.spec = *parseNetworkSpec(testing::kTinyModel);  // two blocks, one condensing step
        stored.record.settings.epochs = 4;
        stored.record.stepsPerEpoch = 10;
        stored.steps.assign(30, StepRecord{1, 0.1F});
        for (int e = 1; e <= 3; ++e) {
            stored.epochs.push_back({.epoch = e, .step = e * 10, .testTop1 = 0.25 * e, .seconds = 4.0 * e});
        }
        const auto plan = planCondensing(2, 10, 4, false);
        RunCharts charts;
        auto* kept = find<KeptPlot>(charts, "keptPlot");
        charts.showPlan(4, plan);
        charts.addHistory(stored, 10);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock), 0.5);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock + 1), 0.5);
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        QCOMPARE(accuracy->lastValue(AccuracyPlot::kBest), 0.75);  // after the step

        const std::vector<ConnectionsLayer> layers{{"features.denseblock_1.denselayer_1.conv_1", 1, 4, 2},
                                                   {"features.denseblock_2.denselayer_1.conv_1", 1, 4, 2}};
        const std::vector<float> importance(4, 0.5F);
        QVERIFY(appendConnections(stored.folder, layers,
                                  {.key = {ConnectionsMoment::kAfterStep, 1, plan[0].step, 1},
                                   .layers = {{{1, 0, 0, 0}, importance}, {{1, 1, 1, 0}, importance}}}));
        charts.showPlan(4, plan);
        charts.addHistory(stored, 10);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock), 0.25);
        QCOMPARE(kept->lastValue(KeptPlot::kFirstBlock + 1), 0.75);
        QCOMPARE(kept->lastValue(KeptPlot::kKept), 0.5);
    }

    void speedAndRateShareAPlaceWhereItIsNarrow() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(600, 600);
        charts.showRun(run());
        charts.addSteps({{.step = 0, .learningRate = 0.05, .loss = 1, .imagesPerSecond = 400}});
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        auto* speed = find<SpeedPlot>(charts, "speedPlot");
        auto* rate = find<RatePlot>(charts, "ratePlot");
        QCOMPARE(rate->lastValue(RatePlot::kRate), 0.05);
        QVERIFY(speed->isVisible() && !rate->isVisible());
        QTest::mouseClick(find<QPushButton>(charts, "showRate"), Qt::LeftButton);
        QVERIFY(!speed->isVisible() && rate->isVisible());
        QVERIFY(charts.settings().rate);
        charts.resize(1100, 600);
        QVERIFY(speed->isVisible() && rate->isVisible());
    }

    void settingsComeBack() {
        const ChartSettings chosen{.x = XUnit::kTime, .smoothing = 0.5, .logX = true, .logLoss = true, .rate = true};
        RunCharts charts;
        charts.setSettings(ChartSettings::fromMap(chosen.toMap()));
        QVERIFY(charts.settings() == chosen);
        QCOMPARE(find<QDoubleSpinBox>(charts, "smoothing")->value(), 0.5);
        // What is no setting.
        const QVariantMap odd{{QStringLiteral("x"), 77}, {QStringLiteral("smoothing"), QStringLiteral("much")}};
        QVERIFY(ChartSettings::fromMap(odd) == ChartSettings());
        QVERIFY(ChartSettings::fromMap({{QStringLiteral("smoothing"), 3}}) == ChartSettings());
    }

    void everyFormatIsWritten_data() {
        QTest::addColumn<QString>("suffix");
        for (const char* suffix : {"png", "svg", "pdf", "csv"}) QTest::newRow(suffix) << QString::fromLatin1(suffix);
    }
    void everyFormatIsWritten() {
        QFETCH(QString, suffix);
        testing::PrivateHome home;
        RunCharts charts;
        charts.setTheme(lightTheme());
        charts.resize(800, 700);
        charts.showRun(run());
        std::vector<StepReport> steps;
        for (int s = 0; s < 40; ++s) steps.push_back({.step = s, .learningRate = 0.1, .loss = 1, .imagesPerSecond = 9});
        charts.addSteps(steps);
        for (int e = 1; e <= 4; ++e) charts.addEpoch(timed(e, e * 5));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        const QString file = home.path(QStringLiteral("charts.") + suffix);
        QVERIFY(writeExhibit(charts.exhibit(), toPath(file)));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray bytes = written.readAll();
        if (suffix == QStringLiteral("png")) {
            const QImage image = QImage::fromData(bytes, "PNG");
            QCOMPARE(image.size(), charts.exhibit().size * 2);
        } else if (suffix == QStringLiteral("svg")) {
            QSvgRenderer renderer(bytes);
            QVERIFY(renderer.isValid());
            QVERIFY(bytes.contains("polyline") || bytes.count("<path") > 20);
            QVERIFY(!bytes.contains("<image"));  // lines and texts, no pixels
            QVERIFY(bytes.contains(">Accuracy</text>") && bytes.contains(">Images per second</text>"));
        } else if (suffix == QStringLiteral("pdf")) {
            QVERIFY(bytes.startsWith("%PDF-"));
            QVERIFY(bytes.contains("/Type /Page\n") || bytes.contains("/Type /Page "));
            QVERIFY(!bytes.contains("/Subtype /Image"));
        } else {
            const QStringList rows = QString::fromUtf8(bytes).split(u'\n', Qt::SkipEmptyParts);
            QVERIFY(rows[0].startsWith(
                QStringLiteral("epoch,step,time (s),accuracy: this batch (%),accuracy: training (%)")));
            // The plan begins at 0, then 40 steps, of which every tenth ends an epoch; the plan's step and its end.
            QCOMPARE(rows.size(), 1 + 1 + 40 + 1);
            for (const QString& row : rows) QCOMPARE(row.count(u','), rows[0].count(u','));
        }
    }

    void numbersAreThoseOfThePartSeen() {
        RunCharts charts;
        charts.resize(800, 700);
        charts.showRun(run());
        for (int e = 1; e <= 5; ++e) charts.addEpoch(timed(e, e * 5));
        auto* accuracy = find<AccuracyPlot>(charts, "accuracyPlot");
        accuracy->showEpochs(1.5, 3.5);
        QCOMPARE(accuracy->exhibit().csv().count(u'\n'), 1 + 2);
    }

    void aPlotIsSavedByItsMenu() {
        testing::PrivateHome home;
        RunCharts charts;
        charts.setTheme(lightTheme());
        charts.resize(800, 700);
        charts.showRun(run());
        charts.addEpoch(timed(1, 5));
        charts.show();
        QVERIFY(QTest::qWaitForWindowExposed(&charts));
        ExhibitMenu::setFolder(home.path({}));
        auto* menu = find<QPushButton>(*find<LossPlot>(charts, "lossPlot"), "exportPlot")->menu();
        QSignalSpy exported(&charts, &RunCharts::exported), failed(&charts, &RunCharts::exportFailed);
        find<QAction>(*menu, "savePicture")->trigger();
        auto* dialog = find<QFileDialog>(charts, "exportDialog");
        QVERIFY(dialog->selectedFiles().first().endsWith(QStringLiteral("/loss.png")));
        dialog->selectNameFilter(dialog->nameFilters().at(1));
        emit dialog->filterSelected(dialog->nameFilters().at(1));
        QVERIFY(dialog->selectedFiles().first().endsWith(QStringLiteral("/loss.svg")));
        QMetaObject::invokeMethod(dialog, "accept");
        QTRY_COMPARE(exported.size(), 1);
        QVERIFY(QFile::exists(exported[0][0].toString()));
        QVERIFY(exported[0][0].toString().endsWith(QStringLiteral("/loss.svg")));
        // Where it cannot be written, the page is told.
        find<QAction>(*menu, "saveNumbers")->trigger();
        QTRY_VERIFY(charts.findChildren<QFileDialog*>().size() == 1);
        dialog = find<QFileDialog>(charts, "exportDialog");
        emit dialog->fileSelected(home.path(QStringLiteral("nowhere/at/all.csv")));
        QCOMPARE(failed.size(), 1);
        dialog->reject();
        find<QAction>(*menu, "copyPicture")->trigger();
        QVERIFY(!QGuiApplication::clipboard()->image().isNull());
    }

    // What is appended is never thrown away, and reading it paints no curve again: the sums are right for 200 000
    // steps.
    void manySteps() {
        RunCharts charts;
        charts.setTheme(darkTheme());
        charts.resize(800, 600);
        RunStarted big = run();
        big.stepsPerEpoch = 1000;
        big.totalSteps = 200'000;
        charts.showRun(big);
        charts.setSettings({.smoothing = 0.9});
        std::vector<StepReport> steps;
        for (int i = 0; i < 200'000; ++i) {
            steps.push_back(
                {.step = i, .loss = 1 + i % 7 * 0.1, .top1 = i % 64 / 64.0, .imagesPerSecond = 500.0 + i % 50});
        }
        charts.addSteps(steps);
        QCOMPARE(find<LossPlot>(charts, "lossPlot")->pointCount(LossPlot::kSteps), 200'000);
        QVERIFY(!charts.grab().isNull());
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
    static EpochReport timed(int number, double seconds) {
        EpochReport report = epoch(number, 1, 0.5, false);
        report.seconds = seconds;
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
