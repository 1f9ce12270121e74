// A network small enough to be counted by hand: stem of 4 channels, layers 1.1 (4 inputs), 1.2 (6) and 2.1 (8), each of
// 2 groups of 4 filters.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "connections/connection_layout.h"

namespace condenser::test {

inline NetworkSpec toySpec() {
    return parseNetworkSpec(
               "condensenet:stages=2-1,growth=2-2,groups=2,condense=2,bottleneck=4,group3x3=2,classes=3,"
               "size=8")
        .value();
}

inline std::vector<ConnectionsLayer> toyLayers() {
    return {{"features.denseblock_1.denselayer_1.conv_1", 2, 4, 8},
            {"features.denseblock_1.denselayer_2.conv_1", 2, 6, 8},
            {"features.denseblock_2.denselayer_1.conv_1", 2, 8, 8}};
}

// A row a group, a sign an input: '.' dropped, a digit: its importance.
inline LayerConnections drawn(std::initializer_list<std::string_view> rows) {
    LayerConnections connections;
    for (const std::string_view row : rows) {
        for (const char sign : row) {
            connections.mask.push_back(sign == '.' ? 0 : 1);
            connections.importance.push_back(sign == '.' ? 0.0f : static_cast<float>(sign - '0'));
        }
    }
    return connections;
}

// Channel 1 is read by nobody; channel 5 is read by layer 2.1 alone; channels 8 and 9 can be read by nobody.
inline ConnectionsRecord toyConnections() {
    return {{ConnectionsMoment::kEpochEnd, 1, 10, 1},
            {drawn({"8.4.", "..44"}), drawn({"1.2.4.", "..8.4."}), drawn({"4...88..", "...2.4.8"})}};
}

// The same with a transition of its own: stem of 4 channels, 1.1 and 1.2 make 2 each, T1 makes 4 of those 8, 2.1 reads
// these alone and makes 2.
inline NetworkSpec toyTransitionSpec() {
    NetworkSpec spec = toySpec();
    spec.compression = 0.5;
    return spec;
}

// Channel 6 is read by nobody; channels 8 to 11 are T1's, of which 2.1 leaves out 9; 12 and 13 can be read by nobody.
inline ConnectionsRecord toyTransitionConnections() {
    return {{ConnectionsMoment::kEpochEnd, 1, 10, 1},
            {drawn({"84..", "..44"}), drawn({"1.2.4.", ".48..."}), drawn({"4...8...", "4....2.6"}),
             drawn({"4.8.", "..24"})}};
}

}  // namespace condenser::test
