// The kernels that only training uses, for `check kernels`: convolutions with their norm and ReLU, both ways.
#pragma once

#include <span>

#include "cli/inference_kernel_check.h"

namespace condenser::cli {

std::span<const CheckedKernel> trainingKernels();

}  // namespace condenser::cli
