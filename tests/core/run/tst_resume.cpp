// A run that was stopped and goes on comes to the same bits as one that never was, wherever it was stopped, on any
// number of threads, and whatever became of one of its two checkpoints meanwhile.
#include <QTest>
#include <cstring>
#include <functional>

#include "io/run_folder.h"
#include "io/safetensors.h"
#include "run/branch_run.h"
#include "run/training_run.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr int kEpochs = 10, kHalf = 5;
constexpr int kStepsPerEpoch = 6;  // 42 pictures, 8 at a time

TrainRequest request(const fs::path& data, const fs::path& folder, int threads) {
    TrainRequest request;
    request.data = "folder:" + data.string();
    request.model = kTinySpec;
    request.folder = folder;
    request.settings.epochs = kEpochs;
    request.settings.batch = 8;
    request.settings.groupLassoLambda = 1e-4;
    request.threads = threads;
    return request;
}

// What a run said, or why it failed.
struct Told {
    std::string error, notices;
    RunEnd end = RunEnd::kFinished;
};

Told goOn(const fs::path& folder, int threads) {
    Told told;
    RunEvents events;
    events.onNotice = [&](const std::string& notice) { told.notices += notice + "\n"; };
    RunControl control;
    const auto result = resumeRun(folder, threads, ThreadPriority::kNormal, events, control);
    if (result) told.end = result->end;
    if (!result) told.error = result.error().text();
    return told;
}

// Where the header of a safetensors file ends and its data begin.
std::size_t dataStartOf(const std::string& bytes) {
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    return sizeof header + header;
}

using Damage = std::function<void(const fs::path& run)>;

Damage flipAt(const std::function<std::size_t(const std::string&)>& place) {
    return [place](const fs::path& run) {
        std::string bytes = readBytes(run / kCheckpointName);
        bytes.at(place(bytes)) ^= 0x10;
        writeBytes(run / kCheckpointName, bytes);
    };
}

Damage cutTo(const std::function<std::size_t(const std::string&)>& length) {
    return [length](const fs::path& run) {
        const std::string bytes = readBytes(run / kCheckpointName);
        writeBytes(run / kCheckpointName, bytes.substr(0, length(bytes)));
    };
}

}  // namespace
Q_DECLARE_METATYPE(Damage)
Q_DECLARE_METATYPE(condenser::Condensing)

