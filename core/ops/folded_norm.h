// BN and ReLU as training kernels apply them: the scale moves into the weights, and what is left of both is a
// difference and a maximum.
#pragma once

#include "ops/batch_norm.h"

namespace condenser {

// relu(norm(x)) = scale * max(s * x - bound, 0), with s the sign of the norm's scale.
struct FoldedNorm {
    float mean = 0, bound = 0, scale = 1;  // scale > 0
    float sign = 0;                        // -0.0 where the norm's scale is negative, else 0.0: to be put into x by XOR

    float signedScale() const;
    // Of a tile's sums of signedScale() * g and of signedScale() * g * (x - mean).
    NormSums sumsOf(double gradient, double centred) const;
};

FoldedNorm foldNorm(const NormAffine& norm);

}  // namespace condenser
