// The pieces of batch normalisation with ReLU, one plane at a time, so that a layer can fuse them with what comes
// before and after. Statistics of a feature are the same for every layer that reads it; only scale and bias differ
// (batch statistics computed once, normalised copies recomputed).
//
// A reader sees a = relu((x - mean) * scale + bias), with scale = weight / sqrt(variance + epsilon).
#pragma once

#include <cstddef>
#include <cstdint>

namespace condenser {

constexpr double kBatchNormEpsilon = 1e-5;  // inside the root
constexpr double kBatchNormMomentum = 0.1;  // running = 0.9 * running + 0.1 * batch

// H x W floats whose rows lie `stride` floats apart.
struct PlaneShape {
    int h = 0, w = 0;
};

// Count, mean and sum of squared distances from the mean; two sets merge without losing precision, however large the
// mean is beside the spread (Chan, Golub, LeVeque 1979).
struct Moments {
    std::int64_t count = 0;
    double mean = 0;
    double squares = 0;

    void merge(const Moments& other);
    double variance() const { return squares / static_cast<double>(count); }              // biased
    double unbiasedVariance() const { return squares / static_cast<double>(count - 1); }  // count > 1
};

// Of `count` floats that lie one behind the other.
Moments planeMoments(const float* x, int count);

struct NormAffine {
    float mean = 0, scale = 1, bias = 0;
};
// The affine form of a batch norm for one channel.
NormAffine normAffine(double mean, double variance, float weight, float bias);

// y = (x - mean) * scale + bias, then max(y, 0) if `relu`. Exactly the h x w floats of y are written.
void normForward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const NormAffine& norm, bool relu, float* y,
                 std::ptrdiff_t yStride);

// What one plane adds to the gradients of weight and bias: sums over g, the gradient behind the ReLU.
struct NormSums {
    double gradient = 0;  // sum of g                 (the gradient of bias)
    double centred = 0;   // sum of g * (x - mean)    (times 1 / sqrt(variance + epsilon): the gradient of weight)
};

// g = da where the ReLU let x through (everywhere if not `relu`), else 0; dx = scale * g, or dx += scale * g if
// `accumulate`. In training mode this lacks the terms through the batch's mean and variance: normCorrect.
// The gradient of ReLU at 0 is 0.
NormSums normBackward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const float* da,
                      std::ptrdiff_t daStride, const NormAffine& norm, bool relu, bool accumulate, float* dx,
                      std::ptrdiff_t dxStride);

// The terms through the batch's statistics, which all readers of a feature share: the gradient as the readers leave it
// lacks them, gradient - (a + b * (value - mean)) is whole, with
//   a = sum over readers of scale * mean(g),
//   b = sum over readers of scale * mean(g * (x - mean)) / (variance + epsilon).
struct GradientCorrection {
    float mean = 0, a = 0, b = 0;
};
// Applies them: `count` floats that lie one behind the other.
void normCorrect(const float* x, int count, const GradientCorrection& correction, float* dx);

}  // namespace condenser
