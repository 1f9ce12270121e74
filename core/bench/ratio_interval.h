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

// From the blocks that both have in the same round. A block counts with its median, which no burst of a few calls
// moves; a pair with the logarithm of its ratio, since its blocks stand side by side in time: what a drifting clock or
// a neighbour does to one it does to the other. Estimate and interval are those of Hodges and Lehmann (Estimates of
// location based on rank tests, 1963), from the exact distribution of Wilcoxon's signed ranks: they ask of the
// differences that they lie evenly to both sides, which the protocol's lots see to, and nothing else of the noise.
//
// Nothing below 8 pairs, from which no interval of 99 % can be had.
std::optional<RatioInterval> ratioInterval(std::span<const double> firstMs, std::span<const TimingBlock> firstBlocks,
                                           std::span<const double> secondMs, std::span<const TimingBlock> secondBlocks);

}  // namespace condenser
