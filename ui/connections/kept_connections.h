// How many connections are left.
#pragma once

#include "connections/connections_source.h"

namespace condenser {

// Pairs (group, input).
struct KeptConnections {
    std::int64_t kept = 0, possible = 0;
    int unused = 0;  // inputs that no group here reads; of the whole network: channels that no later layer reads

    double share() const { return possible > 0 ? static_cast<double>(kept) / static_cast<double>(possible) : 0; }
};

// Of a layer (from 0), or of one of its groups.
KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record, int layer,
                                int group = -1);
// Of all layers; `unused` counts the channels that no layer reads any more, of those that one could.
KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record);

}  // namespace condenser
