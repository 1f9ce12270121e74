// How the window takes thousands of pictures that are dropped at once: the time to the first answer and to the last,
// the longest moment in which it does nothing else, and what of memory it keeps; while nothing else happens, and while
// a training takes every core. By hand, never a test: it compares times.
//
//   bench_classify [--model FILE] [--pictures N] [--pixels SIDE] [--rounds N] [--no-training]
//
// The pictures are those of shapes10, SIDE pixels wide (32 as PNG, the built-in network's size; larger ones as JPEG).
// Order and answers are checked against a Classifier of its own.
#include <fmt/format.h>
#include <unistd.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <QUrl>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_use.h"
#include "bench/protocol.h"
#include "classify/classify_page.h"
#include "data/shapes10.h"
#include "look/format.h"
#include "main_window.h"
#include "run/classifier.h"
#include "session/data_preview.h"

using namespace condenser;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double msSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double heldMegabytes() {
    std::ifstream file("/proc/self/statm");
    double pages = 0, resident = 0;
    file >> pages >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

std::vector<fs::path> writePictures(const QString& folder, int count, int side) {
    std::vector<fs::path> files;
    for (const std::string& name : shapesClasses()) QDir().mkpath(folder + u'/' + QString::fromStdString(name));
    for (int i = 0; i < count; ++i) {
        const DrawnShape drawn = drawShape(ShapesPart::kTest, i % kShapesTestCount);
        QImage image = toImage(drawn.picture);
        const bool large = side > kShapesSize;
        if (large) image = image.scaled(side, side, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        const QString name = QStringLiteral("%1/%2/%3.%4")
                                 .arg(folder, QString::fromStdString(shapesClasses()[static_cast<std::size_t>(i % 10)]))
                                 .arg(i, 5, 10, QLatin1Char('0'))
                                 .arg(large ? QStringLiteral("jpg") : QStringLiteral("png"));
        if (!image.save(name)) qFatal("cannot write a picture");
        files.push_back(toPath(name));
    }
    return files;
}

double threadMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The longest time in which the event loop came to nothing else, of a timer that should tick all the while; and how
// long of that at most it computed, which a busy machine leaves as it is.
class StallMeter : public QObject {
  public:
    StallMeter() {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] { tick(); });
    }
    void start() {
        m_longest = m_computed = 0;
        m_last = Clock::now();
        m_lastComputed = threadMs();
        m_timer.start(kMs);
    }
    double stop() {
        tick();
        m_timer.stop();
        return m_longest;
    }
    double computed() const { return m_computed; }

  private:
    static constexpr int kMs = 5;
    void tick() {
        m_longest = std::max(m_longest, msSince(m_last) - kMs);
        m_computed = std::max(m_computed, threadMs() - m_lastComputed);
        m_last = Clock::now();
        m_lastComputed = threadMs();
    }

    QTimer m_timer;
    Clock::time_point m_last;
    double m_longest = 0, m_computed = 0, m_lastComputed = 0;
};

struct Round {
    double dropped = 0, first = 0, last = 0, stall = 0, computed = 0;  // ms
    double kept = 0, peak = 0;                                         // MB
};

