#include "experiment/experiment_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "experiment/experiment_state.h"
#include "experiment/plan_difference.h"
#include "experiment/run_claim.h"
#include "io/run_folder.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kWhat = "cannot go on with the experiment";
constexpr const char* kRemove = "remove that run's folder to have it made anew";
constexpr std::chrono::milliseconds kLook{1000};  // between two looks at what others do
constexpr std::chrono::milliseconds kTell{100};   // between two reports of progress

// ---- the folder -----------------------------------------------------------------------------------------------------

// Absent, empty, or what is left where the first write of experiment.json was cut short.
Result<> checkIsFree(const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return {};
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (isTemporaryFile(entry->path())) continue;
        return fail(ErrorCode::kUsage, "cannot make an experiment there", folder.string(),
                    "the folder is not empty and holds no experiment", "give a new folder");
    }
    if (error) {
        return fail(ErrorCode::kUnreadable, "cannot make an experiment there", folder.string(), error.message(),
                    "give a new folder");
    }
    return {};
}

// The run's record if it has one; an error where it is not the plan's. One that failed, as on a full disk, is gone on
// with like one that was stopped.
Result<std::optional<RunRecord>> recordOf(const ExperimentPlan& plan, const PlannedRun& run) {
    auto record = readRunRecord(run.folder);
    if (!record) {
        if (record.error().code == ErrorCode::kNotFound) return std::optional<RunRecord>{};
        Error error = record.error();
        if (error.remedy.empty()) error.remedy = kRemove;
        return tl::unexpected(std::move(error));
    }
    if (std::string difference = differenceFromPlan(plan, run, *record); !difference.empty()) {
        return fail(ErrorCode::kBadData, kWhat, run.folder.string(),
                    "this run was made otherwise: " + std::move(difference),
                    "give another folder, or remove that run to have it made anew");
    }
    return std::optional(std::move(*record));
}

// ---- the work -------------------------------------------------------------------------------------------------------

class Worker {
  public:
    Worker(const ExperimentPlan& plan, const std::filesystem::path& folder, const ExperimentOptions& options,
           const ExperimentEvents& events, RunControl& control)
        : m_plan(plan),
          m_options(options),
          m_events(events),
          m_control(control),
          m_runs(runsOf(plan, folder)),
          m_state(plan, folder) {}

    Result<RunEnd> work() {
        for (const PlannedRun& run : m_runs) {
            if (auto record = look(run); !record) return tl::unexpected(record.error());
        }
        tell(/*now=*/true);
        for (;;) {
            bool left = false;  // to others
            for (std::size_t i = 0; i < m_runs.size(); ++i) {
                const auto after = attend(i);
                if (!after) return tl::unexpected(after.error());
                if (*after == After::kStopped) return RunEnd::kStopped;
                left = left || *after == After::kLeft;
            }
            tell(/*now=*/true);
            if (!left) return RunEnd::kFinished;
            if (!wait()) return RunEnd::kStopped;
        }
    }

  private:
    enum class After { kFinished, kLeft, kStopped };

    // recordOf, and an error where the run saw other pictures than those before it: they may be changed while an
    // experiment rests, and a table of both would compare nothing.
    Result<std::optional<RunRecord>> look(const PlannedRun& run) {
        auto record = recordOf(m_plan, run);
        if (!record || !*record) return record;
        if (!m_first) m_first = **record;
        if (std::string difference = differenceInData(*m_first, **record); !difference.empty()) {
            return fail(ErrorCode::kBadData, kWhat, run.folder.string(),
                        "this run was made otherwise: " + std::move(difference),
                        "bring the pictures back and remove that run's folder, or begin in another folder");
        }
        return record;
    }

    Result<After> attend(std::size_t index) {
        const PlannedRun& run = m_runs[index];
        if (m_control.stopRequested()) return After::kStopped;
        if (auto record = look(run); !record) {
            return tl::unexpected(record.error());
        } else if (*record && (*record)->state == RunState::kFinished) {
            return After::kFinished;
        }
        std::error_code error;
        std::filesystem::create_directories(run.folder, error);
        if (error) {
            return fail(ErrorCode::kWrite, "cannot make the run's folder", run.folder.string(), error.message(),
                        "choose another folder");
        }
        const std::optional<RunClaim> claim = RunClaim::take(run.folder);
        if (!claim || isRunLocked(run.folder)) return After::kLeft;
        // Again: another process may have trained it before the claim was taken.
        const auto record = look(run);
        if (!record) return tl::unexpected(record.error());
        if (*record && (*record)->state == RunState::kFinished) return After::kFinished;
        return train(index, /*resumed=*/record->has_value());
    }

