// A training whose disk fails, fills up, or goes away: it ends with an error that names a file of its folder, and is
// not lost. With the disk in order again it comes to the same bits.
#include <QTest>
#include <cerrno>
#include <set>

#include "base/atomic_file.h"
#include "io/run_folder.h"
#include "io/safetensors.h"
#include "run/training_run.h"
#include "support/failing_calls.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

// What a run that ended with an error has left behind: "" where it is in order.
std::string disorder(const Error& error, const fs::path& run) {
    if (error.code != ErrorCode::kWrite) return "another error: " + error.text();
    if (!error.where.starts_with(run.string() + "/")) return "it names " + error.where;
    for (const auto& entry : fs::directory_iterator(run)) {
        if (isTemporaryFile(entry.path()) || entry.path().filename() == kNextCheckpointName) {
            return entry.path().string() + " was left behind by: " + error.text();
        }
        if (entry.path().extension() != ".safetensors") continue;
        if (const auto file = readSafetensors(entry.path()); !file) return file.error().text();
    }
    return {};
}

}  // namespace

class TestRunFaults : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        writeTinyFolder(m_data, 8, 4);
        const FailingCalls calls({0, EIO, false, kCalls});
        const auto result = train(m_straight);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        m_calls = calls.counted();
    }

    // Each seventh call, with one error or another; all of them with CONDENSER_TEST_EVERY_CALL=1.
    void anyCallMayFail() {
        const int stride = qEnvironmentVariableIntValue("CONDENSER_TEST_EVERY_CALL") > 0 ? 1 : 7;
        int ended = 0, tried = 0;
        for (int number = 1; number <= m_calls; number += stride) {
            ++tried;
            const bool onwards = number / stride % 2 == 0;
            const QString place = QString("call %1 of %2%3").arg(number).arg(m_calls).arg(onwards ? ", onwards" : "");
            const ScratchFolder scratch;
            const fs::path run = scratch / "run";
            Result<RunResult> result = tl::unexpected(Error{});
            {
                const FailingCalls calls({number, onwards ? ENOSPC : EIO, onwards, kCalls});
                result = train(run);
            }
            if (!result) {
                ++ended;
                const std::string found = disorder(result.error(), run);
                QVERIFY2(found.empty(), qPrintable(place + ": " + QString::fromStdString(found)));
                result = fs::exists(run / kRunRecordName) ? goOn(run) : train(run);
            }
            QVERIFY2(result, qPrintable(place + ": " + QString::fromStdString(result ? "" : result.error().text())));
            const std::string difference = runDifference(m_straight, run);
            QVERIFY2(difference.empty(), qPrintable(place + ": " + QString::fromStdString(difference)));
        }
        qInfo("%d calls of a run, %d made to fail, which ended %d runs", m_calls, tried, ended);
        QVERIFY(ended > tried / 2);
    }

    void aDiskMayFillUp() {
        const ScratchFolder scratch;
        const std::string said = playOnSmallDisk(scratch.path(), [&]() -> std::string {
            const fs::path run = scratch / "run", filler = scratch / "filler";
            std::set<std::string> named;
            for (std::size_t room = 4 << 10; room < std::size_t{1} << 20; room += room / 3) {
                fs::remove_all(run);
                writeBytes(filler, std::string((std::size_t{1} << 20) - room, 'x'));
                auto result = train(run);
                if (result) break;  // all of it fits; or not root, and only single files are limited
                named.insert(fs::path(result.error().where).filename());
                if (std::string found = disorder(result.error(), run); !found.empty()) return found;
                fs::remove(filler);
                result = fs::exists(run / kRunRecordName) ? goOn(run) : train(run);
                if (!result) return result.error().text();
                if (std::string found = runDifference(m_straight, run); !found.empty()) return found;
            }
            // Where a disk of its own could be had, it was filled at several files.
            return named.empty() || named.size() >= 3 ? "" : "only " + *named.begin() + " met a full disk";
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aFolderMayBecomeReadOnly() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::create_directory(run);
        const std::string said = playInReadOnlyFolder(run, [&]() -> std::string {
            fs::permissions(run, fs::perms::owner_all);
            RunEvents events;
            events.onEpoch = [&](const EpochReport& report) {
                if (report.epoch == 2) fs::permissions(run, fs::perms::owner_read | fs::perms::owner_exec);
            };
            const auto result = train(run, events);
            fs::permissions(run, fs::perms::owner_all);
            return result ? "no error" : disorder(result.error(), run);
        });
        QCOMPARE(QString::fromStdString(said), QString());
        const auto result = goOn(run);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(runDifference(m_straight, run), std::string());
    }

    void aFolderMayVanish() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        RunEvents events;
        events.onEpoch = [&](const EpochReport& report) {
            if (report.epoch == 2) fs::remove_all(run);
        };
        const auto result = train(run, events);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::kWrite);
        QVERIFY(result.error().where.starts_with(run.string()));
        QVERIFY(!fs::exists(run));
    }

  private:
    // Closing is left out: reading the pictures closes files, too.
    static constexpr std::initializer_list<Call> kCalls = {Call::kOpen, Call::kWrite, Call::kFsync, Call::kRename,
                                                           Call::kTruncate};

    Result<RunResult> train(const fs::path& folder, const RunEvents& events = {}) {
        TrainRequest request;
        request.data = "folder:" + m_data.string();
        request.model = kTinySpec;
        request.folder = folder;
        request.settings.epochs = 4;
        request.settings.batch = 8;
        request.threads = 1;
        RunControl control;
        return startRun(request, events, control);
    }
    static Result<RunResult> goOn(const fs::path& folder) {
        RunControl control;
        return resumeRun(folder, 1, ThreadPriority::kNormal, {}, control);
    }

    ScratchFolder m_scratch;
    const fs::path m_data = m_scratch / "data", m_straight = m_scratch / "straight";
    int m_calls = 0;
};

QTEST_GUILESS_MAIN(TestRunFaults)
#include "tst_run_faults.moc"
