// A branch goes on from a point of another run: with the same settings to the same bits, with others from the same
// weights. It is a whole folder or none, and the run that it leaves is not touched.
#include <QTest>
#include <cmath>
#include <thread>

#include "io/run_folder.h"
#include "io/safetensors.h"
#include "run/branch_run.h"
#include "run/stored_run.h"
#include "run/training_run.h"
#include "support/failing_calls.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr int kEpochs = 6;

std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) files[entry.path().filename()] = readBytes(entry.path());
    return files;
}

// Why two runs are not the same but for what a branch has of its own; empty if they are.
std::string differenceButForTheBranch(const fs::path& a, const fs::path& b) {
    for (const fs::path& run : {a, b}) {
        RunRecord record = readRunRecord(run).value();
        record.branch.reset();
        if (!writeRunRecord(run, record)) return "run.json cannot be written";
    }
    return runDifference(a, b);
}

}  // namespace

class TestBranchRun : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        writeTinyFolder(m_data, 14, 4);
        train(m_straight, 0);
        train(m_stopped, 16);  // amid the third epoch, behind the second condensing step
        m_plan = planCondensing(4, m_stepsPerEpoch, kEpochs, false);
        QCOMPARE(m_plan.size(), std::size_t{3});
    }

    void unchangedFromTheCheckpointItComesToTheSameBits() {
        const ScratchFolder scratch;
        const auto before = contents(m_stopped);
        const auto folder = branchRun({.from = m_stopped, .folder = scratch / "branch"});
        QVERIFY2(folder, folder ? "" : folder.error().text().c_str());
        QVERIFY(contents(m_stopped) == before);
        const auto stored = readStoredRun(*folder);
        QVERIFY2(stored, stored ? "" : stored.error().text().c_str());
        QVERIFY(stored->state == StoredRunState::kStopped);
        QVERIFY(stored->resumable);
        const RunRecord& record = stored->record;
        QVERIFY(record.branch.has_value());
        QVERIFY((*record.branch == RunBranch{"stopped", 0, 2, 16, 1}));
        QVERIFY(runIdentity(record) != runIdentity(*readRunRecord(m_stopped)));
        goOn(*folder);
        QCOMPARE(differenceButForTheBranch(m_straight, *folder), std::string());
    }

    void aChangedRateOrOrderComesToOtherBits() {
        const ScratchFolder scratch;
        const fs::path slow = scratch / "slow", other = scratch / "other";
        QVERIFY(branchRun({.from = m_stopped, .folder = slow, .learningRate = 0.05, .groupLassoLambda = 1e-3}));
        QCOMPARE(readRunRecord(slow)->settings.learningRate, 0.05);
        QCOMPARE(readRunRecord(slow)->settings.groupLassoLambda, 1e-3);
        QVERIFY(branchRun({.from = m_stopped, .folder = other, .seed = 7}));
        QCOMPARE(readRunRecord(other)->settings.seed, std::uint64_t{7});
        QCOMPARE(readRunRecord(other)->splitSeed(), std::uint64_t{1});
        for (const fs::path& run : {slow, other}) {
            goOn(run);
            QCOMPARE(readMetrics(run)->size(), std::size_t{kEpochs});
            QVERIFY(readBytes(run / kStepsName) != readBytes(m_straight / kStepsName));
            // What was before is shared.
            QCOMPARE(readBytes(run / kStepsName).substr(0, 16 + 8 * 16),
                     readBytes(m_straight / kStepsName).substr(0, 16 + 8 * 16));
        }
        QVERIFY(std::abs(readSteps(slow)->at(16).learningRate - readSteps(m_straight)->at(16).learningRate / 2) <
                1e-6f);
    }

    void fromACondensingStepItStartsThereWithThoseWeights() {
        for (const CondensingStep& step : m_plan) {
            const ScratchFolder scratch;
            const fs::path run = scratch / "branch";
            const auto folder = branchRun({.from = m_straight, .stage = step.stage, .folder = run});
            QVERIFY2(folder, folder ? "" : folder.error().text().c_str());
            const Checkpoint checkpoint = readCheckpoint(run).value().checkpoint;
            QCOMPARE(checkpoint.step, step.step);
            QCOMPARE(checkpoint.epoch, static_cast<int>(step.step / m_stepsPerEpoch));
            QCOMPARE(checkpoint.stage, step.stage - 1);
            const StateDict weights = readModelFile(m_straight / stepModelName(step.stage))->tensors;
            for (const auto& [name, tensor] : checkpoint.tensors) {
                if (!name.starts_with("momentum.")) {
                    QVERIFY2(weights.at(name).bytes == tensor.bytes, name.c_str());
                } else {
                    for (const float value : tensor.floats()) QCOMPARE(value, 0.0f);
                }
            }
            QCOMPARE(readRunRecord(run)->branch->stage, step.stage);
            QCOMPARE(static_cast<std::int64_t>(readSteps(run)->size()), step.step);
            QCOMPARE(static_cast<int>(readMetrics(run)->size()), checkpoint.epoch);
            for (int stage = 1; stage <= 3; ++stage) {
                QCOMPARE(fs::exists(run / stepModelName(stage)), stage < step.stage);
            }
            RunStarted started;
            RunEvents events;
            int condensed = 0;
            events.onStarted = [&](const RunStarted& report) { started = report; };
            events.onCondensed = [&](const CondenseReport&) { ++condensed; };
            goOn(run, events);
            QCOMPARE(started.firstStep, step.step);
            QCOMPARE(condensed, 4 - step.stage);
            QCOMPARE(readMetrics(run)->size(), std::size_t{kEpochs});
            QCOMPARE(static_cast<std::int64_t>(readSteps(run)->size()), m_stepsPerEpoch * kEpochs);
            // The same weights met the same pictures: the step models before differ in nothing.
            QCOMPARE(bitDifference(readModelFile(run / stepModelName(step.stage))->tensors, weights), std::string());
        }
    }

    // Its first epoch is a part of one; so a branch of the branch, amid that epoch, counts fewer pictures than others.
    void aBranchCanBeStoppedAndBranchedAgain() {
        const ScratchFolder scratch;
        const fs::path first = scratch / "first", second = scratch / "second", whole = scratch / "whole";
        // Five epochs cannot be halved and quartered: some condensing steps fall amid an epoch.
        TrainRequest asked = request(scratch / "odd");
        asked.settings.epochs = 5;
        RunControl control;
        QVERIFY(startRun(asked, {}, control));
        const auto plan = planCondensing(4, m_stepsPerEpoch, 5, false);
        const auto odd = std::find_if(plan.begin(), plan.end(),
                                      [&](const CondensingStep& step) { return step.step % m_stepsPerEpoch != 0; });
        QVERIFY(odd != plan.end());
        QVERIFY(branchRun({.from = scratch / "odd", .stage = odd->stage, .folder = first}));
        fs::copy(first, whole);
        goOn(whole);
        RunControl stopping;
        RunEvents events;
        events.onStep = [&](const StepReport&) { stopping.requestStop(); };
        QVERIFY(resumeRun(first, 1, ThreadPriority::kNormal, events, stopping));
        QCOMPARE(readCheckpoint(first)->checkpoint.step, odd->step + 1);
        QVERIFY(branchRun({.from = first, .folder = second}));
        QCOMPARE(readRunRecord(second)->branch->run, std::string("first"));
        goOn(first);
        QCOMPARE(runDifference(whole, first), std::string());
        goOn(second);
        QCOMPARE(differenceButForTheBranch(whole, second), std::string());
    }

    void theValidationPartStaysWhenTheOrderChanges() {
        const ScratchFolder scratch;
        TrainRequest asked = request(scratch / "run");
        asked.data = "folder:" + (m_data / "train").string();
        asked.settings.validation = 0.25;
        RunControl control;
        RunEvents events;
        events.onStep = [&](const StepReport&) { control.requestStop(); };
        QVERIFY(startRun(asked, events, control));
        QVERIFY(branchRun({.from = scratch / "run", .folder = scratch / "branch", .seed = 9}));
        QVERIFY(branchRun({.from = scratch / "branch", .folder = scratch / "again", .seed = 10}));
        QCOMPARE(readRunRecord(scratch / "again")->splitSeed(), std::uint64_t{1});
        goOn(scratch / "branch");
        const auto model = readModelFile(scratch / "branch" / kLastName);
        QVERIFY(model && model->trained.find("\"split_seed\":1") != std::string::npos);
    }

    void whatIsNotThereIsAnErrorThatLeavesNothing_data() {
        QTest::addColumn<int>("stage");
        QTest::addColumn<bool>("finished");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("word");
        QTest::newRow("a step to come") << 3 << false << ErrorCode::kNotFound << "has not come so far";
        QTest::newRow("no such step") << 4 << true << ErrorCode::kNotFound << "from 1 to 3";
        QTest::newRow("negative") << -1 << true << ErrorCode::kNotFound << "from 1 to 3";
        QTest::newRow("nothing left") << 0 << true << ErrorCode::kUsage << "finished";
    }
    void whatIsNotThereIsAnErrorThatLeavesNothing() {
        QFETCH(int, stage);
        QFETCH(bool, finished);
        QFETCH(ErrorCode, code);
        QFETCH(QString, word);
        const ScratchFolder scratch;
        const auto refused =
            branchRun({.from = finished ? m_straight : m_stopped, .stage = stage, .folder = scratch / "branch"});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, code);
        const QString text = QString::fromStdString(refused.error().text());
        QVERIFY2(text.contains(word), qPrintable(text));
        QVERIFY(fs::is_empty(scratch.path()));
    }

    void otherErrorsLeaveNothingEither() {
        const ScratchFolder scratch;
        const fs::path target = scratch / "branch", run = scratch / "run";
        QCOMPARE(branchRun({.from = scratch / "nowhere", .folder = target}).error().code, ErrorCode::kNotFound);
        fs::copy(m_stopped, run);
        fs::remove(run / kCheckpointName);
        fs::remove(run / kPreviousCheckpointName);
        QCOMPARE(branchRun({.from = run, .folder = target}).error().code, ErrorCode::kNotFound);
        writeBytes(run / stepModelName(1), "no model");
        QCOMPARE(branchRun({.from = run, .stage = 1, .folder = target}).error().code, ErrorCode::kBadFormat);
        fs::copy_file(m_straight / kLastName, run / stepModelName(1), fs::copy_options::overwrite_existing);
        const auto late = branchRun({.from = run, .stage = 1, .folder = target});
        QCOMPARE(late.error().code, ErrorCode::kBadData);
        QVERIFY(late.error().why.find("condensing step 3") != std::string::npos);
        QVERIFY(!branchRun({.from = m_stopped, .folder = target, .learningRate = -1}));
        QCOMPARE(branchRun({.from = m_stopped, .folder = run}).error().code, ErrorCode::kUsage);
        for (const auto& entry : fs::directory_iterator(scratch.path())) QCOMPARE(entry.path(), run);
    }

    void anyCallMayFail() {
        const std::initializer_list<Call> kinds{Call::kOpen, Call::kWrite, Call::kFsync, Call::kRename,
                                                Call::kTruncate};
        const ScratchFolder scratch;
        const fs::path target = scratch / "branch";
        int calls = 0;
        {
            const FailingCalls counting({0, EIO, false, kinds});
            QVERIFY(branchRun({.from = m_stopped, .folder = target}));
            calls = counting.counted();
        }
        fs::remove_all(target);
        int ended = 0;
        for (int number = 1; number <= calls; ++number) {
            const auto result = [&] {
                const FailingCalls failing({number, ENOSPC, false, kinds});
                return branchRun({.from = m_stopped, .folder = target});
            }();
            ended += !result;
            // The last flush, of the folder around, comes when all is in place.
            if (!result && number < calls) QVERIFY2(fs::is_empty(scratch.path()), qPrintable(QString::number(number)));
            if (!result) QVERIFY(result.error().where.find(".condenser-branch") == std::string::npos);
            if (result) QVERIFY(readStoredRun(target));
            fs::remove_all(target);
        }
        QVERIFY(ended > calls / 2);
    }

    // The rate was too high: half of it, or less, goes on from the last good checkpoint.
    void aRunThatFailedCanBeBranched() {
        const ScratchFolder scratch;
        TrainRequest asked = request(scratch / "run");
        asked.settings.epochs = 16;
        Result<RunResult> failed = tl::unexpected(Error{});
        bool saved = false;
        for (const double rate : {100.0, 70.0, 50.0, 35.0}) {
            fs::remove_all(asked.folder);
            asked.settings.learningRate = rate;
            RunControl control;
            failed = startRun(asked, {}, control);
            saved = !failed && fs::exists(asked.folder / kCheckpointName);
            if (saved) break;
        }
        QVERIFY(saved);
        QCOMPARE(failed.error().code, ErrorCode::kNotFinite);
        QVERIFY(failed.error().remedy.find("branch from that checkpoint with half the learning rate") == 0);
        QVERIFY(readStoredRun(asked.folder)->state == StoredRunState::kFailed);
        QVERIFY(readStoredRun(asked.folder)->resumable);
        QVERIFY(branchRun({.from = asked.folder, .folder = scratch / "branch", .learningRate = 1e-3}));
        QVERIFY(readStoredRun(scratch / "branch")->state == StoredRunState::kStopped);
        QCOMPARE(readRunRecord(scratch / "branch")->message, std::string());
        goOn(scratch / "branch");
        QCOMPARE(readMetrics(scratch / "branch")->size(), std::size_t{16});
    }

    void aRunThatTrainsCanBeBranched() {
        const ScratchFolder scratch;
        TrainRequest asked = request(scratch / "run");
        int branches = 0;
        RunEvents events;
        // Wherever the files stand: a checkpoint is there after the first epoch.
        int question = 0;
        bool any = false;
        events.onEpoch = [&](const EpochReport&) { any = true; };
        events.onLayer = [&] {
            if (!any || question++ % 23 != 0) return;
            const fs::path target = scratch / ("branch-" + std::to_string(++branches));
            const auto branched = branchRun({.from = asked.folder, .folder = target});
            QVERIFY2(branched, branched ? "" : branched.error().text().c_str());
            QVERIFY(readStoredRun(target)->state == StoredRunState::kStopped);
        };
        RunControl control;
        QVERIFY(startRun(asked, events, control));
        QVERIFY(branches > 5);
        for (const int number : {1, branches}) {
            const fs::path run = scratch / ("branch-" + std::to_string(number));
            goOn(run);
            QCOMPARE(differenceButForTheBranch(m_straight, run), std::string());
        }
    }

    // The models are written before the checkpoint: killed in between, the best epoch of the checkpoint is no more.
    void aBestModelOfALaterEpochIsNotTaken() {
        const ScratchFolder scratch;
        const fs::path run = scratch / "run";
        train(run, m_stepsPerEpoch * 5);
        Checkpoint checkpoint = readCheckpoint(run).value().checkpoint;
        RunControl ending;
        RunEvents events;
        events.onStep = [&](const StepReport& report) {
            if (report.step + 1 == m_stepsPerEpoch * 5 + 1) ending.requestStop();
        };
        QVERIFY(resumeRun(run, 1, ThreadPriority::kNormal, events, ending));
        checkpoint = readCheckpoint(run).value().checkpoint;
        QVERIFY(checkpoint.bestEpoch > 0);
        ModelFile model = readModelFile(run / kModelName).value();
        const std::string epoch = "\"epoch\":" + std::to_string(checkpoint.bestEpoch);
        const auto place = model.trained.find(epoch);
        QVERIFY(place != std::string::npos);
        model.trained.replace(place, epoch.size(), "\"epoch\":6");
        QVERIFY(writeModelFile(run / kModelName, model));
        QVERIFY(branchRun({.from = run, .folder = scratch / "branch"}));
        QCOMPARE(readCheckpoint(scratch / "branch")->checkpoint.bestEpoch, 0);
        QVERIFY(!fs::exists(scratch / "branch" / kModelName));
        goOn(scratch / "branch");
        QVERIFY(fs::exists(scratch / "branch" / kModelName));
    }

  private:
    TrainRequest request(const fs::path& folder) const {
        TrainRequest request;
        request.data = "folder:" + m_data.string();
        request.model = kTinySpec;
        request.folder = folder;
        request.settings.epochs = kEpochs;
        request.settings.batch = 8;
        request.settings.groupLassoLambda = 1e-4;
        request.threads = 1;
        return request;
    }

    // A run, stopped after so many steps; 0: not at all.
    void train(const fs::path& folder, std::int64_t stopAfter) {
        RunControl control;
        RunEvents events;
        events.onStarted = [&](const RunStarted& started) { m_stepsPerEpoch = started.stepsPerEpoch; };
        events.onStep = [&](const StepReport& report) {
            if (report.step + 1 == stopAfter) control.requestStop();
        };
        const auto result = startRun(request(folder), events, control);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
    }

    static void goOn(const fs::path& folder, const RunEvents& events = {}) {
        RunControl control;
        const auto result = resumeRun(folder, 1, ThreadPriority::kNormal, events, control);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(result->end, RunEnd::kFinished);
    }

    ScratchFolder m_scratch;
    const fs::path m_data = m_scratch / "data", m_straight = m_scratch / "straight", m_stopped = m_scratch / "stopped";
    std::int64_t m_stepsPerEpoch = 1;
    std::vector<CondensingStep> m_plan;
};

QTEST_GUILESS_MAIN(TestBranchRun)
#include "tst_branch_run.moc"
