#pragma once

#include <cstdint>

#include "condense/schedule.h"

namespace condenser {

// Cosine annealing per iteration: 0.5 * rate0 * (1 + cos(pi * t / total)), t from 0.
double cosineRate(double rate0, std::int64_t t, std::int64_t total);

// The rate of training step t of `total`: one cosine from rate0 to 0, with Condensing::kOnce one in each half.
double learningRate(Condensing condensing, double rate0, std::int64_t t, std::int64_t total);

}  // namespace condenser
