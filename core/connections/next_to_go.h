// What the next condensing step would take if it came now, and how close the call is.
#pragma once

#include <vector>

#include "io/connections_file.h"

namespace condenser {

struct NextToGo {
    int input = 0;  // of the layer, from 0
    // How far its importance lies below that of the group's weakest input that would stay, as a share of the latter:
    // 0 is a draw, 1 is certain.
    double margin = 0;
};

// Per group, in the order in which they would go (ascending importance; ties: the lower input first), by the rule of
// condenseLayer with the corrected rules (paper, section 3.2). `stage`: condensing steps done. Empty lists once all are
// done. A record's importances are rounded to float: two inputs closer than that are a draw here.
std::vector<std::vector<NextToGo>> nextToGo(const ConnectionsLayer& layer, const LayerConnections& connections,
                                            int stage, int condenseFactor);

}  // namespace condenser
