// How fast the Runs page opens on a store of 60 runs of 300 epochs, and draws six of them over each other:
//   QT_QPA_PLATFORM=offscreen bench_runs_page [runs] [epochs]
// The store is made in a temporary folder. Medians of 9, in milliseconds.
#include <QApplication>
#include <QElapsedTimer>
#include <QScreen>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "look/theme.h"
#include "pages/run_table.h"
#include "pages/runs_page.h"
#include "plots/overlay_plot.h"
#include "run_folders.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

constexpr int kTimes = 9;
constexpr std::size_t kDrawn = 6;

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double ms(const QElapsedTimer& clock) {
    return static_cast<double>(clock.nsecsElapsed()) * 1e-6;
}

// Runs the event loop until it is so.
template <class Condition>
void until(const Condition& condition) {
    while (!condition()) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const int runs = argc > 1 ? std::atoi(argv[1]) : 60, epochs = argc > 2 ? std::atoi(argv[2]) : 300;
    if (runs < static_cast<int>(kDrawn) || epochs < 1) {
        std::fprintf(stderr, "at least %zu runs of one epoch\n", kDrawn);
        return 2;
    }
    PrivateHome home;
    for (int i = 0; i < runs; ++i) {
        makeRun({.name = QStringLiteral("run-%1").arg(i), .epochs = epochs, .done = epochs, .stages = {1, 2, 3}});
    }
    app.setPalette(paletteOf(darkTheme()));
    app.setStyleSheet(styleSheetOf(darkTheme(), app.font().pointSizeF()));

    std::vector<double> make, open, fresh, draw;
    for (int time = 0; time < kTimes; ++time) {
        TrainingSession training;
        QElapsedTimer clock;
        clock.start();
        RunsPage page(home.settings(), training);
        page.setTheme(darkTheme());
        page.resize(1200, 800);
        make.push_back(ms(clock));
        auto* table = page.findChild<RunTable*>();
        if (time > 0) until([&] { return table->model()->rowCount() == runs; });  // the program has been open a while

        clock.start();
        page.show();
        until([&] { return table->model()->rowCount() == runs; });
        page.grab();  // layout and paint, all of it
        (time == 0 ? fresh : open).push_back(ms(clock));
        until([&] { return !table->visibleRegion().isEmpty(); });

        auto* overlay = page.findChild<OverlayPlot*>();
        QItemSelection six(table->model()->index(0, 0), table->model()->index(kDrawn - 1, 0));
        clock.start();
        table->selectionModel()->select(six, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        until([&] { return overlay->curveCount() == static_cast<int>(kDrawn); });
        overlay->grab();
        draw.push_back(ms(clock));
    }
    std::printf("%d runs of %d epochs\n", runs, epochs);
    std::printf("page made                        %7.1f ms\n", median(make));
    std::printf("shown to painted, no index yet   %7.1f ms (once)\n", fresh.front());
    std::printf("shown to painted with all rows   %7.1f ms\n", median(open));
    std::printf("six selected to overlay painted  %7.1f ms\n", median(draw));
    return 0;
}
