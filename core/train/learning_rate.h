#pragma once

#include <cstdint>

namespace condenser {

// Cosine annealing per iteration: 0.5 * rate0 * (1 + cos(pi * t / total)), t from 0.
double cosineRate(double rate0, std::int64_t t, std::int64_t total);

}  // namespace condenser
