// Average and maximum pooling, one plane at a time. Rows are contiguous.
#pragma once

#include "ops/batch_norm.h"

namespace condenser {

// Both forward poolings read up to 16 floats behind x, which do not matter, and write y up to a multiple of 16 floats.

// 2x2, stride 2, floor: y [h/2, w/2] from x [h, w]; a last odd row or column is left out.
void averagePool2Forward(PlaneShape input, const float* x, float* y);
// dx [h, w] from dy [h/2, w/2], overwritten; 0 where the pooling left a row or column out.
void averagePool2Backward(PlaneShape input, const float* dy, float* dx);

// y [outH, outW], outH = (h + 2 * padding - kernel) / stride + 1: the largest value of each kernel x kernel window that
// lies in the map (at least one does: 2 * padding <= kernel), or NaN if there is one. Quick for kernel 2, stride 2, no
// padding and for kernel 3, stride 2, padding 1.
void maxPoolForward(PlaneShape input, int kernel, int stride, int padding, const float* x, float* y);

// The mean of `count` floats.
float planeAverage(const float* x, int count);
// The mean of max((x - mean) * scale + bias, 0) over `count` floats: the network's last norm, ReLU and pooling in one.
float normReluAverage(const float* x, int count, const NormAffine& norm);

}  // namespace condenser
