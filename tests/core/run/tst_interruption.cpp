// A run is held or stopped between any two layers: amid a step, a condensing step, an evaluation. Nothing of what was
// given up remains, so the bits are those of a run that nobody touched.
#include <QDeadlineTimer>
#include <QTest>
#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "io/run_folder.h"
#include "run/training_run.h"
#include "support/io_scratch.h"
#include "support/run_compare.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr int kEpochs = 4;

// What the run was at when it could be interrupted for the n-th time.
struct Place {
    std::int64_t step = 0;  // steps done
    int epoch = 0;          // epochs done
    bool amidStep = false, evaluating = false;
};

}  // namespace

class TestInterruption : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        writeTinyFolder(m_data, 14, 4);
        Place now;
        RunEvents events;
        events.onStarted = [&](const RunStarted& started) {
            for (const CondensingStep& step : started.condensing) m_condensing.insert(step.step);
            m_stepsPerEpoch = started.stepsPerEpoch;
        };
        bool border = true;  // the first time after a step or an epoch is between steps
        events.onLayer = [&] {
            now.evaluating = now.step > now.epoch * m_stepsPerEpoch && now.step % m_stepsPerEpoch == 0 && !border;
            now.amidStep = !now.evaluating && !border;
            border = false;
            m_places.push_back(now);
        };
        events.onStep = [&](const StepReport& report) {
            now.step = report.step + 1;
            border = true;
        };
        events.onEpoch = [&](const EpochReport& report) {
            now.epoch = report.epoch;
            border = true;
        };
        RunControl control;
        const auto result = startRun(request(m_straight), events, control);
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(m_condensing.size(), std::size_t{3});
        // 2 layers, each of them two kernels, forward and backward.
        const auto amid = std::count_if(m_places.begin(), m_places.end(), [](const Place& p) { return p.amidStep; });
        QCOMPARE(amid, std::ptrdiff_t{8 * kEpochs * m_stepsPerEpoch});
        QVERIFY(std::any_of(m_places.begin(), m_places.end(), [](const Place& p) { return p.evaluating; }));
    }

    void stoppedAnywhereAndResumedGivesTheSameBits() {
        int inSteps = 0, inCondensing = 0, inEvaluations = 0;
        for (std::size_t n = 0; n < m_places.size(); ++n) {
            const Place& place = m_places[n];
            const bool condensing = place.amidStep && m_condensing.contains(place.step);
            if (!condensing && !place.evaluating && n % 5 != 0) continue;
            inSteps += place.amidStep;
            inCondensing += condensing;
            inEvaluations += place.evaluating;
            const ScratchFolder scratch;
            const fs::path run = scratch / "run";
            RunControl control;
            RunEvents events;
            std::size_t asked = 0;
            int reports = 0;
            events.onLayer = [&] {
                if (asked++ == n) {
                    control.requestStop();
                    reports = 0;
                }
            };
            events.onStep = [&](const StepReport&) { ++reports; };
            events.onCondensed = [&](const CondenseReport&) { ++reports; };
            events.onEpoch = [&](const EpochReport&) { ++reports; };
            const auto stopped = startRun(request(run), events, control);
            const QString where =
                QString("place %1, step %2: ").arg(static_cast<qulonglong>(n)).arg(static_cast<qlonglong>(place.step));
            QVERIFY2(stopped, qPrintable(where + QString::fromStdString(stopped ? "" : stopped.error().text())));
            QCOMPARE(stopped->end, RunEnd::kStopped);
            QCOMPARE(stopped->epochs, place.epoch);
            QCOMPARE(reports, 0);
            QCOMPARE(asked, n + (place.amidStep || place.evaluating ? 2 : 1));  // no layer more; then the loop asks
            QCOMPARE(readCheckpoint(run)->checkpoint.step, place.step);
            QCOMPARE(readCheckpoint(run)->checkpoint.epoch, place.epoch);
            QCOMPARE(static_cast<std::int64_t>(readSteps(run)->size()), place.step);
            const auto connections = readConnectionsIndex(run);
            QVERIFY(connections);
            for (const ConnectionsKey& key : connections->records) {
                QVERIFY(key.moment == ConnectionsMoment::kEpochEnd || key.step < place.step);
            }
            RunControl onward;
            const auto finished = resumeRun(run, 2, ThreadPriority::kNormal, {}, onward);
            QVERIFY2(finished, qPrintable(where + QString::fromStdString(finished ? "" : finished.error().text())));
            const std::string difference = runDifference(m_straight, run);
            QVERIFY2(difference.empty(), qPrintable(where + QString::fromStdString(difference)));
        }
        QCOMPARE(inCondensing, 3 * 8);
        QVERIFY(inSteps > inCondensing && inEvaluations > 0);
    }

    void pausedAnywhereItStandsStillAndGoesOnWithTheSameBits() {
        int inCondensing = 0, inEvaluations = 0;
        for (std::size_t n = 0; n < m_places.size(); n += 3) {
            const Place& place = m_places[n];
            inCondensing += place.amidStep && m_condensing.contains(place.step);
            inEvaluations += place.evaluating;
            const ScratchFolder scratch;
            const fs::path run = scratch / "run";
            RunControl control;
            RunEvents events;
            std::size_t asked = 0;
            std::jthread waker;
            std::vector<bool> standing;
            events.onStanding = [&](bool on) { standing.push_back(on); };
            events.onLayer = [&] {
                if (asked++ != n) return;
                control.pause(true);
                waker = std::jthread([&] {
                    while (!control.waiting()) std::this_thread::yield();
                    control.pause(false);
                });
            };
            const auto result = startRun(request(run), events, control);
            waker.join();
            QVERIFY2(result, result ? "" : result.error().text().c_str());
            QCOMPARE(result->end, RunEnd::kFinished);
            QVERIFY(!control.waiting());
            QCOMPARE(standing, (std::vector{true, false}));
            QCOMPARE(asked, m_places.size());
            const std::string difference = runDifference(m_straight, run);
            QVERIFY2(difference.empty(), difference.c_str());
        }
        QVERIFY(inCondensing > 0 && inEvaluations > 0);
    }

    // Whoever pauses and then loses power loses nothing but the step in hand.
    void aPauseWritesACheckpoint() {
        for (std::size_t n = 0; n < m_places.size(); n += 4) {
            const Place& place = m_places[n];
            const ScratchFolder scratch;
            const fs::path run = scratch / "run", copy = scratch / "copy";
            RunControl control;
            RunEvents events;
            std::size_t asked = 0;
            bool stood = false, told = false;
            // Whoever is told that it stands still finds its checkpoint.
            events.onStanding = [&](bool on) { told = told || (on && fs::exists(run / kCheckpointName)); };
            events.onLayer = [&] {
                if (asked++ == n) control.pause(true);
            };
            std::jthread looker([&] {
                while (!control.waiting()) std::this_thread::yield();
                // Written while it stands still: at once, or very soon.
                for (const QDeadlineTimer deadline(60'000); !stood && !deadline.hasExpired();) {
                    const auto found = readCheckpoint(run);
                    stood = found && found->checkpoint.step == place.step && found->checkpoint.epoch == place.epoch;
                    std::this_thread::yield();
                }
                fs::copy(run, copy);
                control.requestStop();
            });
            const auto result = startRun(request(run), events, control);
            looker.join();
            QVERIFY2(result, result ? "" : result.error().text().c_str());
            QCOMPARE(result->end, RunEnd::kStopped);
            QVERIFY(stood && told);
            fs::remove(copy / kNextCheckpointName);
            RunControl onward;
            const auto finished = resumeRun(copy, 1, ThreadPriority::kNormal, {}, onward);
            QVERIFY2(finished, finished ? "" : finished.error().text().c_str());
            const std::string difference = runDifference(m_straight, copy);
            QVERIFY2(difference.empty(), difference.c_str());
        }
    }

  private:
    TrainRequest request(const fs::path& folder) const {
        TrainRequest request;
        request.data = "folder:" + m_data.string();
        request.model = kTinySpec;
        request.folder = folder;
        request.settings.epochs = kEpochs;
        request.settings.batch = 16;
        request.settings.groupLassoLambda = 1e-4;
        request.threads = 2;
        return request;
    }

    ScratchFolder m_scratch;
    const fs::path m_data = m_scratch / "data", m_straight = m_scratch / "straight";
    std::vector<Place> m_places;
    std::set<std::int64_t> m_condensing;  // steps before which connections go
    std::int64_t m_stepsPerEpoch = 0;
};

QTEST_GUILESS_MAIN(TestInterruption)
#include "tst_interruption.moc"
