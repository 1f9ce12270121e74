// What ablate, sweep and stability do once their flags are read.
#pragma once

#include "cli/experiment_options.h"

namespace condenser::cli {

// Trains what is not trained yet, with as many processes as asked for, then writes and prints what came out.
Outcome runExperimentCommand(ExperimentKind kind, const ExperimentFlags& flags, Frame& frame);

}  // namespace condenser::cli
