// The memory that a training takes, counted from its numbers as the engine lays it out.
#pragma once

#include <cstdint>

#include "network/network_spec.h"

namespace condenser {

struct TrainingMemory {
    std::int64_t maps = 0;      // bytes: feature maps of a batch, and their gradients
    std::int64_t weights = 0;   // parameters, gradients, momentum, masks, and sums over a batch
    std::int64_t pictures = 0;  // decoded, and batches made ready ahead
    std::int64_t answers = 0;   // an evaluation's own copy of the network, and the last published one
    std::int64_t total() const { return maps + weights + pictures + answers; }
};

// `pictures`: of the training and test parts together; what is more than `pictureLimit` bytes goes to a file. Without
// the program itself.
TrainingMemory trainingMemory(const NetworkSpec& spec, int batch, std::int64_t pictures, std::int64_t pictureLimit,
                              int threads);

}  // namespace condenser
