// What a condensing step did to a run's curves: how far the loss jumped, and how long it took to come back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "io/metrics_file.h"
#include "io/run_record.h"
#include "io/steps_file.h"
#include "run/training_run.h"

namespace condenser {

// Losses are means over `window` training steps: a fifth of an epoch, from 5 to 100 steps.
struct CondensingEffect {
    CondensingStep step;
    bool done = false;  // all below is without meaning until the run has come there
    int window = 0;
    std::optional<double> lossBefore, lossAfter;  // directly before and after; none where there are too few steps
    std::optional<double> epochsToRecover;        // until the mean is at lossBefore again; none: not yet
    std::optional<double> top1Before, top1After;  // at the ends of the epochs around it
};

// One for each condensing step of `plan`.
std::vector<CondensingEffect> condensingEffects(std::span<const CondensingStep> plan, std::int64_t stepsPerEpoch,
                                                std::span<const MetricsRow> epochs, std::span<const StepRecord> steps);
// The same for the plan of a stored run.
std::vector<CondensingEffect> condensingEffects(const RunRecord& record, std::span<const MetricsRow> epochs,
                                                std::span<const StepRecord> steps);

}  // namespace condenser
