// The fully connected layer, on row-major matrices.
#pragma once

#include "ops/scratch.h"

namespace condenser {

struct LinearShape {
    int rows = 0;  // of x: images
    int inputs = 0;
    int outputs = 0;
};

// y [rows, outputs] = x [rows, inputs] * w [outputs, inputs]^T + bias [outputs].
void linearForward(const LinearShape& shape, const float* x, const float* w, const float* bias, float* y,
                   Scratch& scratch);

// The same for inference, without packing or scratch: outputs first..last-1 of every row of y, then max(., 0) if
// `relu`. `w` is streamed once for any few rows. An element has the same bits whatever else is computed with it, so
// that threads may share the outputs, and a batch gives what its images give alone.
void linearRows(const LinearShape& shape, const float* x, const float* w, const float* bias, bool relu, float* y,
                int first, int last);

// dx [rows, inputs] overwritten; dw and dbias added to.
void linearBackward(const LinearShape& shape, const float* x, const float* w, const float* dy, float* dx, float* dw,
                    float* dbias, Scratch& scratch);

}  // namespace condenser