    Result<After> train(std::size_t index, bool resumed) {
        const PlannedRun& run = m_runs[index];
        const Arm& arm = m_plan.arms[run.arm];
        if (m_events.onRun) m_events.onRun(run, arm, resumed);
        const RunEvents events = eventsOf(index);
        const auto result = [&]() -> Result<RunResult> {
            if (resumed) {
                return resumeRun(run.folder, m_options.threads, m_options.priority, events, m_control,
                                 m_options.dataMemory);
            }
            TrainRequest request;
            request.data = m_plan.data;
            request.model = arm.model;
            request.folder = run.folder;
            request.settings = arm.settings;
            request.settings.seed = run.seed;
            request.threads = m_options.threads;
            request.priority = m_options.priority;
            request.dataMemory = m_options.dataMemory;
            request.command = trainCommand(m_plan, run);
            return startRun(request, events, m_control);
        }();
        m_state.look();
        if (!result) {
            if (result.error().code == ErrorCode::kCancelled) return After::kStopped;
            // Somebody who makes no claims, as `train --resume`, came first.
            if (isRunLocked(run.folder)) return After::kLeft;
            Error error = result.error();
            if (error.code == ErrorCode::kNotFinite) error.remedy = "give a lower --lr, and another folder";
            // It holds something, but no run.json.
            if (error.code == ErrorCode::kUsage && error.where == run.folder.string()) error.remedy = kRemove;
            return tl::unexpected(std::move(error));
        }
        if (auto same = look(run); !same) return tl::unexpected(same.error());
        if (m_events.onRunEnd) m_events.onRunEnd(run, arm, *result);
        tell(/*now=*/true);
        return result->end == RunEnd::kStopped ? After::kStopped : After::kFinished;
    }

    // Those of the caller, with an eye on how far the run is.
    RunEvents eventsOf(std::size_t index) {
        RunEvents events = m_events.run;
        const auto stepsPerEpoch = std::make_shared<double>(1);
        events.onStarted = [this, index, stepsPerEpoch](const RunStarted& started) {
            *stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(1, started.stepsPerEpoch));
            m_state.setEpochs(index, static_cast<double>(started.firstStep) / *stepsPerEpoch);
            if (m_events.run.onStarted) m_events.run.onStarted(started);
            tell(/*now=*/true);
        };
        events.onStep = [this, index, stepsPerEpoch](const StepReport& step) {
            m_state.setEpochs(index, static_cast<double>(step.step + 1) / *stepsPerEpoch);
            if (m_events.run.onStep) m_events.run.onStep(step);
            tell(/*now=*/false);
        };
        events.onEpoch = [this](const EpochReport& epoch) {
            if (m_events.run.onEpoch) m_events.run.onEpoch(epoch);
            tell(/*now=*/true);
        };
        return events;
    }

    void tell(bool now) {
        if (!m_events.onProgress) return;
        const Clock::time_point time = Clock::now();
        if (!now && time - m_told < kTell) return;
        m_told = time;
        if (now || time - m_looked >= kLook) {
            m_state.look();
            m_looked = time;
        }
        m_events.onProgress(m_state.progress());
    }

    // False if stopped meanwhile.
    bool wait() {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, m_control.stopToken(), kLook, [] { return false; });
        return !m_control.stopRequested();
    }

    const ExperimentPlan& m_plan;
    const ExperimentOptions& m_options;
    const ExperimentEvents& m_events;
    RunControl& m_control;
    std::vector<PlannedRun> m_runs;
    std::optional<RunRecord> m_first;  // of the runs that were looked at
    ExperimentState m_state;
    Clock::time_point m_told, m_looked;
};

}  // namespace

Result<> prepareExperiment(const ExperimentPlan& plan, const std::filesystem::path& folder,
                           const std::string& command) {
    ExperimentRecord record{plan, command, utcNow()};
    if (isExperimentFolder(folder)) {
        const auto before = readExperiment(folder);
        if (!before) return tl::unexpected(before.error());
        const auto other = [&](const char* name, const std::string& found, const std::string& asked) {
            return fail(ErrorCode::kUsage, kWhat, folder.string(),
                        fmt::format("its {} is {}, and {} was asked for", name, found, asked),
                        fmt::format("give the {} by that name, or another folder", name));
        };
        // One that never came to a run, as where the data were not found, binds nobody.
        const bool begun = std::ranges::any_of(runsOf(before->plan, folder),
                                               [](const PlannedRun& run) { return isRunFolder(run.folder); });
        if (begun && before->plan.kind != plan.kind) {
            return other("kind", experimentName(before->plan.kind), experimentName(plan.kind));
        }
        if (begun && before->plan.data != plan.data) return other("data", before->plan.data, plan.data);
        record.created = before->created;
        if (command.empty()) record.command = before->command;
        if (record == *before) return {};
    } else if (auto free = checkIsFree(folder); !free) {
        return free;
    }
    for (const PlannedRun& run : runsOf(plan, folder)) {
        if (auto fits = recordOf(plan, run); !fits) return tl::unexpected(fits.error());
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return fail(ErrorCode::kWrite, "cannot make the experiment's folder", folder.string(), error.message(),
                    "choose another folder");
    }
    return writeExperiment(folder, record);
}

Result<RunEnd> runExperiment(const ExperimentPlan& plan, const std::filesystem::path& folder,
                             const ExperimentOptions& options, const ExperimentEvents& events, RunControl& control) {
    if (auto ready = prepareExperiment(plan, folder, options.command); !ready) return tl::unexpected(ready.error());
    return Worker(plan, folder, options, events, control).work();
}

}  // namespace condenser
