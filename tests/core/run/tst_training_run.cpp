// A training as a whole: what it leaves in its folder, that a resumed run has the same bits as one never stopped, and
// what happens when it goes wrong.
#include <QTest>
#include <fstream>

#include "condense/condense_step.h"
#include "io/run_folder.h"
#include "io/safetensors.h"
#include "run/classifier.h"
#include "run/training_run.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;

namespace {

TrainRequest tinyRequest(const std::filesystem::path& data, const std::filesystem::path& folder, int threads) {
    TrainRequest request;
    request.data = "folder:" + data.string();
    request.model = kTinySpec;
    request.folder = folder;
    request.settings.epochs = 6;
    request.settings.batch = 8;
    request.settings.groupLassoLambda = 1e-5;
    request.threads = threads;
    return request;
}

std::string bytesOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool sameTensors(const std::filesystem::path& a, const std::filesystem::path& b) {
    const auto left = readSafetensors(a), right = readSafetensors(b);
    if (!left || !right || left->tensors.size() != right->tensors.size()) return false;
    for (const auto& [name, tensor] : left->tensors) {
        const auto found = right->tensors.find(name);
        if (found == right->tensors.end() || found->second.bytes != tensor.bytes) return false;
    }
    return true;
}

}  // namespace

class TestTrainingRun : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { writeTinyFolder(m_scratch.path() / "data", 14, 5); }

    void leavesItsFolderAsDocumented() {
        const std::filesystem::path folder = m_scratch.path() / "whole";
        int epochs = 0, condensed = 0;
        std::int64_t steps = 0;
        RunStarted started;
        std::shared_ptr<const ModelSnapshot> snapshot;
        RunEvents events;
        events.onStarted = [&](const RunStarted& s) { started = s; };
        events.onStep = [&](const StepReport&) { ++steps; };
        events.onCondensed = [&](const CondenseReport& report) {
            ++condensed;
            QCOMPARE(report.step.stage, condensed);
            QCOMPARE(report.kept, report.step.keptAfter);
            QCOMPARE(report.step.step, started.condensing.at(static_cast<std::size_t>(condensed) - 1).step);
        };
        events.onEpoch = [&](const EpochReport&) { ++epochs; };
        events.onSnapshot = [&](std::shared_ptr<const ModelSnapshot> s) { snapshot = std::move(s); };
        RunControl control;
        const auto result = startRun(tinyRequest(m_scratch.path() / "data", folder, 2), events, control);
        QVERIFY2(result.has_value(), result ? "" : result.error().text().c_str());
        QCOMPARE(result->end, RunEnd::kFinished);
        QCOMPARE(epochs, 6);
        QCOMPARE(condensed, 3);
        QCOMPARE(steps, started.totalSteps);
        QVERIFY(result->bestEpoch > 3);  // condensing takes the first half
        for (const char* name : {"run.json", "lock", "checkpoint.safetensors", "checkpoint.previous.safetensors",
                                 "model.safetensors", "last.safetensors", "metrics.csv", "steps.bin",
                                 "step-1.safetensors", "step-2.safetensors", "step-3.safetensors", "connections.bin"}) {
            QVERIFY2(std::filesystem::exists(folder / name), name);
        }
        QCOMPARE(readRunRecord(folder)->state, RunState::kFinished);
        QCOMPARE(readMetrics(folder)->size(), std::size_t{6});
        QCOMPARE(readSteps(folder)->size(), static_cast<std::size_t>(steps));
        QCOMPARE(readConnectionsIndex(folder)->records.size(), std::size_t{6 + 2 * 3});
        QVERIFY(snapshot != nullptr && snapshot->epoch == 6);

        ThreadPool pool(1);
        auto classifier = Classifier::make(*readModelFile(folder / kModelName), pool);
        QVERIFY(classifier.has_value());
        const auto prediction = classifier->classify(drawShape(ShapesPart::kTest, 0).picture);
        QCOMPARE(prediction.answer().top.size(), std::size_t{3});
        double sum = 0;
        for (const ClassProbability& answer : prediction.answer().top) sum += answer.probability;
        QVERIFY(std::abs(sum - 1) < 1e-9);

        RunControl again;
        const auto refused = startRun(tinyRequest(m_scratch.path() / "data", folder, 1), {}, again);
        QVERIFY(!refused && refused.error().code == ErrorCode::kUsage);
    }

    void resumesWithTheSameBits_data() {
        QTest::addColumn<int>("stopAfter");  // training steps
        QTest::addColumn<int>("threads");
        QTest::newRow("in the first epoch, one thread") << 2 << 1;
        QTest::newRow("just before a condensing step, two threads") << 6 << 2;
        QTest::newRow("at an epoch's end, three threads") << 12 << 3;
        QTest::newRow("after condensing, one thread") << 25 << 1;
    }

    void resumesWithTheSameBits() {
        QFETCH(int, stopAfter);
        QFETCH(int, threads);
        const std::filesystem::path straight = m_scratch.path() / "straight";
        if (!std::filesystem::exists(straight)) {
            RunControl control;
            const auto result = startRun(tinyRequest(m_scratch.path() / "data", straight, 2), {}, control);
            QVERIFY2(result.has_value(), result ? "" : result.error().text().c_str());
        }
        const std::filesystem::path folder = m_scratch.path() / ("stopped-" + std::to_string(stopAfter));
        RunControl control;
        RunEvents events;
        events.onStep = [&](const StepReport& report) {
            if (report.step + 1 == stopAfter) control.requestStop();
        };
        const auto stopped = startRun(tinyRequest(m_scratch.path() / "data", folder, threads), events, control);
        QVERIFY(stopped.has_value());
        QCOMPARE(stopped->end, RunEnd::kStopped);
        QCOMPARE(readRunRecord(folder)->state, RunState::kStopped);
        QCOMPARE(readCheckpoint(folder)->checkpoint.step, static_cast<std::int64_t>(stopAfter));

        RunControl onward;
        const auto finished = resumeRun(folder, 4 - threads, ThreadPriority::kNormal, {}, onward);
        QVERIFY2(finished.has_value(), finished ? "" : finished.error().text().c_str());
        QCOMPARE(finished->end, RunEnd::kFinished);
        QVERIFY(sameTensors(folder / "checkpoint.safetensors", straight / "checkpoint.safetensors"));
        QVERIFY(sameTensors(folder / kModelName, straight / kModelName));
        QCOMPARE(bytesOf(folder / kStepsName), bytesOf(straight / kStepsName));
        QCOMPARE(bytesOf(folder / kConnectionsName), bytesOf(straight / kConnectionsName));
        QCOMPARE(readMetrics(folder)->size(), readMetrics(straight)->size());
        QCOMPARE(readMetrics(folder)->back().testTop1, readMetrics(straight)->back().testTop1);
    }

    void pausesAndGoesOn() {
        RunControl control;
        RunEvents events;
        std::jthread waker;
        bool paused = false;
        events.onStep = [&](const StepReport& report) {
            if (report.step != 3) return;
            control.pause(true);
            waker = std::jthread([&] {
                paused = control.paused();
                control.pause(false);
            });
        };
        const auto result =
            startRun(tinyRequest(m_scratch.path() / "data", m_scratch.path() / "paused", 2), events, control);
        QVERIFY(result.has_value() && result->end == RunEnd::kFinished);
        QVERIFY(paused);
    }

    void keepsTheLastGoodStateWhenTheLossDiverges() {
        TrainRequest request = tinyRequest(m_scratch.path() / "data", m_scratch.path() / "diverged", 1);
        request.settings.learningRate = 1e30;
        RunControl control;
        const auto result = startRun(request, {}, control);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::kNotFinite);
        QCOMPARE(readRunRecord(request.folder)->state, RunState::kFailed);
        // Whatever checkpoint there is holds finite numbers.
        if (const auto checkpoint = readCheckpoint(request.folder)) {
            for (const auto& [name, tensor] : checkpoint->checkpoint.tensors) {
                if (tensor.dtype != DType::kF32) continue;
                for (float value : tensor.floats()) QVERIFY2(std::isfinite(value), name.c_str());
            }
        }
    }

    void refusesChangedData() {
        const std::filesystem::path data = m_scratch.path() / "changing";
        writeTinyFolder(data, 4, 2);
        const std::filesystem::path folder = m_scratch.path() / "changed";
        RunControl control;
        RunEvents events;
        events.onStep = [&](const StepReport&) { control.requestStop(); };
        QVERIFY(startRun(tinyRequest(data, folder, 1), events, control).has_value());
        std::filesystem::remove(data / "train" / shapesClasses()[0] / "0.png");
        RunControl onward;
        const auto result = resumeRun(folder, 1, ThreadPriority::kNormal, {}, onward);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::kBadData);
    }

    void plansCondensing() {
        const auto steps = planCondensing(4, 157, 12, false);
        QCOMPARE(steps.size(), std::size_t{3});
        QCOMPARE(steps[0].step, std::int64_t{314});
        QCOMPARE(steps[2].step, std::int64_t{942});
        QCOMPARE(steps[1].keptAfter, 0.5);
        // One step an epoch, three epochs: stages 1 and 2 fall on the same step; only the reference loses a portion.
        QCOMPARE(planCondensing(4, 1, 3, false).size(), std::size_t{2});
        QCOMPARE(planCondensing(4, 1, 3, false).back().keptAfter, 0.25);
        QCOMPARE(planCondensing(4, 1, 3, true).back().keptAfter, 0.5);
    }

  private:
    test::ScratchFolder m_scratch;
};

QTEST_GUILESS_MAIN(TestTrainingRun)
#include "tst_training_run.moc"
