// The desktop app.
#include <QApplication>
#include <QCommandLineParser>
#include <QLocale>
#include <QSettings>
#include <QTimer>
#include <csignal>
#include <cstdio>

#include "look/format.h"
#include "main_window.h"
#include "ops/simd_target.h"

namespace {

void nameTheProgram() {
    QCoreApplication::setOrganizationName(QStringLiteral("condenser"));
    QCoreApplication::setApplicationName(QStringLiteral("condenser"));
    QCoreApplication::setApplicationVersion(QStringLiteral(CONDENSER_VERSION));
}

// --help and --version need no display, so they are answered before one is asked for.
std::vector<std::filesystem::path> parseArguments(int& argc, char** argv) {
    const QCoreApplication core(argc, argv);
    nameTheProgram();
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Trains small, fast image classifiers on this computer and shows why they are small.\n\n"
                       "Example: condenser photo.jpg"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("FILES"),
        QStringLiteral("a model (.safetensors), a run's folder, a folder with one sub-folder of "
                       "pictures a class, or pictures to classify"),
        QStringLiteral("[FILES…]"));
    parser.process(core);
    std::vector<std::filesystem::path> paths;
    for (const QString& argument : parser.positionalArguments()) paths.push_back(condenser::toPath(argument));
    return paths;
}

bool haveDisplay() {
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
           qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of the write, not the end of the program
    const auto paths = parseArguments(argc, argv);
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
    QTimer::singleShot(0, &window, [&] {
        window.restoreLastTime();
        window.open(paths);
    });
    return QApplication::exec();
}
