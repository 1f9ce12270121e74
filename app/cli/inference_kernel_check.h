// The kernels that only inference uses, for `check kernels`.
#pragma once

#include <span>

#include "base/rng.h"
#include "base/thread_pool.h"

namespace condenser::cli {

class Comparison;

// A kernel's name in the table, and its check on the instruction set in force.
struct CheckedKernel {
    const char* name;
    void (*check)(Comparison& comparison, Rng& rng, ThreadPool& pool);
};

std::span<const CheckedKernel> inferenceKernels();

}  // namespace condenser::cli
