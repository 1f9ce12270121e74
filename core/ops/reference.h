// Every operator as a textbook writes it: plain loops over doubles, no cleverness. Tests and `check kernels` hold the
// fast kernels to these; nothing else uses them.
//
// Arrays are [N, C, H, W], packed and row-major. A matrix [N, C] has H = W = 1; convolution weights are [O, I/G, K, K];
// what has one value per channel is a std::vector. A letter d before a name means the gradient of the loss by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tensor/view.h"

namespace condenser::reference {

struct Array {
    int n = 0, c = 0, h = 1, w = 1;
    std::vector<double> values;  // n * c * h * w, 0 when made

    Array() = default;
    Array(int n, int c, int h = 1, int w = 1);
    Array(int n, int c, int h, int w, std::span<const float> packed);
    explicit Array(ConstView view);

    double& at(int image, int channel, int y = 0, int x = 0) { return values[offset(image, channel, y, x)]; }
    double at(int image, int channel, int y = 0, int x = 0) const { return values[offset(image, channel, y, x)]; }
    // As packed floats.
    std::vector<float> toFloats() const;

  private:
    std::size_t offset(int image, int channel, int y, int x) const;
};

// ---- batch norm ---------------------------------------------------------------------------------------------------

// Per channel. The variance is the biased one: divided by `count`, the values in a channel.
struct Statistics {
    std::vector<double> mean, variance;
    int count = 0;

    // 1 / sqrt(variance + epsilon)
    double inverseDeviation(int channel) const;
};

Statistics batchStatistics(const Array& x);
// running = 0.9 * running + 0.1 * batch, where the batch's variance is the unbiased one: divided by count - 1 (> 0).
void updateRunning(const Statistics& batch, Statistics& running);

// y = (x - mean) / sqrt(variance + epsilon) * weight + bias; training gives the batch's statistics, evaluation the
// running ones.
Array batchNormForward(const Array& x, const Statistics& statistics, std::span<const double> weight,
                       std::span<const double> bias);

struct BatchNormGradients {
    Array dx;
    std::vector<double> dweight, dbias;
};
// In training the statistics depend on x, and dx has the terms through them; in evaluation they are constants.
BatchNormGradients batchNormBackward(const Array& x, const Statistics& statistics, std::span<const double> weight,
                                     const Array& dy, bool training);

// ---- the rest of a layer ------------------------------------------------------------------------------------------

// y = 0 where x < 0, else x: a -0 stays, and so does a NaN.
Array reluForward(const Array& x);
// 0 where x is 0 or -0.
Array reluBackward(const Array& x, const Array& dy);

// Cross-correlation with zero padding, no bias: y [N, O, OH, OW], OH = (H + 2 * padding - K) / stride + 1.
struct Conv2d {
    int stride = 1, padding = 0, groups = 1;
};
Array conv2dForward(const Conv2d& conv, const Array& x, const Array& weight);
// dx, for an x of h x w.
Array conv2dBackwardData(const Conv2d& conv, const Array& weight, const Array& dy, int h, int w);
// dw, for a K x K kernel.
Array conv2dBackwardWeight(const Conv2d& conv, const Array& x, const Array& dy, int kernel);

// y[n, j] = x[n, index[j]]: a channel may be taken several times, or never.
Array gatherForward(const Array& x, std::span<const std::int64_t> index);
// dx of `channels` channels: what was taken several times adds up.
Array gatherBackward(const Array& dy, std::span<const std::int64_t> index, int channels);

// Output channel k * groups + g is input channel g * (C / groups) + k.
Array shuffleForward(const Array& x, int groups);
Array shuffleBackward(const Array& dy, int groups);

// Average over 2x2 pixels; a last odd row or column is left out.
Array avgPool2Forward(const Array& x);
Array avgPool2Backward(const Array& dy, int h, int w);

// Average over the whole map: [N, C].
Array globalPoolForward(const Array& x);
Array globalPoolBackward(const Array& dy, int h, int w);

// y = x W^T + bias, W [O, I].
Array linearForward(const Array& x, const Array& weight, std::span<const double> bias);
struct LinearGradients {
    Array dx, dweight;
    std::vector<double> dbias;
};
LinearGradients linearBackward(const Array& x, const Array& weight, const Array& dy);

// ---- whole 1x1 layers ---------------------------------------------------------------------------------------------

// Batch norm, ReLU, convolution.
struct NormReluConv {
    std::vector<double> normWeight, normBias;
    Array weight;
    Conv2d conv;
};
struct NormReluConvGradients {
    Array dx, dweight;
    std::vector<double> dnormWeight, dnormBias;
};
Array normReluConvForward(const NormReluConv& layer, const Array& x, const Statistics& statistics);
NormReluConvGradients normReluConvBackward(const NormReluConv& layer, const Array& x, const Statistics& statistics,
                                           const Array& dy, bool training);

// Paper, section 3.1: the same with weight * mask; masked weights get no gradient. mask has the shape of the weight.
Array learnedGroupConvForward(const NormReluConv& layer, const Array& mask, const Array& x,
                              const Statistics& statistics);
NormReluConvGradients learnedGroupConvBackward(const NormReluConv& layer, const Array& mask, const Array& x,
                                               const Statistics& statistics, const Array& dy, bool training);

// The converted layer: gather, batch norm, ReLU, grouped convolution, shuffle. The statistics are those of the
// gathered channels.
Array condensedConvForward(const NormReluConv& layer, std::span<const std::int64_t> index, const Array& x,
                           const Statistics& statistics);
NormReluConvGradients condensedConvBackward(const NormReluConv& layer, std::span<const std::int64_t> index,
                                            const Array& x, const Statistics& statistics, const Array& dy,
                                            bool training);

// ---- loss and update ----------------------------------------------------------------------------------------------

struct Loss {
    double value = 0;                      // mean over the batch of -log softmax(logits)[target]
    Array dlogits;                         // [N, classes]
    std::vector<std::uint8_t> top1, top5;  // per image: 1 if the target is among the largest 1 or 5 logits
};
// Of equal logits the lower class ranks first.
Loss softmaxCrossEntropy(const Array& logits, std::span<const std::int64_t> target);

// d = gradient + weightDecay * p; buffer = d at the first step, else momentum * buffer + d;
// p -= learningRate * (d + momentum * buffer).
struct Sgd {
    double learningRate = 0.1, momentum = 0.9, weightDecay = 1e-4;
    bool firstStep = false;
};
void sgdStep(const Sgd& sgd, std::span<const double> gradient, std::span<double> parameter, std::span<double> buffer);

}  // namespace condenser::reference