class TestResume : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        // More test pictures than evaluation takes at once, so that it can be stopped in its midst.
        writeTinyFolder(m_data, 14, 22);
        train(m_straight, kTinySpec, 1, 2, 0);
        train(m_stopped, kTinySpec, 1, 1, kHalf * kStepsPerEpoch + 3);
        QCOMPARE(readCheckpoint(m_stopped)->checkpoint.step, std::int64_t{kHalf * kStepsPerEpoch + 3});
    }

    void theBitsDoNotDependOnTheThreads() {
        train(m_scratch / "one", kTinySpec, 1, 1, 0);
        QCOMPARE(runDifference(m_straight, m_scratch / "one"), std::string());
        train(m_scratch / "other-seed", kTinySpec, 2, 1, 0);
        QVERIFY(!runDifference(m_straight, m_scratch / "other-seed").empty());
    }

    void fiveEpochsAndFiveAreTen_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("threadsAfter");
        QTest::addColumn<int>("place");
        const char* places[] = {"amid an epoch", "after an epoch's last step", "amid the evaluation",
                                "at an epoch's end"};
        for (const auto& [before, after] : {std::pair{1, 1}, {2, 2}, {1, 2}}) {
            for (int place = 0; place < 4; ++place) {
                QTest::addRow("%s, %d to %d threads", places[place], before, after) << before << after << place;
            }
        }
    }
    void fiveEpochsAndFiveAreTen() {
        QFETCH(int, threads);
        QFETCH(int, threadsAfter);
        QFETCH(int, place);
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        RunControl control;
        RunEvents events;
        int epoch = 0;
        events.onStep = [&](const StepReport& report) {
            const std::int64_t done = report.step + 1;
            if (place == 0 && done == kHalf * kStepsPerEpoch - 2) control.requestStop();
            if (place == 1 && done == kHalf * kStepsPerEpoch) control.requestStop();
        };
        events.onEvaluating = [&](std::int64_t done, std::int64_t total) {
            if (place == 2 && epoch == kHalf - 1 && done < total) control.requestStop();
        };
        events.onEpoch = [&](const EpochReport& report) {
            epoch = report.epoch;
            if (place == 3 && epoch == kHalf) control.requestStop();
        };
        const auto stopped = startRun(request(m_data, run, threads), events, control);
        QVERIFY2(stopped, stopped ? "" : stopped.error().text().c_str());
        QCOMPARE(stopped->end, RunEnd::kStopped);
        QCOMPARE(stopped->epochs, place == 3 ? kHalf : kHalf - 1);
        QCOMPARE(readRunRecord(run)->state, RunState::kStopped);
        const Told told = goOn(run, threadsAfter);
        QCOMPARE(told.error, std::string());
        QCOMPARE(told.notices, std::string());
        QCOMPARE(runDifference(m_straight, run), std::string());
    }

    // Stopped within the step that condenses, just before it, and behind it.
    void everyWayOfCondensingGoesOn_data() {
        QTest::addColumn<Condensing>("way");
        QTest::addColumn<int>("stopAfter");  // training steps
        QTest::newRow("once, before") << Condensing::kOnce << kStepsPerEpoch;
        QTest::newRow("once, behind") << Condensing::kOnce << kStepsPerEpoch + 2;
        QTest::newRow("fixed, within") << Condensing::kFixed << 0;
        QTest::newRow("random, within") << Condensing::kRandom << 0;
        QTest::newRow("random, behind") << Condensing::kRandom << 1;
    }
    void everyWayOfCondensingGoesOn() {
        QFETCH(Condensing, way);
        QFETCH(int, stopAfter);
        const ScratchFolder scratch;
        const auto asked = [&](const char* name) {
            TrainRequest asked = request(m_data, scratch / name, 1);
            asked.settings.epochs = 2;
            asked.settings.condensing = way;
            return asked;
        };
        RunControl control;
        const auto whole = startRun(asked("whole"), {}, control);
        QVERIFY2(whole, whole ? "" : whole.error().text().c_str());
        RunEvents events;
        int layers = 0;
        events.onLayer = [&] {
            if (stopAfter == 0 && ++layers == 4) control.requestStop();
        };
        events.onStep = [&](const StepReport& report) {
            if (report.step + 1 == stopAfter) control.requestStop();
        };
        const fs::path run = scratch / "stopped";
        const auto stopped = startRun(asked("stopped"), events, control);
        QVERIFY2(stopped, stopped ? "" : stopped.error().text().c_str());
        QCOMPARE(stopped->end, RunEnd::kStopped);
        QCOMPARE(readCheckpoint(run)->checkpoint.step, std::int64_t{stopAfter});
        const Told told = goOn(run, 2);
        QCOMPARE(told.error, std::string());
        QCOMPARE(runDifference(scratch / "whole", run), std::string());

        // One step, the last one by number, and what is recorded around it.
        QCOMPARE(readRunRecord(run)->settings.condensing, way);
        QVERIFY(fs::exists(run / stepModelName(3)) && !fs::exists(run / stepModelName(1)));
        const std::int64_t at = way == Condensing::kOnce ? kStepsPerEpoch : 0;
        const int epoch = way == Condensing::kOnce ? 1 : 0;
        const auto records = readConnectionsIndex(run)->records;
        QCOMPARE(records.size(), std::size_t{4});
        const auto before = static_cast<std::size_t>(epoch);
        QVERIFY((records[before] == ConnectionsKey{ConnectionsMoment::kBeforeStep, epoch, at, 2}));
        QVERIFY((records[before + 1] == ConnectionsKey{ConnectionsMoment::kAfterStep, epoch, at, 3}));
        QCOMPARE(readMetrics(run)->front().kept, way == Condensing::kOnce ? 1.0 : 0.25);

        // And a branch from there.
        BranchRequest from;
        from.from = run;
        from.stage = 3;
        from.folder = scratch / "branch";
        const auto branch = branchRun(from);
        QVERIFY2(branch, branch ? "" : branch.error().text().c_str());
        QCOMPARE(readCheckpoint(*branch)->checkpoint.step, at);
        QCOMPARE(goOn(*branch, 1).error, std::string());
        QCOMPARE(readMetrics(*branch)->back().kept, 0.25);
    }

    void theReferencesAccidentsAreOfTheUsualWay() {
        TrainRequest asked = request(m_data, m_scratch / "quirks", 1);
        asked.settings.referenceQuirks = true;
        asked.settings.condensing = Condensing::kOnce;
        RunControl control;
        const auto refused = startRun(asked, {}, control);
        QVERIFY(!refused && refused.error().code == ErrorCode::kUsage);
        QVERIFY(!fs::exists(asked.folder));
    }

    void aDamagedCheckpointIsReplacedByTheOneBefore_data() {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, Damage damage, const char* word) {
            QTest::addRow("%s", name) << std::move(damage) << word;
        };
        row("the header's length", flipAt([](const std::string&) { return 0; }), "JSON");
        row("the header's length, far", flipAt([](const std::string&) { return 7; }), "announce");
        row("the header's first byte", flipAt([](const std::string&) { return 8; }), "header");
        row("a tensor's name", flipAt([](const std::string& bytes) { return bytes.find("classifier.bias"); }),
            "checksum");
        row("the metadata", flipAt([](const std::string& bytes) { return bytes.find("\\\"step\\\":") + 9; }), "");
        // Another digit: a flipped bit could make a quote of it, and then the header would break sooner.
        row(
            "the checksum",
            [](const fs::path& run) {
                std::string bytes = readBytes(run / kCheckpointName);
                char& digit = bytes.at(bytes.find("xxh64:") + 6);
                digit = digit == '0' ? '1' : '0';
                writeBytes(run / kCheckpointName, bytes);
            },
            "checksum");
        row("the first byte of data", flipAt(dataStartOf), "checksum");
        row("data", flipAt([](const std::string& bytes) { return (dataStartOf(bytes) + bytes.size()) / 2; }),
            "checksum");
        row("the last byte", flipAt([](const std::string& bytes) { return bytes.size() - 1; }), "checksum");
        row("a byte missing", cutTo([](const std::string& bytes) { return bytes.size() - 1; }), "cut short");
        row("half", cutTo([](const std::string& bytes) { return bytes.size() / 2; }), "cut short");
        row("without data", cutTo(dataStartOf), "cut short");
        row("seven bytes", cutTo([](const std::string&) { return 7; }), "7 bytes");
        row("empty", cutTo([](const std::string&) { return 0; }), "0 bytes");
        row(
            "missing: killed between the renames", [](const fs::path& run) { fs::remove(run / kCheckpointName); },
            "no such file");
        row(
            "a model",
            [](const fs::path& run) {
                fs::copy_file(run / kLastName, run / kCheckpointName, fs::copy_options::overwrite_existing);
            },
            "no checkpoint");
        row(
            "older than the one before",
            [](const fs::path& run) {
                fs::rename(run / kCheckpointName, run / "swap");
                fs::rename(run / kPreviousCheckpointName, run / kCheckpointName);
                fs::rename(run / "swap", run / kPreviousCheckpointName);
            },
            "older, of step 30");
        row(
            "of another run",
            [this](const fs::path& run) {
                train(m_scratch / "another", kTinySpec, 7, 2, kHalf * kStepsPerEpoch);
                fs::copy_file(m_scratch / "another" / kCheckpointName, run / kCheckpointName,
                              fs::copy_options::overwrite_existing);
            },
            "another run");
        row(
            "of another network",
            [this](const fs::path& run) {
                train(m_scratch / "network", std::string(kTinySpec) + ",stem_stride=2", 1, 2, kHalf * kStepsPerEpoch);
                fs::copy_file(m_scratch / "network" / kCheckpointName, run / kCheckpointName,
                              fs::copy_options::overwrite_existing);
            },
            "another run");
        // Version 0.1.0 did not say whose a checkpoint is.
        row(
            "of another network, unsigned",
            [](const fs::path& run) {
                edit(run, [](Checkpoint& checkpoint) {
                    checkpoint.run.clear();
                    checkpoint.tensors.erase("classifier.bias");
                });
            },
            "classifier.bias");
        row(
            "of a later step than there is",
            [](const fs::path& run) { edit(run, [](Checkpoint& checkpoint) { checkpoint.step = 1'000'000; }); },
            "do not go together");
        row(
            "of a later epoch than there is",
            [](const fs::path& run) { edit(run, [](Checkpoint& checkpoint) { checkpoint.epoch = kEpochs + 1; }); },
            "do not go together");
    }
    void aDamagedCheckpointIsReplacedByTheOneBefore() {
        QFETCH(Damage, damage);
        QFETCH(QString, word);
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::copy(m_stopped, run);
        damage(run);
        const Told told = goOn(run, 2);
        QCOMPARE(told.error, std::string());
        const QString notices = QString::fromStdString(told.notices);
        QVERIFY2(notices.startsWith("checkpoint.safetensors cannot be used") && notices.contains(word) &&
                     notices.endsWith("going on from checkpoint.previous.safetensors\n"),
                 qPrintable(notices));
        QCOMPARE(runDifference(m_straight, run), std::string());
    }

    void anOlderVersionsCheckpointIsUsed() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::copy(m_stopped, run);
        edit(run, [](Checkpoint& checkpoint) { checkpoint.run.clear(); });
        const Told told = goOn(run, 1);
        QCOMPARE(told.error, std::string());
        QCOMPARE(told.notices, std::string());
        QCOMPARE(runDifference(m_straight, run), std::string());
    }

    void bothDamagedIsAnErrorThatChangesNothing() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::copy(m_stopped, run);
        writeBytes(run / kCheckpointName, "");
        fs::copy_file(run / kLastName, run / kPreviousCheckpointName, fs::copy_options::overwrite_existing);
        std::map<std::string, std::string> before = contents(run);
        const Told told = goOn(run, 1);
        for (const char* part : {"cannot read the checkpoint", run.c_str(), "neither checkpoint.safetensors", "0 bytes",
                                 "nor checkpoint.previous.safetensors", "no checkpoint", "Start the run"}) {
            QVERIFY2(told.error.find(part) != std::string::npos, told.error.c_str());
        }
        QVERIFY(contents(run) == before);
    }

    void withoutAnyCheckpointTheRunBeginsAnewAndSaysSo() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::copy(m_stopped, run);
        fs::remove(run / kCheckpointName);
        fs::remove(run / kPreviousCheckpointName);
        const Told told = goOn(run, 2);
        QCOMPARE(told.error, std::string());
        QCOMPARE(told.notices, std::string("the run has no checkpoint yet: it begins from the start\n"));
        QCOMPARE(runDifference(m_straight, run), std::string());
    }

    // Killed before run.json was there: the same command works again, and nothing else is taken for such a rest.
    void aStartThatWasCutShortMayBeRepeated() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        fs::create_directories(run);
        writeBytes(run / kLockName, "123\n");
        writeBytes(run / ".condenser-1-0.tmp", "half");
        RunControl control;
        const auto result = startRun(request(m_data, run, 2), {}, control);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(runDifference(m_straight, run), std::string());
        fs::create_directories(scratch / "theirs");
        writeBytes(scratch / "theirs/.condenser.txt", "mine");
        const auto refused = startRun(request(m_data, scratch / "theirs", 2), {}, control);
        QVERIFY(!refused && refused.error().code == ErrorCode::kUsage);
    }

  private:
    // A run, stopped after so many steps; 0: not at all.
    void train(const fs::path& folder, const std::string& spec, std::uint64_t seed, int threads,
               std::int64_t stopAfter) {
        if (fs::exists(folder)) return;
        TrainRequest asked = request(m_data, folder, threads);
        asked.model = spec;
        asked.settings.seed = seed;
        RunControl control;
        RunEvents events;
        events.onStep = [&](const StepReport& report) {
            if (report.step + 1 == stopAfter) control.requestStop();
        };
        const auto result = startRun(asked, events, control);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(result->end, stopAfter > 0 ? RunEnd::kStopped : RunEnd::kFinished);
    }

    // The newest checkpoint written anew, with a checksum that holds.
    static void edit(const fs::path& run, const std::function<void(Checkpoint&)>& change) {
        Checkpoint checkpoint = readCheckpoint(run).value().checkpoint;
        change(checkpoint);
        const ScratchFolder scratch;
        QVERIFY(writeCheckpoint(scratch.path(), checkpoint));
        fs::copy_file(scratch / kCheckpointName, run / kCheckpointName, fs::copy_options::overwrite_existing);
    }

    // But for the lock, which names who took it.
    static std::map<std::string, std::string> contents(const fs::path& run) {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::directory_iterator(run)) {
            if (entry.path().filename() != kLockName) files[entry.path().filename()] = readBytes(entry.path());
        }
        return files;
    }

    ScratchFolder m_scratch;
    const fs::path m_data = m_scratch / "data", m_straight = m_scratch / "straight", m_stopped = m_scratch / "stopped";
};

QTEST_GUILESS_MAIN(TestResume)
#include "tst_resume.moc"
