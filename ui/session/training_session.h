// The seam between the engine that trains and the window: a worker on one side, value signals on the other.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "run/branch_run.h"
#include "run/training_run.h"
#include "session/eta.h"

namespace condenser {

// Lives on the UI thread and owns the thread that trains, one run at a time. What the engine reports is put into a
// guarded list that a timer empties ten times a second (more often while a pause or a stop is awaited), whatever the
// training speed: nothing is lost and the window never drowns. It has a share of the engine (engine_use.h) but while it
// stands still. The destructor asks the engine to stop (with a
// checkpoint) and waits for it.
class TrainingSession : public QObject {
    Q_OBJECT

  public:
    enum class State { kIdle, kLoading, kRunning, kPausing, kPaused, kStopping, kFinished, kStopped, kFailed };
    Q_ENUM(State)

    explicit TrainingSession(QObject* parent = nullptr);
    ~TrainingSession() override;

    // All do nothing while a run is active. `request.priority` is the session's business.
    void start(const TrainRequest& request);
    void resume(const std::filesystem::path& folder);
    // Makes the branch, in the worker, and trains it on: reported as a resume is, with the new run's folder.
    void branch(const BranchRequest& request);

    void pause();
    void unpause();
    void stop();

    State state() const { return m_state; }
    // From start() until the engine has ended and its last report was delivered.
    bool active() const { return m_worker.joinable(); }
    // Of the run in hand or the last one.
    const std::optional<RunStarted>& run() const { return m_run; }
    std::int64_t stepsDone() const { return m_stepsDone; }
    int condensingStage() const { return m_condensingStage; }
    double imagesPerSecond() const { return m_imagesPerSecond; }
    // Pauses left out.
    std::optional<double> secondsLeft() const { return m_eta.secondsLeft(); }

  signals:
    void stateChanged(State state);
    void loading(qint64 done, qint64 total);  // total 0: `done` pictures found so far
    void started(const RunStarted& run);
    void stepsAdded(const std::vector<StepReport>& steps);
    void condensed(const CondenseReport& report);
    void epochDone(const EpochReport& report);
    void snapshotTaken(const std::shared_ptr<const ModelSnapshot>& snapshot);
    void notice(const QString& sentence);
    void finished(const RunResult& result);
    void failed(const Error& error);

  private:
    struct Loading {
        std::int64_t done, total;
    };
    using Report = std::variant<Loading, RunStarted, StepReport, CondenseReport, EpochReport,
                                std::shared_ptr<const ModelSnapshot>, std::string, Result<RunResult>>;
    // Filled by the engine's thread, emptied by the UI's.
    struct Inbox {
        std::mutex mutex;
        std::vector<Report> reports;
        void add(Report report);
    };
    using Run = std::function<Result<RunResult>(const RunEvents&, RunControl&)>;

    void launch(Run run);
    void deliver();
    void deliverSteps(std::vector<StepReport>& steps);
    void end(const Result<RunResult>& result);
    void setState(State state);
    double trainingSeconds() const;

    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<RunControl> m_control;
    State m_state = State::kIdle;
    std::optional<RunStarted> m_run;
    std::int64_t m_stepsDone = 0;
    int m_condensingStage = 0;
    double m_imagesPerSecond = 0;
    Eta m_eta;
    QElapsedTimer m_clock;       // runs while the engine does
    double m_secondsBefore = 0;  // of training, up to the last pause
    QTimer m_timer;
    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