void rest(int ms) {
    QTimer wake;
    wake.start(5);
    const Clock::time_point start = Clock::now();
    while (msSince(start) < ms) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

// As by hand: hovering first, in which time the window looks into what it is.
void drop(MainWindow& window, const std::vector<fs::path>& files, const std::function<void()>& begin) {
    QMimeData content;
    QList<QUrl> urls;
    for (const fs::path& file : files) urls << QUrl::fromLocalFile(toQString(file));
    content.setUrls(urls);
    const QPoint at = window.rect().center();
    QDragEnterEvent enter(at, Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    rest(500);
    begin();
    QDropEvent let(at, Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &let);
}

Round measure(MainWindow& window, const std::vector<fs::path>& files) {
    const AnswerModel& answers = window.findChild<ClassifyPage*>()->answers();
    Round round;
    double before = 0;
    StallMeter stalls;
    Clock::time_point start;
    drop(window, files, [&] {
        resetPeakMemory();
        before = heldMegabytes();
        stalls.start();
        start = Clock::now();
    });
    round.dropped = msSince(start);
    const auto done = [&] { return answers.counts().answered + answers.counts().failed; };
    const int count = static_cast<int>(files.size());
    while (done() < count) {
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
        if (round.first == 0 && done() > 0) round.first = msSince(start);
    }
    round.last = msSince(start);
    round.stall = stalls.stop();
    round.computed = stalls.computed();
    round.peak = static_cast<double>(peakMemoryBytes()) / 1e6 - before;
    resetPeakMemory();  // which gives back what was freed
    round.kept = heldMegabytes() - before;
    return round;
}

// Each row is the file that was dropped there, and says what a classifier of the same model says.
void check(const AnswerModel& answers, const std::vector<fs::path>& files) {
    int misplaced = 0;
    double largest = 0;
    std::vector<double> here, alone;  // ms of the condensed form
    ThreadPool pool(availableCores());
    std::optional<Classifier> classifier;
    const ModelFile* of = nullptr;
    const int every = std::max(1, answers.rowCount() / 500);
    for (int row = 0; row < answers.rowCount(); ++row) {
        const AnsweredPicture& picture = answers.at(row);
        misplaced += picture.path != files[static_cast<std::size_t>(row)];
        if (row % every != 0) continue;
        if (of != picture.modelFile.get()) {
            auto made = Classifier::make(*picture.modelFile, pool, Forms::kBoth);
            if (!made) qFatal("the model cannot be run");
            classifier.emplace(std::move(*made));
            of = picture.modelFile.get();
        }
        const auto direct = classifier->classify(picture.path);
        if (direct) {
            here.push_back(picture.form(Variant::kCondensed)->milliseconds);
            alone.push_back(direct->forms[1].milliseconds);
        }
        for (std::size_t form = 0; direct && form < direct->forms.size(); ++form) {
            const auto &alone = direct->forms[form].top, &window = picture.said.forms[form].top;
            for (std::size_t k = 0; k < window.size(); ++k)
                largest = std::max(largest, std::abs(alone[k].probability - window[k].probability));
        }
    }
    fmt::print(
        "  order: {} of {} rows misplaced; answers: largest difference of a probability {:.1e}; condensed network: "
        "{:.3f} ms in the window, {:.3f} ms by itself (medians)\n",
        misplaced, answers.rowCount(), largest, quantile(here, 0.5), quantile(alone, 0.5));
}

void report(const char* what, const std::vector<Round>& rounds) {
    const auto column = [&](double Round::*of, double q) {
        std::vector<double> values;
        for (const Round& round : rounds) values.push_back(round.*of);
        return quantile(values, q);
    };
    fmt::print(
        "{}: drop handled in {:.0f} ms, first answer {:.0f} ms (longest {:.0f}), last {:.0f} ms, longest stall {:.0f} "
        "ms (longest {:.0f}; at most {:.0f} ms of it computing), kept {:.0f} MB, peak {:.0f} MB; medians of {}\n",
        what, column(&Round::dropped, 0.5), column(&Round::first, 0.5), column(&Round::first, 1),
        column(&Round::last, 0.5), column(&Round::stall, 0.5), column(&Round::stall, 1), column(&Round::computed, 1),
        column(&Round::kept, 0.5), column(&Round::peak, 0.5), rounds.size());
}

void open(MainWindow& window, const QString& model) {
    window.resize(1100, 700);
    window.show();
    if (!model.isEmpty()) window.open({toPath(model)});
    auto* name = window.findChild<QLabel*>(QStringLiteral("modelName"));
    const QString wanted = model.isEmpty() ? QString() : QFileInfo(model).fileName();
    if (model.isEmpty()) window.restoreLastTime();
    while (!name->text().contains(wanted.isEmpty() ? QStringLiteral("shapes10") : wanted))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    rest(6000);  // until it has measured the machine, which takes memory of its own
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    QTemporaryDir home;
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(name, QFile::encodeName(home.filePath(QString::fromLatin1(name))));
    const QApplication app(argc, argv);
    QCommandLineParser arguments;
    const auto option = [&](const char* name, const char* value) {
        arguments.addOption({QString::fromLatin1(name), {}, QString::fromLatin1(name), QString::fromLatin1(value)});
    };
    option("model", "");
    option("pictures", "2000");
    option("pixels", "32");
    option("rounds", "5");
    arguments.addOption({{QStringLiteral("no-training")}, {}});
    arguments.process(app);
    const auto number = [&](const char* name) { return arguments.value(QString::fromLatin1(name)).toInt(); };
    const QString model = arguments.value(QStringLiteral("model"));
    const auto files = writePictures(home.filePath(QStringLiteral("pictures")), number("pictures"), number("pixels"));
    fmt::print("{} pictures of {} pixels\n", files.size(), number("pixels"));

    QSettings settings(home.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("train/model"), QStringLiteral("condensenet-86"));
    std::vector<Round> idle, training;
    for (int i = 0; i < number("rounds"); ++i) {
        MainWindow window(settings);  // so that its worker has made no network yet
        open(window, model);
        idle.push_back(measure(window, files));
        if (i == 0) check(window.findChild<ClassifyPage*>()->answers(), files);
    }
    report("idle", idle);
    if (arguments.isSet(QStringLiteral("no-training"))) return 0;

    MainWindow window(settings);
    open(window, model);
    auto* start = window.findChild<QPushButton*>(QStringLiteral("startButton"));
    auto* speed = window.findChild<QLabel*>(QStringLiteral("stripSpeed"));
    while (!start->isEnabled()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    start->click();
    while (speed->text().isEmpty() || !speed->isVisible())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    for (int i = 0; i < number("rounds"); ++i) {
        training.push_back(measure(window, files));
        if (i == 0) check(window.findChild<ClassifyPage*>()->answers(), files);
        window.findChild<QPushButton*>(QStringLiteral("clearButton"))->click();
        rest(1000);
    }
    report(fmt::format("beside a training ({})", speed->text().toStdString()).c_str(), training);
    window.findChild<QPushButton*>(QStringLiteral("stripStop"))->click();
    while (window.findChild<QPushButton*>(QStringLiteral("stripStop"))->isVisible())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return 0;
}
