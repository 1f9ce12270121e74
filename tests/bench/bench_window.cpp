// How the window answers while a training takes every core: from an input event until the window has painted what
// came of it, and from the Pause button until the work stands still. By hand, never a test: it compares times.
//
//   bench_window [MODEL] [SECONDS]
//
// MODEL is a preset of 32x32 pictures, trained on the built-in data.
#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <QWheelEvent>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "bench/protocol.h"
#include "look/format.h"
#include "main_window.h"

using namespace condenser;

namespace {

using Clock = std::chrono::steady_clock;

double msSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Sees every event go by: when one that was posted has been delivered, and when the window has painted after it.
class TimedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        const QEvent::Type type = event->type();
        const bool awaited = event == m_awaited.load();
        const bool result = QApplication::notify(receiver, event);
        if (awaited) {
            m_awaited = nullptr;
            m_handled = true;
        }
        if (type == QEvent::UpdateRequest && m_handled.exchange(false)) {
            m_samples[m_kind].push_back(msSince(m_posted));
            m_done = true;
        }
        return result;
    }

    // On the poster's thread, one at a time.
    void post(const std::string& kind, QObject* receiver, QEvent* event) {
        m_kind = kind;
        m_done = false;
        m_posted = Clock::now();
        m_awaited = event;
        postEvent(receiver, event);
    }
    bool done() const { return m_done; }
    // What painted nothing within the time.
    void giveUp() { m_handled = false, m_done = true, ++m_unpainted; }

    std::map<std::string, std::vector<double>> m_samples;
    int m_unpainted = 0;

  private:
    std::atomic<QEvent*> m_awaited = nullptr;
    std::atomic<bool> m_handled = false, m_done = true;
    std::string m_kind;
    Clock::time_point m_posted;
};

QMouseEvent* mouse(QEvent::Type type, const QWidget* target, QPointF at, Qt::MouseButton button) {
    return new QMouseEvent(type, at, target->mapToGlobal(at), button,
                           type == QEvent::MouseButtonPress ? Qt::MouseButtons(button) : Qt::NoButton, Qt::NoModifier);
}

// As a hand would: every 60 ms one thing, on another thread so that a window that hangs is not spared.
void postInputs(TimedApplication& app, QWidget& window, double seconds) {
    auto* train = window.findChild<QPushButton*>(QStringLiteral("navTrain"));
    auto* classify = window.findChild<QPushButton*>(QStringLiteral("navClassify"));
    auto* runs = window.findChild<QPushButton*>(QStringLiteral("navRuns"));
    QWidget* plot = nullptr;
    for (QWidget* child : window.findChild<QWidget*>(QStringLiteral("accuracyPlot"))->findChildren<QWidget*>())
        if (child->inherits("QCustomPlot")) plot = child;
    const auto post = [&](const char* kind, QObject* receiver, QEvent* event) {
        app.post(kind, receiver, event);
        const Clock::time_point start = Clock::now();
        while (!app.done() && msSince(start) < 1000) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (!app.done()) app.giveUp();
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
    };
    const auto click = [&](const char* kind, QWidget* button) {
        const QPointF middle = QRectF(button->rect()).center();
        QCoreApplication::postEvent(button, mouse(QEvent::MouseButtonPress, button, middle, Qt::LeftButton));
        post(kind, button, mouse(QEvent::MouseButtonRelease, button, middle, Qt::LeftButton));
    };
    const Clock::time_point start = Clock::now();
    for (int round = 0; msSince(start) < seconds * 1000; ++round) {
        for (int i = 0; i < 6; ++i) {
            const QPointF at(80 + (round * 37 + i * 53) % std::max(1, plot->width() - 120), plot->height() / 2);
            post("pointer over the curves", plot, mouse(QEvent::MouseMove, plot, at, Qt::NoButton));
        }
        for (int i = 0; i < 4; ++i) {
            const QPointF at(plot->width() / 2, plot->height() / 2);
            post("wheel on the curves", plot,
                 new QWheelEvent(at, plot->mapToGlobal(at), {}, QPoint(0, i < 2 ? 120 : -120), Qt::NoButton,
                                 Qt::NoModifier, Qt::NoScrollPhase, false));
        }
        click("to Classify", classify);
        if (runs != nullptr) click("to Runs", runs);
        click("to Train", train);
    }
}

void report(const std::string& kind, const std::vector<double>& ms) {
    fmt::print("  {:26} {:5} events   median {:6.1f} ms   p95 {:6.1f} ms   longest {:6.1f} ms\n", kind, ms.size(),
               quantile(ms, 0.5), quantile(ms, 0.95), quantile(ms, 1));
}

// Until `text` stands in the label, or ten seconds.
double msUntil(const QLabel& label, const QString& text) {
    const Clock::time_point start = Clock::now();
    while (!label.text().contains(text) && msSince(start) < 10'000)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    return msSince(start);
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const std::string model = argc > 1 ? argv[1] : "condensenet-86";
    const double seconds = argc > 2 ? std::atof(argv[2]) : 20;
    QTemporaryDir home;
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, QFile::encodeName(home.filePath(QString::fromLatin1(name))));
    TimedApplication app(argc, argv);
    QSettings settings(home.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("train/model"), QString::fromStdString(model));

    const Clock::time_point begun = Clock::now();
    MainWindow window(settings);
    window.show();
    auto* start = window.findChild<QPushButton*>(QStringLiteral("startButton"));
    auto* speed = window.findChild<QLabel*>(QStringLiteral("stripSpeed"));
    auto* left = window.findChild<QLabel*>(QStringLiteral("stripLeft"));
    auto* pause = window.findChild<QPushButton*>(QStringLiteral("stripPause"));
    QCoreApplication::processEvents();
    fmt::print("window made and painted in {:.0f} ms\n", msSince(begun));
    while (!start->isEnabled()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    start->click();
    while (speed->text().isEmpty() || !speed->isVisible())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);

    std::thread poster([&] {
        postInputs(app, window, seconds);
        // Not quit(): the window would ask whether the run is to be stopped.
        QMetaObject::invokeMethod(
            &app, [] { QCoreApplication::exit(0); }, Qt::QueuedConnection);
    });
    QApplication::exec();
    poster.join();
    fmt::print("{}, {}; input to paint:\n", model, speed->text().toStdString());
    std::vector<double> all;
    for (const auto& [kind, ms] : app.m_samples) {
        report(kind, ms);
        all.insert(all.end(), ms.begin(), ms.end());
    }
    report("all", all);
    if (app.m_unpainted > 0) fmt::print("  {} events painted nothing\n", app.m_unpainted);

    std::vector<double> answered, stood;
    for (int i = 0; i < 12; ++i) {
        QTimer wake;  // so that waiting ends
        wake.start(5);
        const Clock::time_point clicked = Clock::now();
        pause->click();
        pause->repaint();
        answered.push_back(msSince(clicked));
        msUntil(*left, QStringLiteral("paused"));
        stood.push_back(msSince(clicked));
        pause->click();
        const Clock::time_point on = Clock::now();
        while (msSince(on) < 700 + 90 * i) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    report("Pause: button answers", answered);
    report("Pause: work stands still", stood);
    return 0;
}
