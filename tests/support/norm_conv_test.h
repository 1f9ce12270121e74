// For tests that hold BN -> ReLU -> convolution layers and their kernels to the reference: inputs away from the ReLU's
// kink, and how far results computed in floats may be off. First-order error analysis; every term is named where it is
// added.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "ops/batch_norm.h"
#include "ops/gradient_chunks.h"
#include "ops/reference.h"
#include "support/kernel_test.h"

namespace condenser::test {

// Largest allowed distance from the reference, element by element.
struct NormConvAllowance {
    Array y, dx, dweight;
    std::vector<double> dnormWeight, dnormBias;
};

// How exact the numbers are that the kernels get, and how long they sum in floats.
struct NormConvErrors {
    std::vector<double> mean;       // of each channel: how far off
    std::vector<double> deviation;  // the same for 1 / deviation, as a share of it
    int lanePixels = 0;             // pixels over which the norm's gradients are summed in floats: those of a chunk
    Array dy;                       // how far off; empty if it is exact
    // Products that are summed for an output, and for an input's gradient; 0: all of the weight's.
    int products = 0, reach = 0;
};

// Pixels of the largest chunk of a batch.
inline int chunkPixels(const Array& x) {
    const int chunks = chunkCount(x.n);
    return (x.n + chunks - 1) / chunks * x.h * x.w;
}

// A layer's mean and deviation, rounded to float. The batch's are summed in floats, plane by plane.
inline NormConvErrors layerErrors(const Array& x, const reference::Statistics& statistics, bool training) {
    NormConvErrors errors;
    const int pixels = x.h * x.w;
    for (int c = 0; c < x.c; ++c) {
        double low = x.at(0, c), high = low;
        for (int n = 0; n < x.n; ++n)
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) {
                    low = std::min(low, x.at(n, c, j, i));
                    high = std::max(high, x.at(n, c, j, i));
                }
        const auto channel = static_cast<std::size_t>(c);
        errors.mean.push_back(kUnitRoundoff * std::abs(statistics.mean[channel]) +
                              (training ? sumError(pixels) * (high - low) : 0));
        errors.deviation.push_back(kUnitRoundoff + (training ? sumError(pixels + 3) : 0));
    }
    errors.lanePixels = chunkPixels(x);
    return errors;
}

inline NormConvAllowance allowanceOf(const reference::NormReluConv& layer, const Array& x,
                                     const reference::Statistics& statistics, const Array& dy, bool training,
                                     const NormConvErrors& errors) {
    const double u = kUnitRoundoff;
    const Array weight = absolute(layer.weight), gradient = absolute(dy);
    const Array pre = reference::batchNormForward(x, statistics, layer.normWeight, layer.normBias);
    const int count = x.n * x.h * x.w, lanePixels = errors.lanePixels;
    const int taps = layer.weight.h * layer.weight.w;
    const int products = errors.products > 0 ? errors.products : layer.weight.c * taps;
    const int reach = errors.reach > 0 ? errors.reach : layer.weight.n / layer.conv.groups * taps;

    NormConvAllowance allowed;
    Array activation(x.n, x.c, x.h, x.w);  // error of what the convolution reads, its own rounding included
    Array activationInSums = activation;   // the same for the long sums of the weights' gradient
    const Array activated = reference::reluForward(pre);
    const auto passedBack = [&](const Array& w, const Array& g) {
        return reference::reluBackward(pre, reference::conv2dBackwardData(layer.conv, w, g, x.h, x.w));
    };
    const Array passed = passedBack(layer.weight, dy), passedScale = passedBack(weight, gradient);
    // Weights are multiplied by the scale and rounded, then the products summed.
    Array passedError = passedScale;
    for (double& value : passedError.values) value *= sumError(reach) + u;
    if (errors.dy.n != 0) {
        const Array more = passedBack(weight, errors.dy);
        for (std::size_t i = 0; i < more.values.size(); ++i) passedError.values[i] += more.values[i];
    }
    allowed.dx = Array(x.n, x.c, x.h, x.w);
    for (int c = 0; c < x.c; ++c) {
        const auto channel = static_cast<std::size_t>(c);
        const double meanError = errors.mean[channel], deviationError = errors.deviation[channel];
        const double inverse = statistics.inverseDeviation(c), scale = std::abs(layer.normWeight[channel]) * inverse;
        const double bias = std::abs(layer.normBias[channel]), mean = std::abs(statistics.mean[channel]);
        // foldNorm takes this for a scale that is too small beside the bias, or 0.
        const double enlarged = std::max({bias * 1e-20, 1e-20, scale}) - scale;
        double biasError = 0, weightError = 0, sum = 0, sumCentred = 0;
        const auto forEach = [&](auto visit) {
            for (int n = 0; n < x.n; ++n)
                for (int j = 0; j < x.h; ++j)
                    for (int i = 0; i < x.w; ++i) visit(n, j, i);
        };
        const auto distance = [&](int n, int j, int i) {
            return std::abs(x.at(n, c, j, i) - statistics.mean[channel]);
        };
        forEach([&](int n, int j, int i) {
            const double far = distance(n, j, i), normalized = far * inverse, value = activated.at(n, c, j, i);
            if (value > 0) {
                double error = scale * meanError + scale * far * deviationError;  // mean and scale as they come
                error += enlarged * far;
                error += u * ((scale + enlarged) * mean + bias);  // the bound, mean - bias / scale, is rounded
                error += u * value;                               // and so is the difference from it
                // The weights are multiplied by the scale beforehand, their gradient behind.
                activation.at(n, c, j, i) = error + (u + sumError(products)) * value;
                activationInSums.at(n, c, j, i) = error + (u + sumError(count)) * value;
            }
            const double g = std::abs(passed.at(n, c, j, i)), gError = passedError.at(n, c, j, i);
            // Lanes sum over all images of a chunk.
            biasError += gError + sumError(lanePixels) * g;
            weightError += gError * normalized + g * inverse * meanError +
                           g * normalized * (deviationError + sumError(lanePixels + 1));
            sum += passed.at(n, c, j, i);
            sumCentred += passed.at(n, c, j, i) * (x.at(n, c, j, i) - statistics.mean[channel]) * inverse;
        });
        allowed.dnormBias.push_back(biasError + u * std::abs(sum));
        allowed.dnormWeight.push_back(weightError + u * std::abs(sumCentred));
        forEach([&](int n, int j, int i) {
            const double g = std::abs(passed.at(n, c, j, i)), far = distance(n, j, i) * inverse;
            double error = passedError.at(n, c, j, i), share = deviationError, size = g;
            if (training) {
                error +=
                    biasError / count + far * weightError / count + inverse * meanError * std::abs(sumCentred) / count;
                size += std::abs(sum) / count + far * std::abs(sumCentred) / count;
                // The correction's factors, its distance, product and sum, and what it leaves are rounded; its product
                // has the deviation once more.
                share += deviationError + 5 * u;
            }
            allowed.dx.at(n, c, j, i) = scale * (error + share * size) + enlarged * (g + passedError.at(n, c, j, i));
        });
    }
    allowed.y = reference::conv2dForward(layer.conv, activation, weight);
    allowed.dweight = reference::conv2dBackwardWeight(layer.conv, activationInSums, gradient, layer.weight.h);
    if (errors.dy.n != 0) {
        const Array more = reference::conv2dBackwardWeight(layer.conv, activated, errors.dy, layer.weight.h);
        for (std::size_t i = 0; i < more.values.size(); ++i) allowed.dweight.values[i] += more.values[i];
    }
    return allowed;
}

