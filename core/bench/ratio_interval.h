// How much faster one of two subjects is, and how sure that is.
#pragma once

#include <optional>
#include <span>

#include "bench/protocol.h"

namespace condenser {

struct RatioInterval {
    double ratio = 1, low = 1, high = 1;  // time of the first / time of the second
    double confidence = 0.99;
    int pairs = 0;  // of blocks

    // The interval contains 1: nobody can say which of the two is faster.
    bool noDifference() const { return low <= 1 && 1 <= high; }
};

// From the blocks that both have in the same round: the blocks of a pair stand side by side in time and in turning
// order, so that what a drifting clock or a neighbour does to one it does to the other. Nothing below the number of
// pairs from which such an interval can be had at all.
std::optional<RatioInterval> ratioInterval(std::span<const double> firstMs, std::span<const TimingBlock> firstBlocks,
                                           std::span<const double> secondMs, std::span<const TimingBlock> secondBlocks,
                                           double confidence = 0.99);

}  // namespace condenser
