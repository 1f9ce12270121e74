// The desktop app.
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>
#include <QTimer>
#include <csignal>
#include <cstdio>

#include "base/user_folders.h"
#include "look/format.h"
#include "main_window.h"
#include "ops/simd_target.h"
#include "session/single_instance.h"

namespace {

void nameTheProgram() {
    QCoreApplication::setOrganizationName(QStringLiteral("condenser"));
    QCoreApplication::setApplicationName(QStringLiteral("condenser"));
    QCoreApplication::setApplicationVersion(QStringLiteral(CONDENSER_VERSION));
}

// Paths become absolute here, since another process may be the one that opens them.
condenser::StartWish parseArguments(const QCoreApplication& core) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Trains small, fast image classifiers on this computer and shows why they are small.\n"
                       "If a window is open already, it takes what is given here.\n\n"
                       "Example: condenser photo.jpg"));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QStringLiteral("start training the built-in pictures at once, as a new run"));
    parser.addOption(demo);
    parser.addPositionalArgument(
        QStringLiteral("FILES"),
        QStringLiteral("a model (.safetensors), a run's folder, a folder with one sub-folder of "
                       "pictures a class, or pictures to classify"),
        QStringLiteral("[FILES…]"));
    parser.process(core);
    condenser::StartWish wish;
    wish.demo = parser.isSet(demo);
    for (const QString& path : parser.positionalArguments()) wish.paths << QFileInfo(path).absoluteFilePath();
    return wish;
}

bool haveDisplay() {
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
           qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

void grant(condenser::MainWindow& window, const condenser::StartWish& wish) {
    std::vector<std::filesystem::path> paths;
    for (const QString& path : wish.paths) paths.push_back(condenser::toPath(path));
    window.open(paths);
    if (wish.demo) window.startDemo();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of the write, not the end of the program
    condenser::SingleInstance instance(condenser::userDataFolder());
    condenser::StartWish wish;
    {
        // --help and --version need no display, and neither does handing over: they come before one is asked for.
        const QCoreApplication core(argc, argv);
        nameTheProgram();
        wish = parseArguments(core);
        if (instance.handOver(wish)) {
            std::puts("condenser: handed over to the window that is open already");
            return 0;
        }
    }
    if (!haveDisplay()) {
        std::fputs("condenser: cannot open a window: DISPLAY: it is not set. On a server, use condenser-cli\n", stderr);
        return 1;
    }
    if (const auto forced = condenser::forceSimdTargetFromEnvironment(); !forced) {
        std::fprintf(stderr, "condenser: %s\n", forced.error().text().c_str());
        return 1;
    }
    QLocale::setDefault(QLocale::c());  // the texts are English, so are the numbers
    QApplication app(argc, argv);
    nameTheProgram();
    QApplication::setDesktopFileName(QStringLiteral("condenser"));

    QSettings settings;
    condenser::MainWindow window(settings);
    window.show();
    QObject::connect(&instance, &condenser::SingleInstance::wished, &window,
                     [&window](const condenser::StartWish& later) {
                         window.comeToFront();
                         grant(window, later);
                     });
    instance.listen();
    QTimer::singleShot(0, &window, [&] {
        window.restoreLastTime();
        grant(window, wish);
    });
    return QApplication::exec();
}
