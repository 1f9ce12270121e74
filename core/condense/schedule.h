// When connections go (paper, section 3.2; exactly as golden README, Schedule).
#pragma once

#include <cstdint>
#include <vector>

namespace condenser {

// The condensing step (0..C-1) that is due before training step t of `total`: min(C-1, floor(2 t (C-1) / total)).
int condensingStage(std::int64_t t, std::int64_t total, int condenseFactor);

// The training step before which `stage` (1..C-1) is reached: the smallest t with condensingStage(t) >= stage; -1 if a
// run of `total` steps never comes so far.
std::int64_t firstStepOfStage(int stage, std::int64_t total, int condenseFactor);

}  // namespace condenser
