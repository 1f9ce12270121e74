// Whether a run is one that an experiment asks for.
#pragma once

#include <string>

#include "experiment/experiment_folder.h"
#include "io/run_record.h"

namespace condenser {

// What keeps the run whose record this is from being `run` of the plan, in words: its data, network, seed, a setting.
// Empty: it is that run.
std::string differenceFromPlan(const ExperimentPlan& plan, const PlannedRun& run, const RunRecord& record);

// The same of two runs of one experiment that have the same data by name: their pictures must be as many, of the same
// classes.
std::string differenceInData(const RunRecord& first, const RunRecord& other);

}  // namespace condenser