// Of a layer, which makes mean and deviation itself.
inline NormConvAllowance allowanceOf(const reference::NormReluConv& layer, const Array& x,
                                     const reference::Statistics& statistics, const Array& dy, bool training) {
    return allowanceOf(layer, x, statistics, dy, training, layerErrors(x, statistics, training));
}

// Moves values of x until no pre-activation lies so near 0 that rounding, or a step of `margin`, could decide what the
// ReLU does. `statisticsOf(x)` gives the statistics in force.
template <class StatisticsOf>
void avoidKinks(const reference::NormReluConv& layer, Array& x, const StatisticsOf& statisticsOf,
                double margin = 2e-4) {
    for (bool moved = true; moved;) {
        moved = false;
        const Array pre = reference::batchNormForward(x, statisticsOf(x), layer.normWeight, layer.normBias);
        const std::size_t pixels = static_cast<std::size_t>(x.h * x.w), channels = static_cast<std::size_t>(x.c);
        for (std::size_t i = 0; i < x.values.size(); ++i) {
            // Behind a scale of 0 all values are the bias, exactly.
            if (std::abs(pre.values[i]) >= margin || layer.normWeight[i / pixels % channels] == 0) continue;
            x.values[i] = static_cast<double>(static_cast<float>(x.values[i] + 0.01));
            moved = true;
        }
    }
}

inline void poison(View view) {
    for (int n = 0; n < view.n; ++n) {
        for (int c = 0; c < view.c; ++c) std::fill(view.plane(n, c), view.plane(n, c) + view.strideC, kPoison);
    }
}

inline bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

// Where a channel's moments leave the reference's; empty if nowhere. y is what was measured: each image's moments are
// sums of its pixels' distances from its first one, and of their squares.
inline std::string differenceOfMoments(const Moments& got, const Array& y, int channel,
                                       const reference::Statistics& expected) {
    const int pixels = y.h * y.w, count = y.n * pixels;
    double far = 0, farSquared = 0, largest = 0;
    for (int n = 0; n < y.n; ++n) {
        for (int j = 0; j < y.h; ++j) {
            for (int i = 0; i < y.w; ++i) {
                const double value = y.at(n, channel, j, i), distance = value - y.at(n, channel);
                far += std::abs(distance);
                farSquared += distance * distance;
                largest = std::max(largest, std::abs(value));
            }
        }
    }
    const double mean = expected.mean[static_cast<std::size_t>(channel)];
    const double squares = expected.variance[static_cast<std::size_t>(channel)] * count;
    const double inDouble = (count + 10) * 0x1p-52;  // images are merged, and the reference sums, in double
    // Distances are rounded, then summed.
    const double meanAllowed = sumError(pixels + 1) * far / count + inDouble * largest;
    // The squared distance of the mean from the first pixel is taken away again: it is off by twice the sum's share,
    // and no larger than the squares.
    const double squaresAllowed =
        (sumError(pixels + 2) + 2 * sumError(pixels + 1)) * farSquared + inDouble * largest * largest * count;
    if (got.count != count) return fmt::format("moments of {} pixels instead of {}", got.count, count);
    if (!(std::abs(got.mean - mean) <= meanAllowed)) {
        return fmt::format("mean {:.9g}, expected {:.9g}, where {:.3g} is allowed", got.mean, mean, meanAllowed);
    }
    if (!(std::abs(got.squares - squares) <= squaresAllowed)) {
        return fmt::format("squares {:.9g}, expected {:.9g}, where {:.3g} is allowed", got.squares, squares,
                           squaresAllowed);
    }
    return {};
}

}  // namespace condenser::test
