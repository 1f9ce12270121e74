// Whether two networks, or one at two times, kept the same connections.
#pragma once

#include <cstdint>
#include <vector>

#include "io/connections_file.h"

namespace condenser {

// Pairs (group, input) of one layer or of several.
struct Overlap {
    std::int64_t keptA = 0, keptB = 0, keptBoth = 0, possible = 0;
    // What chance alone would have in common: each group keeps as many inputs as it does, picked blindly.
    double byChance = 0;

    // Of what the one that keeps fewer keeps, how much the other keeps too. 0 where one keeps nothing.
    double share() const;
    double shareByChance() const;
    Overlap& operator+=(const Overlap& other);
};

// Groups are compared by their numbers. `a` and `b` must be of a layer of this shape.
Overlap overlapOf(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b);

// The groups named, in that order, as a layer of their own.
LayerConnections groupsOf(const ConnectionsLayer& layer, const LayerConnections& connections,
                          const std::vector<int>& groups);

// Groups of different runs have no common numbering: for each group of `a` (from 0), the group of `b` that shares most
// with it, each taken once, chosen so that the sum is largest; where that makes no difference, numbers stay as they
// are.
std::vector<int> matchGroups(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b);

}  // namespace condenser
