// Depthwise 3x3 convolution, one plane at a time.
#pragma once

namespace condenser {

// A plane of h x w, padded by a frame of zeros one pixel wide. stride: 1 or 2.
struct DepthwiseShape {
    int h = 0, w = 0;
    int stride = 1;

    int outH() const { return stride == 1 ? h : (h + 1) / 2; }
    int outW() const { return stride == 1 ? w : (w + 1) / 2; }
};

// y [outH, outW] = act(bias + the 3x3 window of x [h, w] times `weights`, row-major), act = max(., 0) if `relu`. Rows
// are contiguous. Up to 16 floats behind x are read, and do not matter; y is written up to a multiple of 16 floats.
void depthwise3x3(const DepthwiseShape& shape, const float* x, const float* weights, float bias, bool relu, float* y);

// Rows first..last-1 of the same y, bit by bit, and, unless last is outH(), nothing behind them: threads may share a
// plane.
void depthwise3x3Rows(const DepthwiseShape& shape, const float* x, const float* weights, float bias, bool relu,
                      float* y, int first, int last);

}  // namespace condenser
