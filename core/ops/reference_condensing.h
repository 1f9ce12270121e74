// Condensing as a textbook writes it (paper, section 3; the public reference's rules, golden data): importance, which
// inputs a step drops, the group lasso, and what conversion keeps. The conventions of reference.h hold.
//
// A learned 1x1 convolution has a weight and a mask [O, I]; group g of G owns the filters g, g + G, g + 2G, ...
#pragma once

#include <cstdint>
#include <vector>

#include "ops/reference.h"

namespace condenser::reference {

// The condensing step that `progress` (0..1 of the whole training) calls for: the smallest s in 0..C-2 with
// 2 * progress < (s + 1) / (C - 1), else C - 1.
int condensingStage(double progress, int condenseFactor);

// [G, I]: sum over the group's filters of |weight * mask|.
Array importance(const Array& weight, const Array& mask, int groups);

// [G][portion]: the inputs that a step drops. Each group's inputs are sorted by importance, ascending, of equals the
// lower channel first; those at positions count .. count + portion - 1 go, where count is how many were dropped so far.
// (Inputs dropped before have importance 0 and stand first, unless live ones are all zero too.)
std::vector<std::vector<int>> inputsToDrop(const Array& weight, const Array& mask, int groups, int count, int portion);

// Zeroes the mask for those inputs in all filters of their group.
void drop(const std::vector<std::vector<int>>& inputs, Array& mask);

// Whether the group lasso still acts on a layer at `stage`: until the last step, C - 1; in the public reference
// (quirks) until G - 1.
bool lassoActive(int stage, int groups, int condenseFactor, bool quirks);

struct Lasso {
    double value = 0;  // sum over (group, input) of sqrt(max(sum over the group's filters of (weight * mask)^2, 1e-6))
    Array dweight;     // weight * mask / that root; 0 where the 1e-6 took over
};
Lasso groupLasso(const Array& weight, const Array& mask, int groups);

// Group-major, `perGroup` entries a group: its first live inputs, in ascending order.
std::vector<std::int64_t> conversionIndex(const Array& mask, int groups, int perGroup);
// [O, perGroup]: row g * (O / G) + k is the original row k * G + g at the inputs that the index keeps for group g.
Array convertedWeight(const Array& weight, const std::vector<std::int64_t>& index, int groups);

// The `keep` inputs of a linear layer [O, I] with the largest sum over outputs of |weight|, ascending by that sum.
std::vector<std::int64_t> classifierIndex(const Array& weight, int keep);

}  // namespace condenser::reference
