// Every kernel of core/ops held to the plain reference (ops/reference.h).
#pragma once

#include <string>
#include <vector>

#include "base/thread_pool.h"

namespace condenser::cli {

struct KernelCheck {
    std::string kernel;      // "planeGemm"
    std::string target;      // the instruction set, "AVX2"
    int cases = 0;           // shapes tried
    double worst = 0;        // the largest error as a share of what rounding allows
    std::string difference;  // the first value that is further off; empty if none is
};

// All kernels on the instruction set in force, on random numbers and odd shapes. What is allowed is computed, not
// guessed: a float sum of n products, added up in any order, is off by at most n u / (1 - n u) times the sum of their
// absolute values, u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, chapter 3).
std::vector<KernelCheck> checkKernels(ThreadPool& pool);

}  // namespace condenser::cli
