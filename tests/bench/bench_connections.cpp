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
#include <ctime>
#include <vector>

#include "connections/connections_page.h"
#include "connections/connections_state.h"
#include "look/format.h"
#include "main_window.h"
#include "maps/cell_map.h"
#include "ui_support.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

// Of one frame: on the wall, and on the processor by the thread of the window alone, which other work on the machine
// does not lengthen. Milliseconds.
class Stopwatch {
  public:
    Stopwatch() { m_wall.start(); }
    double wall() const { return static_cast<double>(m_wall.nsecsElapsed()) * 1e-6; }
    double processor() const { return processorNow() - m_processor; }

  private:
    static double processorNow() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
    }
    QElapsedTimer m_wall;
    double m_processor = processorNow();
};

struct Frames {
    std::vector<double> wall, processor;
    void add(const Stopwatch& watch) {
        processor.push_back(watch.processor());
        wall.push_back(watch.wall());
    }
};

void print(const char* what, Frames frames) {
    std::printf("%-34s %4zu frames", what, frames.wall.size());
    for (std::vector<double>* times : {&frames.wall, &frames.processor}) {
        std::sort(times->begin(), times->end());
        const std::size_t count = times->size();
        std::printf("  %s median %5.1f  p95 %5.1f  longest %5.1f", times == &frames.wall ? "wall" : "processor",
                    (*times)[count / 2], (*times)[count * 95 / 100], times->back());
    }
    std::printf(" ms\n");
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
    Frames frames;
    const int count = state.source()->count();
    for (int i = 0; i < 2 * count; ++i) {
        const Stopwatch watch;
        state.setMoment(i < count ? i : 2 * count - 1 - i);
        if (!until([&] { return state.recordMoment() == state.moment(); })) qFatal("a record did not come");
        QCoreApplication::sendPostedEvents();
        window.repaint();
        QCoreApplication::processEvents();
        frames.add(watch);
    }
    print(what, frames);
}

// The cells of the last layer on their way to the index layer's order, at the first moment, where most are under way:
// from one repaint of the map to the next, while nothing else wants the thread.
void rearrange(MainWindow& window, ConnectionsState& state) {
    class Repaints : public QObject {
      public:
        bool eventFilter(QObject*, QEvent* event) override {
            if (event->type() == QEvent::Paint) {
                times.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
                clock.start();
            }
            return false;
        }
        QElapsedTimer clock;
        std::vector<double> times;
    } repaints;
    state.setMoment(0);
    QTest::qWait(500);
    auto* map = find<QWidget>(window, "mapPane")->findChild<CellMap*>();
    if (map == nullptr) qFatal("the page has no map");
    map->installEventFilter(&repaints);
    repaints.clock.start();
    state.setArrangement(Arrangement::kByIndex);
    until([&] { return !map->rearranging(); });
    std::sort(repaints.times.begin(), repaints.times.end());
    std::printf("%-34s %4zu frames  apart  median %5.1f  longest %5.1f ms\n", "rearranging the last layer",
                repaints.times.size(), repaints.times[repaints.times.size() / 2], repaints.times.back());
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

    Frames first;
    for (int layer = layers - 1; layer >= 0; --layer) {
        const Stopwatch watch;
        state->setPlace({MapLevel::kLayer, layer, 0});
        QCoreApplication::sendPostedEvents();
        window.repaint();
        first.add(watch);
    }
    print("a layer's first paint", first);

    state->setPlace({});
    scrub(window, *state, "scrubbing, whole network");
    state->setPlace({MapLevel::kLayer, layers - 1, 0});
    scrub(window, *state, "scrubbing, last layer, by source");
    rearrange(window, *state);
    scrub(window, *state, "scrubbing, last layer, by index");
    state->setPlace({MapLevel::kGroup, layers - 1, 0});
    scrub(window, *state, "scrubbing, one group");
    return 0;
}
