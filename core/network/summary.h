// What a network costs, counted from its spec alone: multiply-adds and parameters, per layer and in all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "network/network_spec.h"

namespace condenser {

// kDense: as trained, all connections. kLearned: a learned convolution counted at 1/C, as the public reference reports
// before conversion. kCondensed: after conversion.
enum class CountingMode { kDense, kLearned, kCondensed };

struct LayerSummary {
    std::string name;                                    // "features.denseblock_1.denselayer_1.conv_1.conv"
    std::string op;                                      // "conv", "bn", "relu", "pool", "linear"
    int channels = 0, height = 0, width = 0;             // of the output
    int inputs = 0, kernel = 0, groups = 0, stride = 0;  // of a convolution
    std::int64_t macs = 0;  // multiply-adds of convolutions and linear layers, without biases
    std::int64_t params = 0;
    std::int64_t refOps = 0;  // the reference's count: + ReLU inputs, pooling, linear biases
};

struct NetworkSummary {
    std::vector<LayerSummary> layers;
    std::int64_t macs = 0, params = 0, refFlops = 0;
};

// `classifierKeep` (0..1] acts in kCondensed only: the share of the classifier's inputs that is kept.
NetworkSummary summarize(const NetworkSpec& spec, CountingMode mode, double classifierKeep = 1.0);

}  // namespace condenser
