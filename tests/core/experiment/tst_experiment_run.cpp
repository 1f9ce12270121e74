// An experiment's trainings: stopped and gone on with, shared by two, left by one that died, and folders that do not
// fit the plan.
#include <QTest>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/atomic_file.h"
#include "experiment/experiment_run.h"
#include "io/run_folder.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;

namespace {

ExperimentOptions oneThread() {
    ExperimentOptions options;
    options.threads = 1;
    return options;
}

}  // namespace

class TestExperimentRun : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        writeTinyFolder(m_scratch / "data", 6, 2);
        PlanRequest request;
        request.kind = ExperimentKind::kCondense;
        request.data = "folder:" + (m_scratch / "data").string();
        request.model = kTinySpec;
        request.settings.epochs = 2;
        request.settings.batch = 8;
        request.seeds = {1, 2};
        request.values = {1, 4};
        m_plan = planExperiment(request).value();
        RunControl control;
        const auto end = runExperiment(m_plan, m_scratch / "whole", oneThread(), {}, control);
        QVERIFY2(end.has_value(), end ? "" : end.error().text().c_str());
        QCOMPARE(*end, RunEnd::kFinished);
    }

    void stoppedItGoesOnAsIfNever() {
        const std::filesystem::path folder = m_scratch / "stopped";
        int steps = 0, starts = 0, goesOn = 0, ends = 0;
        double share = 0;
        std::unique_ptr<RunControl> control;
        ExperimentEvents events;
        events.onRun = [&](const PlannedRun&, const Arm&, bool resumed) { ++(resumed ? goesOn : starts); };
        events.onRunEnd = [&](const PlannedRun&, const Arm&, const RunResult&) { ++ends; };
        events.onProgress = [&](const ExperimentProgress& progress) {
            QCOMPARE(progress.runs, 4);
            QVERIFY(progress.share >= 0 && progress.share <= 1);
            share = progress.share;
        };
        events.run.onStep = [&](const StepReport&) {
            if (++steps % 5 == 0) control->requestStop();
        };
        int calls = 0;
        for (bool done = false; !done; ++calls) {
            control = std::make_unique<RunControl>();
            const auto end = runExperiment(m_plan, folder, oneThread(), events, *control);
            QVERIFY2(end.has_value(), end ? "" : end.error().text().c_str());
            done = *end == RunEnd::kFinished;
        }
        QVERIFY(calls > 3);
        QCOMPARE(starts, 4);
        QVERIFY(goesOn >= 3);
        QCOMPARE(share, 1.0);
        for (const PlannedRun& run : runsOf(m_plan, "")) {
            QCOMPARE(test::runDifference(m_scratch / "whole" / run.folder, folder / run.folder), "");
        }
        // Once more: nothing is left to do.
        RunControl again;
        starts = goesOn = 0;
        QCOMPARE(*runExperiment(m_plan, folder, oneThread(), events, again), RunEnd::kFinished);
        QCOMPARE(starts + goesOn, 0);
    }

    void twoShareTheRuns() {
        const std::filesystem::path folder = m_scratch / "shared";
        std::mutex mutex;
        std::multiset<std::string> begun;
        ExperimentEvents events;
        events.onRun = [&](const PlannedRun& run, const Arm&, bool) {
            const std::lock_guard lock(mutex);
            begun.insert(run.folder.string());
        };
        std::atomic<int> finished = 0;
        const auto work = [&] {
            RunControl control;
            const auto end = runExperiment(m_plan, folder, oneThread(), events, control);
            if (end && *end == RunEnd::kFinished) ++finished;
        };
        std::thread other(work);
        work();
        other.join();
        QCOMPARE(finished.load(), 2);
        QCOMPARE(begun.size(), std::size_t{4});
        for (const PlannedRun& run : runsOf(m_plan, "")) {
            QCOMPARE(begun.count((folder / run.folder).string()), std::size_t{1});
            QCOMPARE(test::runDifference(m_scratch / "whole" / run.folder, folder / run.folder), "");
        }
    }

    void aRunThatAnotherHoldsIsWaitedForAndTakenOver() {
        const std::filesystem::path folder = m_scratch / "held";
        const std::filesystem::path held = runsOf(m_plan, folder).front().folder;
        std::filesystem::create_directories(held);
        QVERIFY(prepareExperiment(m_plan, folder, "").error().code == ErrorCode::kUsage);  // it holds something else
        std::filesystem::remove_all(folder);
        QVERIFY(prepareExperiment(m_plan, folder, "as typed").has_value());
        QCOMPARE(readExperiment(folder)->command, "as typed");
        // As left by a process that died before run.json.
        std::filesystem::create_directories(held);
        auto lock = std::make_unique<RunLock>(std::move(*RunLock::take(held)));
        std::vector<std::string> order;
        ExperimentEvents events;
        events.onRun = [&](const PlannedRun& run, const Arm&, bool) { order.push_back(run.folder.string()); };
        RunControl stopped;
        int reports = 0;
        events.onProgress = [&](const ExperimentProgress& progress) {
            // All that is left is held by another.
            if (progress.finished == 3 && ++reports == 2) stopped.requestStop();
        };
        QCOMPARE(*runExperiment(m_plan, folder, oneThread(), events, stopped), RunEnd::kStopped);
        QCOMPARE(order.size(), std::size_t{3});
        lock.reset();
        RunControl control;
        QCOMPARE(*runExperiment(m_plan, folder, oneThread(), events, control), RunEnd::kFinished);
        QCOMPARE(order.size(), std::size_t{4});
        QCOMPARE(order.back(), held.string());
        QCOMPARE(readExperiment(folder)->command, "as typed");
    }

    void whatDoesNotFitIsRefused() {
        const auto refusal = [&](const ExperimentPlan& plan) {
            RunControl control;
            const auto end = runExperiment(plan, m_scratch / "whole", oneThread(), {}, control);
            return QString::fromStdString(end ? "it went on" : end.error().text());
        };
        ExperimentPlan other = m_plan;
        for (Arm& arm : other.arms) arm.settings.epochs = 3;
        QVERIFY2(refusal(other).contains("its number of epochs is 2, and the experiment's is 3"),
                 qPrintable(refusal(other)));
        other = m_plan;
        other.arms[0].model = other.arms[1].model;
        QVERIFY2(refusal(other).contains("its network is condensenet:"), qPrintable(refusal(other)));
        other = m_plan;
        other.data = "shapes10";
        QVERIFY2(refusal(other).contains("its data is folder:") && refusal(other).contains("by that name"),
                 qPrintable(refusal(other)));
        other = m_plan;
        other.kind = ExperimentKind::kGroups;
        QVERIFY2(refusal(other).contains("its kind is condense"), qPrintable(refusal(other)));
        // Nothing of that was written down.
        QVERIFY(readExperiment(m_scratch / "whole")->plan == m_plan);
        RunControl control;
        const auto elsewhere = runExperiment(m_plan, m_scratch / "data", oneThread(), {}, control);
        QVERIFY(!elsewhere && elsewhere.error().code == ErrorCode::kUsage);

        const std::filesystem::path run = runsOf(m_plan, m_scratch / "whole").back().folder;
        const RunRecord record = readRunRecord(run).value();
        RunRecord more = record;  // pictures than the others had
        ++more.trainImages;
        QVERIFY(writeRunRecord(run, more).has_value());
        QString text = refusal(m_plan);
        QVERIFY2(text.contains(QString::fromStdString(run.string())) && text.contains("its data were 19 training and"),
                 qPrintable(text));
        QVERIFY(writeFileAtomically(run / kRunRecordName, "").has_value());
        text = refusal(m_plan);
        QVERIFY2(text.contains("Remove that run's folder"), qPrintable(text));
        std::filesystem::remove(run / kRunRecordName);
        text = refusal(m_plan);
        QVERIFY2(text.contains("the folder is not empty. Remove that run's folder"), qPrintable(text));
        QVERIFY(writeRunRecord(run, record).has_value());
    }

    void whatFailedIsGoneOnWith() {
        const std::filesystem::path folder = m_scratch / "failed";
        const std::filesystem::path run = runsOf(m_plan, folder).front().folder;
        RunControl stopped, control;
        ExperimentEvents events;
        events.run.onEpoch = [&](const EpochReport&) { stopped.requestStop(); };
        QCOMPARE(*runExperiment(m_plan, folder, oneThread(), events, stopped), RunEnd::kStopped);
        RunRecord record = readRunRecord(run).value();
        record.state = RunState::kFailed;
        record.message = "the disk is full";
        QVERIFY(writeRunRecord(run, record).has_value());
        QCOMPARE(*runExperiment(m_plan, folder, oneThread(), {}, control), RunEnd::kFinished);
        QCOMPARE(test::runDifference(m_scratch / "whole" / run.lexically_relative(folder), run), "");
    }

    void seedsCanBeAddedLater() {
        ExperimentPlan more = m_plan;
        more.seeds.push_back(3);
        int begun = 0;
        ExperimentEvents events;
        events.onRun = [&](const PlannedRun& run, const Arm&, bool) {
            QCOMPARE(run.seed, std::uint64_t{3});
            ++begun;
        };
        RunControl control;
        QCOMPARE(*runExperiment(more, m_scratch / "whole", oneThread(), events, control), RunEnd::kFinished);
        QCOMPARE(begun, 2);
        QCOMPARE(readExperiment(m_scratch / "whole")->plan.seeds.size(), std::size_t{3});
    }

  private:
    test::ScratchFolder m_scratch;
    ExperimentPlan m_plan;
};

QTEST_APPLESS_MAIN(TestExperimentRun)
#include "tst_experiment_run.moc"
