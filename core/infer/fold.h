// Batch norms of an inference graph: with the running statistics each is a scale and a shift a channel.
#pragma once

#include <cmath>

#include "layers/batch_norm_layer.h"

namespace condenser {

// A channel of a norm as scale * x + shift; in double, so that what it is folded into is rounded once.
struct Affine {
    double scale = 1, shift = 0;
};

inline Affine affineOf(const BatchNorm& norm, int channel) {
    const auto c = static_cast<std::size_t>(channel);
    const double scale =
        static_cast<double>(norm.weight[c]) / std::sqrt(static_cast<double>(norm.runningVar[c]) + kBatchNormEpsilon);
    return {scale, static_cast<double>(norm.bias[c]) - static_cast<double>(norm.runningMean[c]) * scale};
}

}  // namespace condenser
