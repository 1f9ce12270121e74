#include "experiment/experiment_state.h"

#include <algorithm>

#include "experiment/experiment_run.h"
#include "io/run_folder.h"
#include "run/macs_spent.h"
#include "run/stored_run.h"

namespace condenser {

double plannedWork(const NetworkSpec& spec, const TrainSettings& settings, double epochs) {
    const double dense = trainingMacs(spec, 1), bare = trainingMacs(spec, 0);
    constexpr std::int64_t kFine = 1000;  // steps an epoch: how many there are is the data's
    double work = 0, before = 0, kept = 1;
    const auto spend = [&](double until) {
        work += std::max(0.0, until - before) * (bare + (dense - bare) * kept);
        before = std::max(before, until);
    };
    for (const CondensingStep& step :
         planCondensing(spec.condenseFactor, kFine, settings.epochs, settings.referenceQuirks, settings.condensing)) {
        spend(std::min(epochs, step.epoch));
        kept = step.keptAfter;
    }
    spend(epochs);
    return work;
}

ExperimentState::ExperimentState(const ExperimentPlan& plan, const std::filesystem::path& folder)
    : m_start(std::chrono::steady_clock::now()) {
    for (PlannedRun& run : runsOf(plan, folder)) {
        const Arm& arm = plan.arms[run.arm];
        One one;
        one.run = std::move(run);
        one.spec = parseNetworkSpec(arm.model).value_or(NetworkSpec{});
        one.settings = arm.settings;
        one.total = plannedWork(one.spec, one.settings, one.settings.epochs);
        m_total += one.total;
        m_runs.push_back(std::move(one));
    }
    look();
    m_doneBefore = done();
}

void ExperimentState::look() {
    for (One& one : m_runs) {
        if (one.finished) continue;
        const auto record = readRunRecord(one.run.folder);
        if (!record) continue;  // not begun
        one.running = isRunLocked(one.run.folder);
        one.finished = record->state == RunState::kFinished;
        const auto rows = readMetrics(one.run.folder);
        const double epochs = rows && !rows->empty() ? rows->back().epoch : 0;
        one.epochs = one.finished ? one.settings.epochs : std::max(one.epochs, epochs);
        if (one.finished) one.running = false;
    }
}

void ExperimentState::setEpochs(std::size_t index, double epochs) {
    m_runs[index].epochs = std::min<double>(epochs, m_runs[index].settings.epochs);
    m_runs[index].running = true;
}

double ExperimentState::done() const {
    double work = 0;
    for (const One& one : m_runs) {
        work += one.finished ? one.total : plannedWork(one.spec, one.settings, one.epochs);
    }
    return work;
}

ExperimentProgress ExperimentState::progress() const {
    ExperimentProgress progress;
    progress.runs = static_cast<int>(m_runs.size());
    for (const One& one : m_runs) {
        progress.finished += one.finished ? 1 : 0;
        progress.running += one.running ? 1 : 0;
    }
    const double now = done();
    progress.share = m_total > 0 ? std::min(1.0, now / m_total) : 0;
    if (progress.finished == progress.runs) {
        progress.secondsLeft = 0;
    } else if (now > m_doneBefore) {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
        progress.secondsLeft = seconds * (m_total - now) / (now - m_doneBefore);
    }
    return progress;
}

}  // namespace condenser
