// 2-d convolution of any kernel, stride, padding and groups, no bias: for the stem, and for whatever has no kernel of
// its own. The pixels under each tap are copied to columns, and the columns multiplied by the weights.
#pragma once

#include <cstddef>
#include <vector>

#include "base/thread_pool.h"
#include "ops/scratch.h"
#include "tensor/view.h"

namespace condenser {

struct Conv2dShape {
    int inputs = 0, outputs = 0, kernel = 3, stride = 1, padding = 1, groups = 1;
    int h = 0, w = 0;  // of the input

    int outH() const { return (h + 2 * padding - kernel) / stride + 1; }
    int outW() const { return (w + 2 * padding - kernel) / stride + 1; }
    int columns() const { return inputs / groups * kernel * kernel; }  // of one group
    std::size_t weights() const { return static_cast<std::size_t>(outputs) * static_cast<std::size_t>(columns()); }
};

// y [N, outputs, outH, outW] = x [N, inputs, h, w] * w [outputs, inputs / groups, kernel, kernel]. Images in parallel;
// `scratch` has one entry a worker. Rows of x and y are contiguous.
void conv2dForward(const Conv2dShape& shape, ConstView x, const float* w, View y, ThreadPool& pool,
                   std::vector<Scratch>& scratch);

// dw += the weights' gradient, always added up in the same order; dx is overwritten, or left out where dx.data is
// nullptr.
void conv2dBackward(const Conv2dShape& shape, ConstView x, const float* w, ConstView dy, float* dw, View dx,
                    ThreadPool& pool, std::vector<Scratch>& scratch);

}  // namespace condenser
