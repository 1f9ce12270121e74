// Trains what an experiment asks for, one run after the other; several processes may work on one folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "experiment/experiment_folder.h"
#include "run/training_run.h"

namespace condenser {

// How far all of it is, whoever does it: read from the folders.
struct ExperimentProgress {
    int runs = 0, finished = 0, running = 0;
    double share = 0;         // of the multiply-adds of all trainings, 0..1
    double secondsLeft = -1;  // reckoned from the speed since this process began; -1: not known yet
};

struct ExperimentEvents {
    // This process begins or goes on with a run / is done with it. On the thread of runExperiment.
    std::function<void(const PlannedRun&, const Arm&, bool resumed)> onRun;
    std::function<void(const PlannedRun&, const Arm&, const RunResult&)> onRunEnd;
    std::function<void(const ExperimentProgress&)> onProgress;  // at least at each epoch's end
    RunEvents run;                                              // of the run in hand
};

struct ExperimentOptions {
    int threads = 0;  // of this process; 0: availableCores()
    ThreadPriority priority = ThreadPriority::kNormal;
    std::uint64_t dataMemory = 0;
    std::string command;  // for experiment.json
};

// Checks the folder and writes experiment.json, as runExperiment does before all else; an empty `command` leaves the
// one that is there. For whoever starts several processes.
Result<> prepareExperiment(const ExperimentPlan& plan, const std::filesystem::path& folder, const std::string& command);

// Writes experiment.json and trains every run that is not finished: starts it, or goes on from its checkpoint, bit for
// bit. A run that another process holds is left to it; when only such ones are left it waits for them, and takes over
// what a process that died leaves. A folder that is there must be empty or an experiment's; runs in it are taken as
// they are if they were made with the plan's data, network and settings, and refused in words otherwise, so that seeds
// and arms can be added later. Returns kStopped when stopped; a run that fails (kNotFinite, a full disk, ...) ends it,
// and the next call goes on with that run from its checkpoint.
Result<RunEnd> runExperiment(const ExperimentPlan& plan, const std::filesystem::path& folder,
                             const ExperimentOptions& options, const ExperimentEvents& events, RunControl& control);

}  // namespace condenser
