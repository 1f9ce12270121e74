// For tests that hold BN -> ReLU -> convolution layers to the reference: inputs away from the ReLU's kink, and how far
// a layer computed in floats may be off. First-order error analysis; every term is named where it is added.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "ops/reference.h"
#include "support/kernel_test.h"

namespace condenser::test {

// Largest allowed distance from the reference, element by element.
struct NormConvAllowance {
    Array y, dx, dweight;
    std::vector<double> dnormWeight, dnormBias;
};

inline NormConvAllowance allowanceOf(const reference::NormReluConv& layer, const Array& x,
                                     const reference::Statistics& statistics, const Array& dy, bool training) {
    const double u = kUnitRoundoff;
    const Array weight = absolute(layer.weight), gradient = absolute(dy);
    const Array pre = reference::batchNormForward(x, statistics, layer.normWeight, layer.normBias);
    const int pixels = x.h * x.w, count = x.n * pixels;
    const int products = layer.weight.c * layer.weight.h * layer.weight.w;                   // of one output
    const int reach = layer.weight.n / layer.conv.groups * layer.weight.h * layer.weight.w;  // of one input

    // Of each channel: how far mean and 1 / deviation may be off. The batch's are summed in floats, plane by plane.
    std::vector<double> meanError, deviationError;
    for (int c = 0; c < x.c; ++c) {
        double low = x.at(0, c), high = low;
        for (int n = 0; n < x.n; ++n)
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) {
                    low = std::min(low, x.at(n, c, j, i));
                    high = std::max(high, x.at(n, c, j, i));
                }
        const auto channel = static_cast<std::size_t>(c);
        meanError.push_back(u * std::abs(statistics.mean[channel]) + (training ? sumError(pixels) * (high - low) : 0));
        deviationError.push_back(u + (training ? sumError(pixels + 3) : 0));
    }

    NormConvAllowance allowed;
    Array activation(x.n, x.c, x.h, x.w);  // error of what the convolution reads, its own rounding included
    Array activationInSums = activation;   // the same for the long sums of the weights' gradient
    const Array activated = reference::reluForward(pre);
    const Array passed =
        reference::reluBackward(pre, reference::conv2dBackwardData(layer.conv, layer.weight, dy, x.h, x.w));
    const Array passedScale =
        reference::reluBackward(pre, reference::conv2dBackwardData(layer.conv, weight, gradient, x.h, x.w));
    allowed.dx = Array(x.n, x.c, x.h, x.w);
    for (int c = 0; c < x.c; ++c) {
        const auto channel = static_cast<std::size_t>(c);
        const double inverse = statistics.inverseDeviation(c), scale = std::abs(layer.normWeight[channel]) * inverse;
        const double bias = std::abs(layer.normBias[channel]);
        double biasError = 0, weightError = 0, sum = 0, sumCentred = 0;
        const auto forEach = [&](auto visit) {
            for (int n = 0; n < x.n; ++n)
                for (int j = 0; j < x.h; ++j)
                    for (int i = 0; i < x.w; ++i) visit(n, j, i);
        };
        const auto normalized = [&](int n, int j, int i) {
            return std::abs(x.at(n, c, j, i) - statistics.mean[channel]) * inverse;
        };
        forEach([&](int n, int j, int i) {
            const double product = normalized(n, j, i) * std::abs(layer.normWeight[channel]);
            // Mean and scale, then the difference, the product and the sum are rounded.
            const double error =
                scale * meanError[channel] + product * deviationError[channel] + 3 * u * (product + bias);
            activation.at(n, c, j, i) = error + sumError(products) * std::abs(activated.at(n, c, j, i));
            activationInSums.at(n, c, j, i) = error + sumError(count + 2) * std::abs(activated.at(n, c, j, i));

            const double g = std::abs(passed.at(n, c, j, i));
            const double gError = sumError(reach) * passedScale.at(n, c, j, i);
            biasError += gError + sumError(pixels) * g;
            weightError += gError * normalized(n, j, i) + g * inverse * meanError[channel] +
                           g * normalized(n, j, i) * (deviationError[channel] + sumError(pixels + 2));
            sum += passed.at(n, c, j, i);
            sumCentred += passed.at(n, c, j, i) * (x.at(n, c, j, i) - statistics.mean[channel]) * inverse;
        });
        allowed.dnormBias.push_back(biasError + u * std::abs(sum));
        allowed.dnormWeight.push_back(weightError + u * std::abs(sumCentred));
        forEach([&](int n, int j, int i) {
            const double g = std::abs(passed.at(n, c, j, i)), far = normalized(n, j, i);
            double error = sumError(reach) * passedScale.at(n, c, j, i), size = g;
            if (training) {
                error += biasError / count + far * weightError / count +
                         inverse * meanError[channel] * std::abs(sumCentred) / count;
                size += std::abs(sum) / count + far * std::abs(sumCentred) / count;
            }
            // The scale, three products and three sums are rounded.
            allowed.dx.at(n, c, j, i) = scale * (error + (2 * deviationError[channel] + 7 * u) * size);
        });
    }
    allowed.y = reference::conv2dForward(layer.conv, activation, weight);
    allowed.dweight = reference::conv2dBackwardWeight(layer.conv, activationInSums, gradient, layer.weight.h);
    return allowed;
}

// Moves values of x until no pre-activation lies so near 0 that rounding could decide what the ReLU does.
// `statisticsOf(x)` gives the statistics in force.
template <class StatisticsOf>
void avoidKinks(const reference::NormReluConv& layer, Array& x, const StatisticsOf& statisticsOf) {
    for (bool moved = true; moved;) {
        moved = false;
        const Array pre = reference::batchNormForward(x, statisticsOf(x), layer.normWeight, layer.normBias);
        for (std::size_t i = 0; i < x.values.size(); ++i) {
            if (std::abs(pre.values[i]) >= 2e-4) continue;
            x.values[i] = static_cast<double>(static_cast<float>(x.values[i] + 0.01));
            moved = true;
        }
    }
}

}  // namespace condenser::test
