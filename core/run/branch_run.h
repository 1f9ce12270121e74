// A new run that goes on from a point of another one, under changed settings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace condenser {

struct BranchRequest {
    std::filesystem::path from;    // the run's folder; it is only read
    int stage = 0;                 // just before condensing step `stage` (step-K.safetensors); 0: its latest checkpoint
    std::filesystem::path folder;  // of the new run, absent or empty; empty: a new one in the store
    std::optional<double> learningRate;  // nullopt: as in `from`; it is the rate at the schedule's start
    std::optional<double> groupLassoLambda;
    std::optional<std::uint64_t> seed;  // of the pictures' order from here on
};

// Makes the new run's folder, with a history (metrics, steps, connections) up to that point, in the state of a stopped
// run: resumeRun goes on from it. From a condensing step the momentum begins at zero, for that file keeps none.
// run.json says of which run and step it is a branch. kNotFound where `from` has no such file.
Result<std::filesystem::path> branchRun(const BranchRequest& request);

}  // namespace condenser
