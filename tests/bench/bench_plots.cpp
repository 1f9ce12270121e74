// How long the plots take: medians in ms, of the clock and of the processor (which is the same on a quiet machine). Run
// as `QT_QPA_PLATFORM=offscreen bench_plots`.
#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include "pages/run_charts.h"
#include "plots/layer_bars_plot.h"
#include "plots/overlay_plot.h"
#include "plots/samples_plot.h"

using namespace condenser;

namespace {

constexpr int kSteps = 200'000, kStepsPerEpoch = 667, kEpochs = 300;
constexpr int kRepeats = 31;

void report(const char* what, const std::function<void(int)>& work, int repeats = kRepeats) {
    std::vector<double> times, busy;
    for (int i = 0; i < repeats; ++i) {
        QElapsedTimer clock;
        clock.start();
        const std::clock_t before = std::clock();
        work(i);
        busy.push_back(static_cast<double>(std::clock() - before) * 1e3 / CLOCKS_PER_SEC);
        times.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
    }
    std::sort(times.begin(), times.end());
    std::sort(busy.begin(), busy.end());
    std::printf("%-50s median %8.3f (of the processor %8.3f)   most %8.3f\n", what, times[times.size() / 2],
                busy[busy.size() / 2], times.back());
}

std::vector<StepReport> steps(int from, int count) {
    std::vector<StepReport> reports;
    for (int s = from; s < from + count; ++s) {
        const double noise = std::sin(s * 12.9898) * std::sin(s * 78.233);
        const double loss = (0.1 + 2.2 * std::exp(-s / 30'000.0)) * (1 + 0.3 * noise);
        reports.push_back({.step = s,
                           .learningRate = 0.05 * (1 + std::cos(3.14159 * s / kSteps)),
                           .loss = loss,
                           .top1 = std::clamp(1 - loss / 2.4, 0.0, 1.0),
                           .imagesPerSecond = 900 + 50 * noise});
    }
    return reports;
}

EpochReport epoch(int number) {
    EpochReport report;
    report.epoch = number;
    report.trainLoss = 0.1 + 2.2 * std::exp(-number / 45.0);
    report.testLoss = report.trainLoss * 1.1;
    report.trainTop1 = 1 - report.trainLoss / 2.4;
    report.testTop1 = 1 - report.testLoss / 2.4;
    report.seconds = number * 30.0;
    return report;
}

OverlayRun overlayRun(int number) {
    OverlayRun run;
    run.name = QStringLiteral("run %1").arg(number);
    run.colour = number;
    run.condensedAt = {50, 100, 150};
    for (int e = 1; e <= kEpochs; ++e) {
        const double top1 = 0.95 - 0.7 * std::exp(-e / (20.0 + number)) + 0.01 * std::sin(e * 7.0 + number);
        run.points.push_back({1.0 * e, 30.0 * e, 1.0 * e / kEpochs, 1e12 * e, top1, 1 - top1, top1, 1 - top1, 1});
    }
    return run;
}

// Curves are painted into the plots' buffers when the replot that was queued comes about, and copied to the window.
void repaint(QWidget& widget) {
    widget.repaint();
    QApplication::processEvents();
}

void measureCharts(const ChartSettings& settings, const char* name) {
    RunCharts charts;
    charts.setTheme(darkTheme());
    charts.resize(1280, 800);
    RunStarted run;
    run.testName = "test";
    run.trainImages = 42'688;
    run.stepsPerEpoch = kStepsPerEpoch;
    run.totalSteps = kSteps;
    run.condensing = planCondensing(4, kStepsPerEpoch, kEpochs, false);
    charts.showRun(run);
    charts.setSettings(settings);
    charts.addSteps(steps(0, kSteps));
    for (int e = 1; e < kEpochs; ++e) charts.addEpoch(epoch(e));
    charts.show();
    QApplication::processEvents();
    const QByteArray all = QByteArray("all 5 plots of 200 000 steps, 300 epochs, ") + name;
    std::printf("%s\n", all.constData());
    // A new theme queues a replot of every plot.
    report("  replot", [&](int i) {
        charts.setTheme(i % 2 == 0 ? lightTheme() : darkTheme());
        repaint(charts);
    });
    int next = kSteps;
    report("  append 10 steps, no repaint", [&](int) {
        charts.addSteps(steps(next, 10));
        next += 10;
    });
    report("  append 10 steps and replot", [&](int i) {
        charts.addSteps(steps(next, 10));
        next += 10;
        charts.setTheme(i % 2 == 0 ? lightTheme() : darkTheme());
        repaint(charts);
    });
    auto* accuracy = charts.findChild<AccuracyPlot*>();
    report("  move the crosshair through all plots, painted", [&](int i) {
        emit accuracy->cursorMoved(10.0 + 7 * i);
        QApplication::processEvents();
    });
    int kind = 0;
    report("  by step, by epoch in turn", [&](int) {
        ChartSettings turned = settings;
        turned.x = ++kind % 2 == 0 ? XUnit::kEpoch : XUnit::kStep;
        charts.setSettings(turned);
        repaint(charts);
    });
}

std::vector<double> samples(int count, double ms) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) {
        const double noise = std::sin(i * 12.9898) * std::sin(i * 78.233);
        all.push_back(ms * (1 + 0.02 * noise + (i % 997 == 5 ? 3 : 0)));
    }
    return all;
}

void measureComparison() {
    SamplesPlot plot;
    plot.setTheme(darkTheme());
    plot.resize(430, 220);
    plot.show();
    plot.show(samples(100'000, 5.9), samples(250'000, 2.3));
    std::printf("timed calls, 350 000 of them\n");
    report("  append 500 to each, no repaint", [&](int) {
        plot.add(0, samples(500, 5.9));
        plot.add(1, samples(500, 2.3));
    });
    // A new theme queues a replot.
    report("  append 500 to each, look at all and paint", [&](int i) {
        plot.add(0, samples(500, 5.9));
        plot.add(1, samples(500, 2.3));
        plot.setTheme(i % 2 == 0 ? lightTheme() : darkTheme());
        repaint(plot);
    });

    LayerBarsPlot bars;
    bars.setTheme(darkTheme());
    bars.resize(430, 220);
    bars.show();
    std::vector<LayerBar> layers;
    for (int i = 0; i < 100; ++i) layers.push_back({QString::number(i), 1 + i / 20, 50.0 + i, 20.0 + i, 15.0 + i});
    std::printf("100 layers\n");
    report("  show and paint", [&](int i) {
        bars.show(layers);
        bars.setTheme(i % 2 == 0 ? lightTheme() : darkTheme());
        repaint(bars);
    });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    measureCharts({}, "as they are");
    measureCharts({.smoothing = 0.9}, "smoothed");
    measureCharts({.x = XUnit::kTime}, "by time");
    measureCharts({.logX = true, .logLoss = true}, "logarithmic");

    measureComparison();

    OverlayPlot overlay;
    overlay.setTheme(darkTheme());
    overlay.resize(1000, 400);
    overlay.show();
    std::vector<OverlayRun> runs;
    for (int i = 0; i < 6; ++i) runs.push_back(overlayRun(i));
    std::printf("overlay of 6 runs of 300 epochs\n");
    report("  show and paint", [&](int i) {
        overlay.show(runs, static_cast<OverlayPlot::X>(i % 4), OverlayPlot::Y::kTestAccuracy);
        repaint(overlay);
    });
    return 0;
}
