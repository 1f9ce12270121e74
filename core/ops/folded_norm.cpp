#include "ops/folded_norm.h"

#include <algorithm>
#include <cmath>

namespace condenser {

FoldedNorm foldNorm(const NormAffine& norm) {
    // A scale so small that no x matters beside the bias: a larger one, which does not matter either, keeps all numbers
    // within what floats can hold. Nothing passes a scale of 0 but a bias.
    constexpr double kLargestBound = 1e20, kLeastScale = 1e-20;
    const double bias = static_cast<double>(norm.bias), mean = static_cast<double>(norm.mean);
    const double scale =
        std::max({std::abs(static_cast<double>(norm.scale)), std::abs(bias) / kLargestBound, kLeastScale});
    const float sign = std::copysign(0.0f, norm.scale);
    const bool closed = norm.scale == 0.0f && norm.bias <= 0.0f;
    const double bound = closed ? HUGE_VAL : (std::signbit(norm.scale) ? -mean : mean) - bias / scale;
    return {norm.mean, static_cast<float>(bound), static_cast<float>(scale), sign};
}

float FoldedNorm::signedScale() const {
    return std::copysign(scale, sign);
}

NormSums FoldedNorm::sumsOf(double gradient, double centred) const {
    const double by = static_cast<double>(signedScale());
    return {gradient / by, centred / by};
}

}  // namespace condenser
