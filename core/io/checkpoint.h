// All that a run needs to go on as if never stopped, beside its run.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "io/safetensors.h"
#include "tensor/state_dict.h"

namespace condenser {

inline constexpr const char* kCheckpointName = "checkpoint.safetensors";
inline constexpr const char* kPreviousCheckpointName = "checkpoint.previous.safetensors";
inline constexpr const char* kNextCheckpointName = "checkpoint.next.safetensors";  // while it is being written

// No random state: random numbers are a function of (seed, epoch, index). Doubles come back bit for bit.
struct Checkpoint {
    StateDict tensors;  // weights, statistics, masks, counters; momentum under "momentum.NAME"
    std::string run;    // whose it is: runIdentity(); empty in those of version 0.1.0

    std::int64_t step = 0;  // training steps done, over all epochs
    int epoch = 0;          // whole epochs done
    int stage = 0;          // condensing steps done

    // What model.safetensors holds; bestEpoch 0: no epoch after the last condensing step yet.
    int bestEpoch = 0;
    double bestTop1 = 0, bestLoss = 0;

    // Sums over the epoch in hand; all 0 at an epoch's border.
    double lossSum = 0;        // of the steps' losses times their images
    std::int64_t correct = 0;  // right answers in training
    std::int64_t images = 0;   // seen
    double epochSeconds = 0;   // of training steps, evaluation and pauses left out

    double seconds = 0;  // since the start of the run, pauses and stops left out
};

// Written beside, flushed, then the present checkpoint becomes the previous one (if it is whole and of the same run:
// another never pushes out a good one), then the new one takes its place. At every moment one whole checkpoint is
// there, if one was.
// After an error the folder still holds the last good one.
Result<> writeCheckpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);

struct LoadedCheckpoint {
    Checkpoint checkpoint;
    std::string notice;  // empty, or a sentence for the user: why it is not checkpoint.safetensors
};

// Of the two, the one with more steps done, among those whose checksum (over every name, shape, byte and number in
// them) holds and which `fits` accepts. Neither: kBadFormat, with both reasons. None there: kNotFound.
Result<LoadedCheckpoint> readCheckpoint(const std::filesystem::path& folder,
                                        const std::function<Result<>(const Checkpoint&)>& fits = {});

// One file's content; `name` stands for the file in messages.
Result<Checkpoint> checkpointFromTensors(TensorFile file, const std::string& name);

}  // namespace condenser
