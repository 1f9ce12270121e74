#include <QApplication>
#include <QFrame>
#include <QLabel>
#include <QProcess>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <csignal>

#include "main_window.h"
#include "plots/accuracy_plot.h"
#include "plots/loss_plot.h"
#include "run/stored_run.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

// Under which this program starts itself: a window that trains until it is killed. Its settings file follows.
constexpr const char* kTrain = "--train";

int trainUntilKilled(int argc, char** argv) {
    QApplication app(argc, argv);
    QSettings settings(QFile::decodeName(argv[2]), QSettings::IniFormat);
    MainWindow window(settings);
    window.show();
    auto* start = find<QPushButton>(window, "startButton");
    QTimer whenReady;
    QObject::connect(&whenReady, &QTimer::timeout, start, [&] {
        if (!start->isEnabled()) return;
        start->click();
        whenReady.stop();
    });
    whenReady.start(20);
    return QApplication::exec();
}

}  // namespace

// A window that was killed in mid-training, and the next one.
class TestKilledWindow : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void itsRunIsInterruptedAndGoesOnUnbroken() {
        const QString settingsFile = m_home.path(QStringLiteral("settings.ini"));
        QSettings& settings = m_home.settings();
        settings.setValue(QStringLiteral("train/data"),
                          QStringLiteral("folder:") + m_home.makeDataFolder(QStringLiteral("pictures"), 16));
        settings.setValue(QStringLiteral("train/model"), QString::fromStdString(testing::kTinyModel));
        settings.setValue(QStringLiteral("train/epochs"), kEpochs);
        settings.setValue(QStringLiteral("train/batch"), 8);
        settings.sync();

        QProcess first;
        first.setProcessChannelMode(QProcess::ForwardedChannels);
        first.start(QCoreApplication::applicationFilePath(), {QLatin1String(kTrain), settingsFile});
        std::filesystem::path folder;
        // Killed after the third epoch, wherever it is then.
        const auto thirdEpochDone = [&] {
            settings.sync();
            folder = toPath(settings.value(QStringLiteral("last/run")).toString());
            const auto rows = folder.empty() ? Result<std::vector<MetricsRow>>() : readMetrics(folder);
            return rows && rows->size() >= 3;
        };
        QTRY_VERIFY_WITH_TIMEOUT(thirdEpochDone(), kWaitMs);
        ::kill(static_cast<pid_t>(first.processId()), SIGKILL);
        QVERIFY(first.waitForFinished(kWaitMs));
        const auto killed = readStoredRun(folder);
        QVERIFY(killed.has_value());
        QVERIFY(killed->state == StoredRunState::kInterrupted && killed->resumable);

        MainWindow window(settings);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.restoreLastTime();
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QFrame*>(QStringLiteral("runNotice")) != nullptr, kWaitMs);
        QVERIFY(find<QFrame>(window, "runNotice")->accessibleName().contains(QStringLiteral("was interrupted after")));
        auto* accuracy = find<AccuracyPlot>(window, "accuracyPlot");
        QVERIFY(accuracy->pointCount(AccuracyPlot::kTest) >= 3);

        // The Runs page says the same.
        QTest::keyClick(&window, Qt::Key_5, Qt::AltModifier);
        auto* table = find<QTableView>(window, "runTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(rowText(*table).contains(QStringLiteral("interrupted")), kWaitMs);
        QTest::keyClick(&window, Qt::Key_1, Qt::AltModifier);

        find<QPushButton>(window, "runNoticeContinue")->click();
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "stripLeft")->text(), QStringLiteral("finished"), kWaitMs);
        // Unbroken: a point for every epoch and every step, none twice.
        QCOMPARE(accuracy->pointCount(AccuracyPlot::kTest), kEpochs);
        QCOMPARE(find<LossPlot>(window, "lossPlot")->pointCount(LossPlot::kSteps), kEpochs * kStepsPerEpoch);
        const auto finished = readStoredRun(folder);
        QVERIFY(finished && finished->state == StoredRunState::kFinished);
        QCOMPARE(finished->epochs.size(), std::size_t{kEpochs});
        QCOMPARE(finished->steps.size(), std::size_t{kEpochs * kStepsPerEpoch});
    }

  private:
    static constexpr int kEpochs = 300, kStepsPerEpoch = 4;

    static QString rowText(const QTableView& table) {
        QStringList cells;
        for (int column = 0; column < table.model()->columnCount(); ++column)
            cells << table.model()->index(0, column).data().toString();
        return cells.join(u'|');
    }

    testing::PrivateHome m_home;
};

int main(int argc, char** argv) {
    if (argc == 3 && QLatin1String(argv[1]) == QLatin1String(kTrain)) return trainUntilKilled(argc, argv);
    QApplication app(argc, argv);
    TestKilledWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_killed_window.moc"
