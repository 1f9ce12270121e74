// The two matrix products that all convolutions here come down to. A "plane" is a run of floats: a feature map, a map
// shifted by a tap of a 3x3 kernel, a row of a matrix. Matrices of planes are tables of pointers, so that gathering
// (index layers), concatenation and channel shuffle cost nothing: they are a choice of pointers.
#pragma once

#include <cstddef>

namespace condenser {

// Outputs that a tile of planeGemm computes at once.
constexpr int kGemmRows = 4;

// Floats of packed weights for `rows` outputs over `inputs` inputs.
constexpr std::size_t packedWeightFloats(int rows, int inputs) {
    return static_cast<std::size_t>((rows + kGemmRows - 1) / kGemmRows) * kGemmRows * static_cast<std::size_t>(inputs);
}

// Packs weights for planeGemm: weight(m, k) = w[m * rowStep + k * columnStep].
void packMatrix(const float* w, std::ptrdiff_t rowStep, int rows, std::ptrdiff_t columnStep, int inputs, float* packed);

// y[m][p] = sum over k of weight(m, k) * x[k][p], or += if `accumulate`, for m < rows, p < pixels.
//   x [inputs] planes, any alignment; y [rows] planes, none overlapping an x.
// `pixels` is rounded up to a multiple of 16: that many floats of each plane are read and written.
void planeGemm(const float* packed, int rows, const float* const* x, int inputs, float* const* y, int pixels,
               bool accumulate);

// dw[m * rowStride + k] += sum over segments s and p < pixels of y[s * rows + m][p] * x[s * columns + k][p].
// A segment is an image: the tables hold one run of pointers after the other. Exactly `pixels` floats are read.
void planeDot(const float* const* y, int rows, const float* const* x, int columns, int segments, int pixels, float* dw,
              std::ptrdiff_t rowStride);

}  // namespace condenser
