// Flags of the commands that train several networks and compare them: ablate, sweep, stability.
#pragma once

#include <optional>
#include <string>

#include "cli/frame.h"
#include "experiment/plan.h"

namespace condenser::cli {

struct ExperimentFlags {
    std::string data, out, model = "condensenet-tiny";
    std::optional<int> epochs, batch;
    std::optional<double> learningRate, lasso, validation;
    std::string augment;
    std::string seeds = "1,2,3";
    std::string values;  // of a sweep; empty: the kind's own
    int processes = 1;
    std::optional<int> dataMemory;  // MB
};

// All but --values.
void addExperimentFlags(Command& command, ExperimentFlags& flags);

// kUsage where flags or the networks that they ask for are not right.
Result<ExperimentPlan> planFrom(ExperimentKind kind, const ExperimentFlags& flags, const Common& common);

}  // namespace condenser::cli
