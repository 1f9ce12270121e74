#include "session/training_session.h"

#include <exception>
#include <utility>

#include "network/summary.h"
#include "session/engine_use.h"

namespace condenser {
namespace {

constexpr int kDeliveryMs = 100;
constexpr int kAwaitingMs = 20;  // while somebody looks at the button that he has just pressed

// What does not shrink as connections go (norms, 3x3 convolutions that wait for memory), as a share of the
// multiply-adds of a step that has them all: measured on condensenet-86 (bench-train), whose steps take half the time
// at a third of the multiply-adds.
constexpr double kFixedShare = 0.2;

// A step costs as many multiply-adds as connections live.
std::vector<Eta::Stretch> stretchesOf(const RunStarted& run) {
    const auto all = static_cast<double>(summarize(run.spec, CountingMode::kDense).macs);
    const double least = static_cast<double>(summarize(run.spec, CountingMode::kLearned).macs);
    const double keptLeast = 1.0 / run.spec.condenseFactor;
    std::vector<Eta::Stretch> stretches;
    if (all <= 0) return stretches;
    for (const CondensingStep& step : run.condensing) {
        const double gone = (all - least) * (1 - step.keptAfter) / (1 - keptLeast);
        stretches.push_back({step.step, (1 - gone / all + kFixedShare) / (1 + kFixedShare)});
    }
    return stretches;
}

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

void TrainingSession::Inbox::add(Report report) {
    const std::lock_guard lock(mutex);
    reports.push_back(std::move(report));
}

TrainingSession::TrainingSession(QObject* parent) : QObject(parent) {
    m_timer.setInterval(kDeliveryMs);
    connect(&m_timer, &QTimer::timeout, this, &TrainingSession::deliver);
}

TrainingSession::~TrainingSession() {
    if (m_control) m_control->requestStop();
}

void TrainingSession::start(const TrainRequest& request) {
    TrainRequest mine = request;
    mine.priority = ThreadPriority::kLow;
    launch([mine](const RunEvents& events, RunControl& control) { return startRun(mine, events, control); });
}

void TrainingSession::resume(const std::filesystem::path& folder) {
    launch([folder](const RunEvents& events, RunControl& control) {
        return resumeRun(folder, /*threads=*/0, ThreadPriority::kLow, events, control);
    });
}

void TrainingSession::branch(const BranchRequest& request) {
    launch([request](const RunEvents& events, RunControl& control) -> Result<RunResult> {
        const auto folder = branchRun(request);
        if (!folder) return tl::unexpected(folder.error());
        return resumeRun(*folder, /*threads=*/0, ThreadPriority::kLow, events, control);
    });
}

void TrainingSession::launch(Run run) {
    if (active()) return;
    m_inbox = std::make_shared<Inbox>();
    m_control = std::make_unique<RunControl>();
    m_run.reset();
    m_stepsDone = 0;
    m_condensingStage = 0;
    m_imagesPerSecond = 0;
    m_eta = {};
    m_secondsBefore = 0;

    m_worker = std::jthread([run = std::move(run), inbox = m_inbox, control = m_control.get()] {
        lowerThreadPriority();
        // Whoever measures is told by the state that it must give up (PauseAndMeasure): this waits for it, the window
        // does not. Without a share, stopped, nothing is computed.
        const std::stop_token stop = control->stopToken();
        std::shared_lock<Engine> share = shareOfEngine(stop);
        RunEvents events;
        events.onStanding = [&share, stop](bool standing) {
            share = {};
            if (!standing) share = shareOfEngine(stop);
        };
        events.onScanning = [&](std::int64_t found) { inbox->add(Loading{found, 0}); };
        events.onLoading = [&](std::int64_t done, std::int64_t total) { inbox->add(Loading{done, total}); };
        events.onStarted = [&](const RunStarted& started) { inbox->add(started); };
        events.onStep = [&](const StepReport& step) { inbox->add(step); };
        events.onCondensed = [&](const CondenseReport& report) { inbox->add(report); };
        events.onEpoch = [&](const EpochReport& report) { inbox->add(report); };
        events.onSnapshot = [&](std::shared_ptr<const ModelSnapshot> snapshot) { inbox->add(std::move(snapshot)); };
        events.onNotice = [&](const std::string& sentence) { inbox->add(sentence); };
        // The engine throws nothing, but running out of memory in one of the lines above would end the program.
        try {
            inbox->add(share ? run(events, *control)
                             : fail(ErrorCode::kCancelled, "stopped", {}, "before the training began"));
        } catch (const std::exception& error) {
            inbox->add(Result<RunResult>(fail(ErrorCode::kTooLarge, "training ended", {}, error.what(),
                                              "close other programs and continue the run")));
        }
    });
    setState(State::kLoading);
    m_clock.start();
    m_timer.start();
}

void TrainingSession::pause() {
    if (m_state != State::kRunning) return;
    m_control->pause(true);
    setState(State::kPausing);
}

void TrainingSession::unpause() {
    if (m_state != State::kPausing && m_state != State::kPaused) return;
    if (m_state == State::kPaused) m_clock.start();
    m_control->pause(false);
    setState(State::kRunning);
}

void TrainingSession::stop() {
    if (!active() || m_state == State::kStopping) return;
    if (m_state == State::kPaused) m_clock.start();
    m_control->requestStop();
    setState(State::kStopping);
}

double TrainingSession::trainingSeconds() const {
    if (m_state == State::kPaused) return m_secondsBefore;
    return m_secondsBefore + static_cast<double>(m_clock.nsecsElapsed()) * 1e-9;
}

void TrainingSession::setState(State state) {
    if (state == m_state) return;
    m_state = state;
    m_timer.setInterval(state == State::kPausing || state == State::kStopping ? kAwaitingMs : kDeliveryMs);
    emit stateChanged(state);
}

void TrainingSession::deliverSteps(std::vector<StepReport>& steps) {
    if (steps.empty()) return;
    m_stepsDone = steps.back().step + 1;
    m_condensingStage = steps.back().stage;
    m_imagesPerSecond = steps.back().imagesPerSecond;
    m_eta.advance(m_stepsDone, trainingSeconds());
    emit stepsAdded(std::exchange(steps, {}));
}

void TrainingSession::deliver() {
    std::vector<Report> reports;
    {
        const std::lock_guard lock(m_inbox->mutex);
        reports.swap(m_inbox->reports);
    }
    std::vector<StepReport> steps;
    for (const Report& report : reports) {
        if (const auto* step = std::get_if<StepReport>(&report)) {
            steps.push_back(*step);
            continue;
        }
        deliverSteps(steps);  // in the order in which they happened
        std::visit(Overloaded{
                       [&](const Loading& loaded) { emit loading(loaded.done, loaded.total); },
                       [&](const RunStarted& run) {
                           m_run = run;
                           m_stepsDone = run.firstStep;
                           m_eta.start(run.firstStep, run.totalSteps, run.stepsPerEpoch, trainingSeconds(),
                                       stretchesOf(run));
                           if (m_state == State::kLoading) setState(State::kRunning);
                           emit started(run);
                       },
                       [](const StepReport&) {},
                       [&](const CondenseReport& condensing) {
                           m_condensingStage = condensing.step.stage;
                           emit condensed(condensing);
                       },
                       [&](const EpochReport& epoch) { emit epochDone(epoch); },
                       [&](const std::shared_ptr<const ModelSnapshot>& snapshot) { emit snapshotTaken(snapshot); },
                       [&](const std::string& sentence) { emit notice(QString::fromStdString(sentence)); },
                       [&](const Result<RunResult>& result) { end(result); },
                   },
                   report);
    }
    deliverSteps(steps);
    if (m_state == State::kPausing && m_control->waiting()) {
        m_secondsBefore = trainingSeconds();
        setState(State::kPaused);
    }
}

void TrainingSession::end(const Result<RunResult>& result) {
    m_timer.stop();
    m_worker.join();  // its last report is here: it is returning
    m_worker = {};
    if (!result && result.error().code == ErrorCode::kCancelled) {
        setState(State::kIdle);  // stopped while the pictures were being read: there is no run
    } else if (!result) {
        setState(State::kFailed);
        emit failed(result.error());
    } else {
        setState(result->end == RunEnd::kFinished ? State::kFinished : State::kStopped);
        emit finished(*result);
    }
}

}  // namespace condenser
