// What the layers are called in state dicts, in the public reference's words.
#pragma once

#include <string>

namespace condenser {

// "features.denseblock_1.denselayer_1", both counted from 0 here: its convolutions are ".conv_1" and ".conv_2".
inline std::string denseLayerName(int block, int layer) {
    return "features.denseblock_" + std::to_string(block + 1) + ".denselayer_" + std::to_string(layer + 1);
}

// "features.transition_1", behind block 0: its convolution, where it has one, is ".conv".
inline std::string transitionName(int block) {
    return "features.transition_" + std::to_string(block + 1);
}

}  // namespace condenser
