#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>
#include <atomic>
#include <thread>

#include "io/run_lock.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class RunLockTest : public QObject {
    Q_OBJECT

  private slots:
    void oneAtATime() {
        ScratchFolder folder;
        QVERIFY(!isRunLocked(folder.path()));
        {
            const auto lock = RunLock::take(folder.path());
            QVERIFY2(lock, lock ? "" : lock.error().text().c_str());
            QVERIFY(isRunLocked(folder.path()));
            const auto second = RunLock::take(folder.path());
            QVERIFY(!second);
            const std::string holder = "process " + std::to_string(::getpid()) + " trains there already";
            QCOMPARE(second.error().why, holder);
            QCOMPARE(second.error().where, folder.path().string());
        }
        QVERIFY(!isRunLocked(folder.path()));
        QVERIFY(RunLock::take(folder.path()));
        QVERIFY(std::filesystem::exists(folder / kLockName));
    }

    void otherProcessesSeeIt() {
        ScratchFolder folder;
        const auto lock = RunLock::take(folder.path());
        QVERIFY(lock);
        const std::string said = playInChild([&]() -> std::string {
            if (!isRunLocked(folder.path())) return "not seen";
            return RunLock::take(folder.path()) ? "taken twice" : "";
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aDeadHolderHoldsNothing() {
        ScratchFolder folder;
        const std::string said = playInChild([&]() -> std::string {
            auto* lock = new Result<RunLock>(RunLock::take(folder.path()));  // never let go, as by a process killed
            return *lock ? "" : lock->error().text();
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QVERIFY(!isRunLocked(folder.path()));
        QVERIFY(RunLock::take(folder.path()));
    }

    void askingDoesNotHinderTaking() {
        ScratchFolder folder;
        QVERIFY(RunLock::take(folder.path()));
        std::atomic<bool> done{false};
        std::thread asker([&] {
            while (!done) isRunLocked(folder.path());
        });
        int taken = 0;
        for (int i = 0; i < 50; ++i) taken += RunLock::take(folder.path()) ? 1 : 0;
        done = true;
        asker.join();
        QCOMPARE(taken, 50);
    }

    void movesWithItsHold() {
        ScratchFolder folder;
        auto lock = RunLock::take(folder.path());
        QVERIFY(lock);
        {
            const RunLock moved = std::move(*lock);
            QVERIFY(isRunLocked(folder.path()));
        }
        QVERIFY(!isRunLocked(folder.path()));
    }

    void foldersThatCannotBeLockedAreTold() {
        ScratchFolder folder;
        const auto missing = RunLock::take(folder / "missing");
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::kWrite);
        QVERIFY(!isRunLocked(folder / "missing"));
        QCOMPARE(::mkfifo((folder / kLockName).c_str(), 0600), 0);
        QVERIFY(!RunLock::take(folder.path()));
    }

    void aHolderThatDoesNotTellItsNumber() {
        ScratchFolder folder;
        const auto lock = RunLock::take(folder.path());
        QVERIFY(lock);
        writeBytes(folder / kLockName, "\x1b[31m not a number");
        const auto second = RunLock::take(folder.path());
        QVERIFY(!second);
        QCOMPARE(second.error().why, std::string("another process trains there already"));
    }
};

QTEST_GUILESS_MAIN(RunLockTest)
#include "tst_run_lock.moc"
