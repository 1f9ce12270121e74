#include "connections/overlap.h"

#include <algorithm>

#include "base/check.h"
#include "connections/assignment.h"

namespace condenser {
namespace {

void checkShapes(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b) {
    const std::size_t pairs = static_cast<std::size_t>(layer.groups) * static_cast<std::size_t>(layer.inputs);
    CORE_CHECK(a.mask.size() == pairs && b.mask.size() == pairs);
}

struct GroupPair {
    std::int64_t a = 0, b = 0, both = 0;
};

GroupPair compare(const ConnectionsLayer& layer, const LayerConnections& a, int groupA, const LayerConnections& b,
                  int groupB) {
    const auto row = [&](const LayerConnections& of, int group) {
        return of.mask.data() + static_cast<std::ptrdiff_t>(group) * layer.inputs;
    };
    const std::uint8_t *first = row(a, groupA), *second = row(b, groupB);
    GroupPair pair;
    for (int i = 0; i < layer.inputs; ++i) {
        const bool inA = first[i] != 0, inB = second[i] != 0;
        pair.a += inA ? 1 : 0;
        pair.b += inB ? 1 : 0;
        pair.both += inA && inB ? 1 : 0;
    }
    return pair;
}

}  // namespace

double Overlap::share() const {
    const std::int64_t fewer = std::min(keptA, keptB);
    return fewer > 0 ? static_cast<double>(keptBoth) / static_cast<double>(fewer) : 0;
}

double Overlap::shareByChance() const {
    const std::int64_t fewer = std::min(keptA, keptB);
    return fewer > 0 ? byChance / static_cast<double>(fewer) : 0;
}

Overlap& Overlap::operator+=(const Overlap& other) {
    keptA += other.keptA;
    keptB += other.keptB;
    keptBoth += other.keptBoth;
    possible += other.possible;
    byChance += other.byChance;
    return *this;
}

Overlap overlapOf(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b) {
    checkShapes(layer, a, b);
    Overlap overlap;
    for (int group = 0; group < layer.groups; ++group) {
        const GroupPair pair = compare(layer, a, group, b, group);
        const double chance = static_cast<double>(pair.a) * static_cast<double>(pair.b) / layer.inputs;
        overlap += Overlap{pair.a, pair.b, pair.both, layer.inputs, chance};
    }
    return overlap;
}

LayerConnections groupsOf(const ConnectionsLayer& layer, const LayerConnections& connections,
                          const std::vector<int>& groups) {
    LayerConnections some;
    for (const int group : groups) {
        const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(group) * layer.inputs;
        some.mask.insert(some.mask.end(), connections.mask.begin() + from,
                         connections.mask.begin() + from + layer.inputs);
        some.importance.insert(some.importance.end(), connections.importance.begin() + from,
                               connections.importance.begin() + from + layer.inputs);
    }
    return some;
}

std::vector<int> matchGroups(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b) {
    checkShapes(layer, a, b);
    const int groups = layer.groups;
    std::vector<std::int64_t> both(static_cast<std::size_t>(groups) * static_cast<std::size_t>(groups));
    const auto shared = [&](int inA, int inB) -> std::int64_t& {
        return both[static_cast<std::size_t>(inA) * static_cast<std::size_t>(groups) + static_cast<std::size_t>(inB)];
    };
    for (int i = 0; i < groups; ++i) {
        for (int k = 0; k < groups; ++k) shared(i, k) = compare(layer, a, i, b, k).both;
    }
    return bestAssignment(both, groups);
}

}  // namespace condenser
