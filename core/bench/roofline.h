// The shortest time that a layer can take on this machine: its arithmetic at the peak, or its data through the memory,
// whichever takes longer (Williams, Waterman, Patterson: Roofline, 2009).
#pragma once

#include <span>

#include "bench/peak.h"
#include "infer/plan.h"

namespace condenser {

// Seconds for `batch` images. The data come from the smallest memory that holds all of them.
double limitSeconds(const PlanLayer& layer, int batch, const Peak& peak);
// One layer after the other.
double limitSeconds(std::span<const PlanLayer> layers, int batch, const Peak& peak);

}  // namespace condenser
