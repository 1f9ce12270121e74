// When connections go (paper, section 3.2; exactly as golden README, Schedule).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace condenser {

// How a training comes to its condensed connections.
enum class Condensing {
    kGradual,  // C-1 steps spread over the first half (paper, section 3.2)
    kOnce,     // half of the training dense, then all at once, and the other half to mend it; the rate goes from its
               // start to 0 in each half
    kFixed,    // not learned: before the first step, group g keeps inputs/C neighbours from g * inputs/G on (around the
               // end): with C = G a standard group convolution
    kRandom,   // not learned: before the first step, each group keeps inputs/C of its inputs, drawn by the run's seed
};

// "gradual", "once", "fixed", "random".
const char* condensingName(Condensing condensing);
std::optional<Condensing> condensingNamed(std::string_view name);

// The condensing step (0..C-1) that is due before training step t of `total`. kGradual: min(C-1, floor(2 t (C-1) /
// total)); kOnce: C-1 from secondHalf on; kFixed, kRandom: C-1.
int condensingStage(std::int64_t t, std::int64_t total, int condenseFactor,
                    Condensing condensing = Condensing::kGradual);

// The training step before which `stage` (1..C-1) is reached: the smallest t with condensingStage(t) >= stage; -1 if a
// run of `total` steps never comes so far.
std::int64_t firstStepOfStage(int stage, std::int64_t total, int condenseFactor,
                              Condensing condensing = Condensing::kGradual);

// The first step of the second half: ceil(total / 2). A run of one step has none.
std::int64_t secondHalf(std::int64_t total);

}  // namespace condenser
