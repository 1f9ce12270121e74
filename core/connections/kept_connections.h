// How many connections are left.
#pragma once

#include <cstdint>
#include <vector>

#include "connections/connection_layout.h"

namespace condenser {

// Pairs (group, input).
struct KeptConnections {
    std::int64_t kept = 0, possible = 0;
    int unused = 0;  // inputs that no group here reads; of a whole network: channels that no layer reads

    double share() const { return possible > 0 ? static_cast<double>(kept) / static_cast<double>(possible) : 0; }
};

// Of a layer, or of one of its groups.
KeptConnections keptConnections(const ConnectionsLayer& layer, const LayerConnections& connections, int group = -1);
// Of all layers of a network; `unused` counts the channels that no layer reads any more, of those that one could.
KeptConnections keptConnections(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                const ConnectionsRecord& record);

}  // namespace condenser
