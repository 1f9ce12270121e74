// How many connections are left.
#pragma once

#include "connections/connections_state.h"

namespace condenser {

// Pairs (group, input) of a place.
struct KeptConnections {
    std::int64_t kept = 0, possible = 0;
    int unused = 0;  // inputs that no group here reads; of the whole network: channels that no later layer reads

    double share() const { return possible > 0 ? static_cast<double>(kept) / static_cast<double>(possible) : 0; }
};
KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record,
                                const MapPlace& place);

}  // namespace condenser
