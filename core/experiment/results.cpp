#include "experiment/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "base/atomic_file.h"
#include "experiment/plan_difference.h"
#include "run/best_epoch.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

// `first`: the record of the first run that has begun, which is set by it.
Result<RunOutcome> readOutcome(const ExperimentPlan& plan, const PlannedRun& run, std::optional<RunRecord>& first) {
    RunOutcome outcome;
    outcome.seed = run.seed;
    outcome.folder = run.folder;
    if (!isRunFolder(run.folder)) return outcome;
    const auto record = readRunRecord(run.folder);
    if (!record) return tl::unexpected(record.error());
    if (!first) first = *record;
    std::string difference = differenceFromPlan(plan, run, *record);
    if (difference.empty()) difference = differenceInData(*first, *record);
    if (!difference.empty()) {
        return fail(ErrorCode::kBadData, "cannot read the experiment's results", run.folder.string(),
                    "this run was made otherwise: " + difference,
                    "move its folder away; going on with the experiment trains it anew");
    }
    const auto epochs = readMetrics(run.folder);
    if (!epochs) return tl::unexpected(epochs.error());
    outcome.isa = record->isa;
    outcome.cpu = record->cpu;
    outcome.threads = record->threads;
    if (epochs->empty()) return outcome;
    const MetricsRow& last = epochs->back();
    const MetricsRow* best = bestEpoch(*record, *epochs);
    outcome.finished = record->state == RunState::kFinished;
    outcome.epochs = last.epoch;
    outcome.finalError = 1 - last.testTop1;
    outcome.bestError = best != nullptr ? 1 - best->testTop1 : std::numeric_limits<double>::quiet_NaN();
    outcome.finalLoss = last.testLoss;
    outcome.seconds = last.seconds;
    return outcome;
}

Spread spreadOf(const ArmOutcome& arm, double RunOutcome::*value) {
    std::vector<double> values;
    for (const RunOutcome& run : arm.runs) {
        if (run.finished && std::isfinite(run.*value)) values.push_back(run.*value);
    }
    return condenser::spreadOf(values);
}

}  // namespace

Spread spreadOf(const std::vector<double>& values) {
    Spread spread;
    spread.count = static_cast<int>(values.size());
    if (values.empty()) return spread;
    spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / spread.count;
    double squares = 0;
    for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
    if (spread.count > 1) spread.deviation = std::sqrt(squares / (spread.count - 1));
    const auto [low, high] = std::ranges::minmax(values);
    spread.low = low;
    spread.high = high;
    return spread;
}

int ExperimentResults::runs() const {
    std::size_t count = 0;
    for (const ArmOutcome& arm : arms) count += arm.runs.size();
    return static_cast<int>(count);
}

int ExperimentResults::finished() const {
    int count = 0;
    for (const ArmOutcome& arm : arms) count += arm.error.count;
    return count;
}

Result<ExperimentResults> readResults(const std::filesystem::path& folder) {
    auto record = readExperiment(folder);
    if (!record) return tl::unexpected(record.error());
    ExperimentResults results;
    results.record = std::move(*record);
    const ExperimentPlan& plan = results.record.plan;
    for (const Arm& arm : plan.arms) results.arms.emplace_back().arm = arm;
    std::optional<RunRecord> first;
    for (const PlannedRun& run : runsOf(plan, folder)) {
        auto outcome = readOutcome(plan, run, first);
        if (!outcome) return tl::unexpected(outcome.error());
        results.arms[run.arm].runs.push_back(std::move(*outcome));
    }
    if (first) {
        results.testName = first->testName;
        results.trainImages = first->trainImages;
        results.testImages = first->testImages;
    }
    for (ArmOutcome& arm : results.arms) {
        auto spec = parseNetworkSpec(arm.arm.model);
        if (!spec) return tl::unexpected(spec.error());
        if (first) spec->classes = first->spec.classes;
        arm.spec = std::move(*spec);
        arm.dense = summarize(arm.spec, CountingMode::kDense);
        // A training of a single step comes to no condensing step: what is left is the dense form.
        const bool isDense = arm.spec.condenseFactor == 1 || std::ranges::any_of(arm.runs, [](const RunOutcome& run) {
                                 return run.finished && std::isnan(run.bestError);
                             });
        arm.cost = isDense ? arm.dense : summarize(arm.spec, CountingMode::kCondensed);
        arm.error = spreadOf(arm, &RunOutcome::finalError);
        arm.best = spreadOf(arm, &RunOutcome::bestError);
        arm.seconds = spreadOf(arm, &RunOutcome::seconds);
    }
    return results;
}

Result<> writeResults(const ExperimentResults& results, const std::filesystem::path& folder) {
    const auto write = [&](const char* name, const std::string& content) -> Result<> {
        auto done = writeFileAtomically(folder / name, content);
        if (!done) done.error().what = "cannot write the experiment's results";
        return done;
    };
    if (auto done = write("table.csv", resultsCsv(results)); !done) return done;
    if (auto done = write("table.md", resultsMarkdown(results)); !done) return done;
    return results.arms.size() > 1 ? write("plot.svg", resultsSvg(results)) : Result<>();
}

}  // namespace condenser
