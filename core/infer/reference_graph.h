// A graph as its definitions in graph.h read: plain loops over doubles, no cleverness. Tests hold the plan to it.
#pragma once

#include <vector>

#include "infer/graph.h"
#include "tensor/view.h"

namespace condenser {

// x [N, 3, H, W], normalised, of the graph's size -> logits [N, classes], row-major. Everything between is kept in
// double; only the logits are rounded. One thread; every map of the graph in memory at once.
std::vector<float> referenceLogits(const Graph& graph, ConstView x);

}  // namespace condenser
