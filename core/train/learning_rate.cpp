#include "train/learning_rate.h"

#include <cmath>
#include <numbers>

namespace condenser {

double cosineRate(double rate0, std::int64_t t, std::int64_t total) {
    return 0.5 * rate0 * (1.0 + std::cos(std::numbers::pi * static_cast<double>(t) / static_cast<double>(total)));
}

double learningRate(Condensing condensing, double rate0, std::int64_t t, std::int64_t total) {
    if (condensing != Condensing::kOnce) return cosineRate(rate0, t, total);
    const std::int64_t half = secondHalf(total);
    return t < half ? cosineRate(rate0, t, half) : cosineRate(rate0, t - half, total - half);
}

}  // namespace condenser
