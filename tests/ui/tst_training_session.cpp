#include <QSignalSpy>
#include <QTest>

#include "run/stored_run.h"
#include "session/training_session.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;
using State = TrainingSession::State;

class TestTrainingSession : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_data = m_home.makeDataFolder(QStringLiteral("pictures"), 16); }
    void init() { testing::failOnWarnings(); }

    void tellsAWholeRunInOrder() {
        TrainingSession session;
        QSignalSpy started(&session, &TrainingSession::started), steps(&session, &TrainingSession::stepsAdded),
            condensed(&session, &TrainingSession::condensed), epochs(&session, &TrainingSession::epochDone),
            snapshots(&session, &TrainingSession::snapshotTaken), finished(&session, &TrainingSession::finished),
            failed(&session, &TrainingSession::failed);
        QCOMPARE(session.state(), State::kIdle);
        session.start(testing::tinyRequest(m_data, 4));
        QCOMPARE(session.state(), State::kLoading);
        QVERIFY(session.active());
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFinished, kWaitMs);
        QVERIFY(!session.active());
        QCOMPARE(failed.count(), 0);
        QCOMPARE(started.count(), 1);
        const auto run = started.at(0).at(0).value<RunStarted>();
        QCOMPARE(run.totalSteps, run.stepsPerEpoch * 4);
        QCOMPARE(epochs.count(), 4);
        QCOMPARE(snapshots.count(), 4);
        QCOMPARE(condensed.count(), 1);  // C = 2: one step
        std::int64_t next = 0;
        for (const auto& batch : steps) {
            for (const StepReport& step : batch.at(0).value<std::vector<StepReport>>()) QCOMPARE(step.step, next++);
        }
        QCOMPARE(next, run.totalSteps);
        QCOMPARE(session.stepsDone(), run.totalSteps);
        QCOMPARE(session.condensingStage(), 1);
        QCOMPARE(finished.count(), 1);
        QVERIFY(finished.at(0).at(0).value<RunResult>().end == RunEnd::kFinished);
    }

    void pausesContinuesAndStops() {
        TrainingSession session;
        QSignalSpy steps(&session, &TrainingSession::stepsAdded), finished(&session, &TrainingSession::finished);
        session.start(testing::tinyRequest(m_data, 100'000));
        QTRY_VERIFY_WITH_TIMEOUT(steps.count() > 0, kWaitMs);
        session.pause();
        QCOMPARE(session.state(), State::kPausing);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kPaused, kWaitMs);
        const auto there = session.stepsDone();
        QTest::qWait(300);
        QCOMPARE(session.stepsDone(), there);
        session.unpause();
        QCOMPARE(session.state(), State::kRunning);
        QTRY_VERIFY_WITH_TIMEOUT(session.stepsDone() > there, kWaitMs);
        session.stop();
        QCOMPARE(session.state(), State::kStopping);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
        QCOMPARE(finished.count(), 1);

        // And goes on from there.
        const auto folder = finished.at(0).at(0).value<RunResult>().folder;
        const auto stored = readStoredRun(folder);
        QVERIFY(stored.has_value());
        QVERIFY(stored->state == StoredRunState::kStopped);
        QVERIFY(stored->resumable);
        const auto done = session.stepsDone();
        QSignalSpy started(&session, &TrainingSession::started);
        session.resume(folder);
        QTRY_COMPARE_WITH_TIMEOUT(started.count(), 1, kWaitMs);
        QCOMPARE(started.at(0).at(0).value<RunStarted>().firstStep, done);
        QVERIFY(readStoredRun(folder)->state == StoredRunState::kRunning);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
    }

    void branchesOffARunAndTrainsTheBranch() {
        TrainingSession session;
        QSignalSpy steps(&session, &TrainingSession::stepsAdded), started(&session, &TrainingSession::started),
            finished(&session, &TrainingSession::finished), failed(&session, &TrainingSession::failed);
        session.start(testing::tinyRequest(m_data, 4));
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFinished, kWaitMs);
        const auto from = session.run()->folder;
        const auto condensing = session.run()->condensing;
        QCOMPARE(condensing.size(), std::size_t{1});

        BranchRequest request;
        request.from = from;
        request.stage = 1;
        request.learningRate = 0.02;
        started.clear();
        finished.clear();
        session.branch(request);
        QCOMPARE(session.state(), State::kLoading);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFinished, kWaitMs);
        QCOMPARE(started.count(), 1);
        const auto run = started.at(0).at(0).value<RunStarted>();
        QVERIFY(run.folder != from);
        QCOMPARE(run.firstStep, condensing.front().step);
        QVERIFY(finished.at(0).at(0).value<RunResult>().folder == run.folder);
        const auto stored = readStoredRun(run.folder);
        QVERIFY(stored.has_value());
        QCOMPARE(stored->epochs.size(), std::size_t{4});
        QCOMPARE(stored->record.settings.learningRate, 0.02);
        QVERIFY(stored->record.branch && stored->record.branch->stage == 1);

        // What cannot be branched is a failure, and no run.
        request.stage = 9;
        session.branch(request);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QVERIFY(failed.at(0).at(0).value<Error>().code == ErrorCode::kNotFound);
        QCOMPARE(started.count(), 1);
    }

    void stopsOutOfAPause() {
        TrainingSession session;
        QSignalSpy steps(&session, &TrainingSession::stepsAdded);
        session.start(testing::tinyRequest(m_data, 100'000));
        QTRY_VERIFY_WITH_TIMEOUT(steps.count() > 0, kWaitMs);
        session.pause();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kPaused, kWaitMs);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
    }

    void failureIsAValue() {
        TrainingSession session;
        QSignalSpy failed(&session, &TrainingSession::failed);
        session.start(testing::tinyRequest(m_home.path(QStringLiteral("nowhere")), 1));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QCOMPARE(session.state(), State::kFailed);
        const auto error = failed.at(0).at(0).value<Error>();
        QVERIFY(error.code == ErrorCode::kNotFound);
        QVERIFY(!errorTitle(error).isEmpty());
        // The next run is not harmed.
        session.start(testing::tinyRequest(m_data, 1));
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFinished, kWaitMs);
    }

    void destructionStopsWithACheckpoint() {
        std::filesystem::path folder;
        {
            TrainingSession session;
            QSignalSpy steps(&session, &TrainingSession::stepsAdded);
            session.start(testing::tinyRequest(m_data, 100'000));
            QTRY_VERIFY_WITH_TIMEOUT(steps.count() > 0, kWaitMs);
            folder = session.run()->folder;
        }
        const auto stored = readStoredRun(folder);
        QVERIFY(stored.has_value());
        QVERIFY(stored->state == StoredRunState::kStopped);
        QVERIFY(stored->resumable);
    }

  private:
    testing::PrivateHome m_home;
    QString m_data;
};

QTEST_GUILESS_MAIN(TestTrainingSession)
#include "tst_training_session.moc"
