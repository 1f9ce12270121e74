// Average pooling, one plane at a time.
#pragma once

#include "ops/batch_norm.h"

namespace condenser {

// 2x2, stride 2, floor: y [h/2, w/2] from x [h, w]; a last odd row or column is left out. Rows contiguous.
void averagePool2Forward(PlaneShape input, const float* x, float* y);
// dx [h, w] from dy [h/2, w/2], overwritten; 0 where the pooling left a row or column out.
void averagePool2Backward(PlaneShape input, const float* dy, float* dx);

// The mean of max((x - mean) * scale + bias, 0) over `count` floats: the network's last norm, ReLU and pooling in one.
float normReluAverage(const float* x, int count, const NormAffine& norm);

}  // namespace condenser
