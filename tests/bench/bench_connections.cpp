// How smoothly the Connections page scrubs through a run's record, at each level:
//   QT_SCALE_FACTOR=2 bench_connections RUN
// RUN is a run's folder (train condensenet-86 for 60 epochs on a few pictures). A frame is one change of the moment and
// the repaint of the whole window of 1100 x 700; times are from the change to the end of the repaint. Where a level has
// no weights at a moment, the page says so, and that is what is painted.
#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QStackedWidget>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "connections/connections_page.h"
#include "connections/connections_state.h"
#include "look/format.h"
#include "main_window.h"
#include "ui_support.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

double ms(const QElapsedTimer& clock) {
    return static_cast<double>(clock.nsecsElapsed()) * 1e-6;
}

void print(const char* what, std::vector<double> times) {
    std::sort(times.begin(), times.end());
    const std::size_t count = times.size();
    std::printf("%-34s %5zu frames  median %6.2f  p95 %6.2f  longest %6.2f ms\n", what, count, times[count / 2],
                times[count * 95 / 100], times.back());
}

// Runs the event loop until it is so, or for half a minute.
template <class Condition>
bool until(const Condition& condition) {
    QElapsedTimer clock;
    clock.start();
    while (!condition() && clock.elapsed() < 30'000) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    return condition();
}

// To the last moment and back, each once.
void scrub(MainWindow& window, ConnectionsState& state, const char* what) {
    std::vector<double> times;
    const int count = state.source()->count();
    for (int i = 0; i < 2 * count; ++i) {
        QElapsedTimer clock;
        clock.start();
        state.setMoment(i < count ? i : 2 * count - 1 - i);
        if (!until([&] { return state.recordMoment() == state.moment(); })) qFatal("a record did not come");
        QCoreApplication::sendPostedEvents();
        window.repaint();
        QCoreApplication::processEvents();
        times.push_back(ms(clock));
    }
    print(what, times);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "bench_connections RUN\n");
        return 2;
    }
    PrivateHome home;
    MainWindow window(home.settings());
    window.resize(1100, 700);
    window.show();
    auto* page = find<ConnectionsPage>(window, "connectionsPage");
    ConnectionsState* state = &page->state();
    page->showRun(toPath(QString::fromLocal8Bit(argv[1])));
    find<QStackedWidget>(window, "pages")->setCurrentWidget(page);
    if (!until([&] { return state->source() != nullptr && state->record() != nullptr; })) qFatal("nothing came");
    const int layers = state->source()->layout.layers();
    std::printf("%s: %d moments, %d layers, %d channels; device pixels a pixel: %.1f\n",
                state->source()->spec.text().c_str(), state->source()->count(), layers,
                state->source()->layout.channels(), window.devicePixelRatioF());

    std::vector<double> first;
    for (int layer = layers - 1; layer >= 0; --layer) {
        QElapsedTimer clock;
        clock.start();
        state->setPlace({MapLevel::kLayer, layer, 0});
        QCoreApplication::sendPostedEvents();
        window.repaint();
        first.push_back(ms(clock));
    }
    print("a layer's first paint", first);

    state->setPlace({});
    scrub(window, *state, "scrubbing, whole network");
    state->setPlace({MapLevel::kLayer, layers - 1, 0});
    scrub(window, *state, "scrubbing, last layer, by source");
    state->setArrangement(Arrangement::kByIndex);
    QTest::qWait(1000);  // the rearrangement
    scrub(window, *state, "scrubbing, last layer, by index");
    state->setPlace({MapLevel::kGroup, layers - 1, 0});
    scrub(window, *state, "scrubbing, one group");
    return 0;
}
