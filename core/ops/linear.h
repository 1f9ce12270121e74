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

// dx [rows, inputs] overwritten; dw and dbias added to.
void linearBackward(const LinearShape& shape, const float* x, const float* w, const float* dy, float* dx, float* dw,
                    float* dbias, Scratch& scratch);

}  // namespace condenser
