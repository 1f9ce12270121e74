// A new run that goes on from a point of another one, under changed settings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace condenser {

struct BranchRequest {
    std::filesystem::path from = {};  // the run's folder; it is only read
    int stage = 0;  // just before condensing step `stage` (step-K.safetensors); 0: its latest checkpoint
    std::filesystem::path folder = {};        // of the new run, absent or empty; empty: a new one in the store
    std::optional<double> learningRate = {};  // nullopt: as in `from`; it is the rate at the schedule's start
    std::optional<double> groupLassoLambda = {};
    std::optional<std::uint64_t> seed = {};  // of the pictures' order from here on
    std::string command = {};                // the exact command, for run.json; may be empty
};

// Makes the new run's folder, with a history (metrics, steps, connections, models of earlier condensing steps) up to
// that point, in the state of a stopped run: resumeRun goes on from it. With no setting changed, a branch from the
// checkpoint comes to the same bits as the run itself. From a condensing step the momentum begins at zero, for that
// file keeps none, and so do the sums of the epoch in hand. run.json says of which run and step it is a branch; the
// split into training and validation part stays. `from` may be training meanwhile, finished or failed. kNotFound where
// it has no such file, kUsage where nothing is left to train. After an error there is no new folder.
Result<std::filesystem::path> branchRun(const BranchRequest& request);

}  // namespace condenser
