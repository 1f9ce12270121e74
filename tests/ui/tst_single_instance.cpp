#include <QLocalSocket>
#include <QProcess>
#include <QProcessEnvironment>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <csignal>

#include "session/single_instance.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;

// The built program itself, twice.
class TestSingleInstance : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        qunsetenv("TMPDIR");
        m_folder = std::make_unique<QTemporaryDir>();
        // Without XDG_RUNTIME_DIR, as on a bare machine: the socket is made among the temporary files.
        qunsetenv("XDG_RUNTIME_DIR");
        qputenv("TMPDIR", QFile::encodeName(runtime()));
    }

    void aWishTravelsWhole() {
        const StartWish wish{{QStringLiteral("/a b/ü.png"), QStringLiteral("/c")}, true};
        QCOMPARE(unpackWish(packWish(wish)), std::optional(wish));
        const QByteArray bytes = packWish(wish);
        for (qsizetype length = 0; length < bytes.size(); ++length) QVERIFY(!unpackWish(bytes.left(length)));
        QVERIFY(!unpackWish(packWish({{QStringLiteral("relative.png")}, false})));
        QByteArray giant = bytes.left(9) + QByteArray("\xff\xff\xff\xff", 4);
        QVERIFY(!unpackWish(giant));
        QVERIFY(!unpackWish(QByteArray(64, '\xff')));
    }

    void theSecondHandsOverToTheFirst() {
        SingleInstance first(folder());
        QVERIFY(!first.handOver({}));
        first.listen();
        QSignalSpy wished(&first, &SingleInstance::wished);
        QProcess second;
        start(second, {QStringLiteral("one.png"), QStringLiteral("--demo")});
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, kWaitMs);
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(wished.size(), 1);
        const auto wish = wished.first().first().value<StartWish>();
        QVERIFY(wish.demo);
        QCOMPARE(wish.paths, QStringList{m_folder->filePath(QStringLiteral("one.png"))});
    }

    void noiseOnTheSocketDoesNoHarm() {
        SingleInstance first(folder());
        QVERIFY(!first.handOver({}));
        first.listen();
        QSignalSpy wished(&first, &SingleInstance::wished);
        QLocalSocket socket;
        socket.connectToServer(socketName());
        QVERIFY(socket.waitForConnected());
        socket.write(QByteArray(1000, 'x'));
        QTRY_COMPARE_WITH_TIMEOUT(socket.state(), QLocalSocket::UnconnectedState, kWaitMs);
        QVERIFY(wished.isEmpty());
    }

    void twoRealWindowsAreOne() {
        QProcess first, second;
        start(first, {});
        QTRY_VERIFY_WITH_TIMEOUT(!socketName().isEmpty(), kWaitMs);
        // A folder that is no data: its path must come through, relative to where the second one was started.
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("pictures")));
        for (const char* name : {"a", "b"})
            QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("pictures/") + QLatin1String(name)));
        start(second, {QStringLiteral("pictures")});
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, kWaitMs);
        QCOMPARE(second.exitCode(), 0);
        QVERIFY(second.readAllStandardOutput().contains("handed over"));
        QVERIFY(first.state() == QProcess::Running);
        QTRY_VERIFY_WITH_TIMEOUT(settingsText().contains("data:" + m_folder->path().toUtf8() + "/pictures"), kWaitMs);
        end(first);
    }

    void oneThatWasKilledBlocksNobody() {
        QProcess first, second;
        start(first, {});
        QTRY_VERIFY_WITH_TIMEOUT(!socketName().isEmpty(), kWaitMs);
        first.kill();
        QVERIFY(first.waitForFinished());
        QVERIFY(QFile::exists(lockName()));
        const auto left = QFileInfo(lockName()).lastModified();
        QTest::qWait(20);  // so that the new lock is a newer file
        start(second, {});
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(lockName()).lastModified() > left, kWaitMs);
        QVERIFY(second.state() == QProcess::Running);
        end(second);
    }

    void oneThatHangsIsLeftAlone() {
        QProcess first, second;
        start(first, {});
        QTRY_VERIFY_WITH_TIMEOUT(!socketName().isEmpty(), kWaitMs);
        // Not in the middle of a write: whoever holds the lock of the settings would stop the second one, too.
        QTRY_VERIFY_WITH_TIMEOUT(settingsText().contains("geometry="), kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(settingsName() + QStringLiteral(".lock")), kWaitMs);
        ::kill(static_cast<pid_t>(first.processId()), SIGSTOP);
        QVERIFY(QFile::remove(settingsName()));
        start(second, {m_folder->path() + QStringLiteral("/none.png")});
        // It shows a window of its own, which stores its place.
        QTRY_VERIFY_WITH_TIMEOUT(settingsText().contains("page="), kWaitMs);
        QVERIFY(second.state() == QProcess::Running);
        ::kill(static_cast<pid_t>(first.processId()), SIGCONT);
        end(first);
        end(second);
    }

  private:
    std::filesystem::path folder() const { return toPath(m_folder->filePath(QStringLiteral("data/condenser"))); }
    QString lockName() const { return toQString(folder() / "window.lock"); }
    QString socketName() const {
        const auto all = QDir(runtime()).entryInfoList({QStringLiteral("condenser-*")}, QDir::System | QDir::Files);
        return all.isEmpty() ? QString() : all.first().absoluteFilePath();
    }
    QString runtime() const { return m_folder->path(); }
    QString settingsName() const { return m_folder->filePath(QStringLiteral("config/condenser/condenser.conf")); }
    QByteArray settingsText() const {
        QFile file(settingsName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void start(QProcess& process, const QStringList& arguments) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_DATA_HOME"), m_folder->filePath(QStringLiteral("data")));
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder->filePath(QStringLiteral("config")));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_folder->path());
        process.start(QStringLiteral(CONDENSER_APP), arguments);
        QVERIFY(process.waitForStarted());
    }
    static void end(QProcess& process) {
        process.terminate();
        QVERIFY(process.waitForFinished());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "tst_single_instance.moc"
