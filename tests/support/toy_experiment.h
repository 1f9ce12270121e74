// Folders that look like experiments, without a training.
#pragma once

#include "experiment/results.h"
#include "support/toy_runs.h"

namespace condenser::test {

// A DenseNet and a CondenseNet, as toyRecord() has it, whose labels need escaping.
inline ExperimentPlan toyPlan(std::vector<std::uint64_t> seeds) {
    ExperimentPlan plan;
    plan.data = toyRecord(12).data;
    plan.seeds = std::move(seeds);
    plan.arms.push_back({"densenet", "Dense <Net>", "", "densenet:stages=4-4-4,growth=8-8-8", {}});
    plan.arms.push_back({"c4", "C = 4, a | b", "", "condensenet:stages=4-4-4,growth=8-16-32", {}});
    return plan;
}

// Run `arm` of seed `seed`: its best epoch is 9 + seed.
inline void writeToyRun(const std::filesystem::path& folder, const ExperimentPlan& plan, std::size_t arm,
                        std::uint64_t seed, int epochsDone) {
    for (const PlannedRun& run : runsOf(plan, folder)) {
        if (run.arm != arm || run.seed != seed) continue;
        RunRecord record = toyRecord(plan.arms[arm].settings.epochs);
        record.model = plan.arms[arm].model;
        record.spec = parseNetworkSpec(record.model).value();
        record.spec.classes = 2;
        record.settings.seed = seed;
        record.trainImages = 10000;
        record.testImages = 2000;
        if (epochsDone < record.settings.epochs) record.state = RunState::kStopped;
        makeRun(run.folder, record, epochsDone, 9 + static_cast<int>(seed));
    }
}

// Complete.
inline void makeExperiment(const std::filesystem::path& folder, const ExperimentPlan& plan) {
    std::filesystem::create_directories(folder);
    must(writeExperiment(folder, {plan, "condenser-cli ablate --out <here>", "2026-01-31T09:30:00Z"}));
    for (const PlannedRun& run : runsOf(plan, folder)) {
        writeToyRun(folder, plan, run.arm, run.seed, plan.arms[run.arm].settings.epochs);
    }
}

}  // namespace condenser::test
