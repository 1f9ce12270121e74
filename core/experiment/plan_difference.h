// Whether a run is one that an experiment asks for.
#pragma once

#include <string>

#include "experiment/experiment_folder.h"
#include "io/run_record.h"

namespace condenser {

// What keeps the run whose record this is from being `run` of the plan, in words: its data, network, seed, a setting.
// Empty: it is that run.
std::string differenceFromPlan(const ExperimentPlan& plan, const PlannedRun& run, const RunRecord& record);

}  // namespace condenser
