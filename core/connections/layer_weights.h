// The weights of one dense layer or transition, where a model file has them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "connections/connection_layout.h"
#include "io/model_file.h"

namespace condenser {

struct LayerWeights {
    int groups = 0, inputs = 0, outputs = 0;  // of the 1x1 convolution
    // [outputs, inputs], row-major in the order of the inputs, whatever form the file has; 0 where dropped. Group g
    // owns the rows g, g + G, ... (interleaved).
    std::vector<float> pointwise;
    std::vector<std::uint8_t> mask;  // [groups, inputs]

    int groups3x3 = 0, channels3x3 = 0;  // of the 3x3: its groups, its outputs (growth); a transition has none: 0
    std::vector<float> filters;          // [channels3x3, outputs / groups3x3, 3, 3]
};

// `layer`: from 0, as in the layout, which must be the one of the model's spec. Dense and condensed files alike. Fails
// where a tensor is missing, of another shape than the spec says, or not of finite numbers alone.
Result<LayerWeights> layerWeights(const ModelFile& model, const ConnectionLayout& layout, int layer);

// A model file as connections.bin would list it: its layers, and masks and importances of now. Of the key only the
// stage is known; epoch and step are 0.
struct ModelConnections {
    std::vector<ConnectionsLayer> layers;
    ConnectionsRecord record;
};
Result<ModelConnections> connectionsOf(const ModelFile& model);

}  // namespace condenser
