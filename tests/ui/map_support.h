// Small networks with made-up connections, for the tests and measurements of the connection map.
#pragma once

#include <QString>
#include <cmath>
#include <string_view>
#include <vector>

#include "connections/connection_layout.h"
#include "io/connections_file.h"
#include "maps/grids.h"
#include "network/network_spec.h"

namespace condenser::testing {

struct MadeConnections {
    NetworkSpec spec;
    ConnectionLayout layout;
    std::vector<ConnectionsLayer> layers;
    ConnectionsRecord record;

    CellGridPtr networkGrid() const { return condenser::networkGrid(layout, layers, record); }
    CellGridPtr layerGrid(int layer, int nextStage = -1) const {
        return condenser::layerGrid(layout, layers, record, layer, nextStage, spec.condenseFactor);
    }
};

// After `stage` condensing steps: each group reads all inputs but those of a pattern that differs from group to group,
// the same ones in each call.
inline MadeConnections makeConnections(std::string_view model, int stage) {
    MadeConnections made;
    auto spec = parseNetworkSpec(model);
    if (!spec) qFatal("the test's network is not legal");
    made.spec = *spec;
    made.layout = layoutOf(*spec);
    made.record.key.stage = stage;
    made.layers = layersOf(*spec);
    for (int l = 0; l < made.layout.layers(); ++l) {
        const ConnectionsLayer& layer = made.layers[static_cast<std::size_t>(l)];
        LayerConnections connections;
        for (int g = 0; g < layer.groups; ++g) {
            for (int c = 0; c < layer.inputs; ++c) {
                // C neighbours in a row lose one each step, from group to group another one.
                const bool live = (c + g) % spec->condenseFactor >= stage;
                connections.mask.push_back(live ? 1 : 0);
                const double wave = std::abs(std::sin(0.37 * c + 1.9 * g + l));
                connections.importance.push_back(live ? static_cast<float>(0.01 + wave) : 0.0f);
            }
        }
        made.record.layers.push_back(std::move(connections));
    }
    return made;
}

inline constexpr std::string_view kMapModel =
    "condensenet:stages=2-2,growth=4-8,groups=4,condense=4,bottleneck=4,group3x3=4,size=32";

// The last layer unless told otherwise: of 8 + 4 + 4 + 8 inputs.
inline CellGridPtr layerAt(int stage, int layer = 3) {
    return makeConnections(kMapModel, stage).layerGrid(layer);
}

}  // namespace condenser::testing
