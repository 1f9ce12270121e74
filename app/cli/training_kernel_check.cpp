#include "cli/training_kernel_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/kernel_comparison.h"
#include "ops/conv3x3_training.h"
#include "ops/pointwise_training.h"

namespace condenser::cli {
namespace {

constexpr int kImages = 3;

// Multiples of 1/256, so that correcting a gradient is exact.
Array coarseArray(Rng& rng, int n, int c, PlaneShape map) {
    Array array(n, c, map.h, map.w);
    for (double& value : array.values) value = (static_cast<double>(rng.below(513)) - 256) / 256;
    return array;
}

// A norm, ReLU and convolution with numbers for both passes, and what comes of them. x is away from the ReLU's corner.
struct Problem {
    reference::NormReluConv layer;
    std::vector<NormAffine> norms;
    Array x, y, dy;  // of the backward pass; dy before its correction
    std::vector<GradientCorrection> corrections;

    Array expectedY;
    reference::NormReluConvGradients expected;
    // What rounding allows.
    Array yError, dxError, dwError;
    std::vector<double> gradientError, centredError;
};

// `products` are summed for an output, `reach` for the gradient of an input.
Problem problemOf(Rng& rng, const Array& weight, const reference::Conv2d& conv, int inputs, PlaneShape map,
                  int products, int reach) {
    Problem problem;
    problem.layer.weight = weight;
    problem.layer.conv = conv;
    reference::Statistics statistics;
    for (int c = 0; c < inputs; ++c) {
        const double scale = 0.25 + rng.uniform();
        const NormAffine norm{static_cast<float>(rng.uniform() - 0.5), static_cast<float>(c % 3 == 1 ? -scale : scale),
                              static_cast<float>(rng.uniform() - 0.5)};
        problem.norms.push_back(norm);
        problem.layer.normWeight.push_back(static_cast<double>(norm.scale));
        problem.layer.normBias.push_back(static_cast<double>(norm.bias));
        statistics.mean.push_back(static_cast<double>(norm.mean));
        statistics.variance.push_back(1 - kBatchNormEpsilon);  // a deviation of 1
    }
    problem.x = randomArray(rng, kImages, inputs, map.h, map.w);
    const auto normed = [&](const Array& x) {
        return reference::batchNormForward(x, statistics, problem.layer.normWeight, problem.layer.normBias);
    };
    for (bool moved = true; moved;) {
        moved = false;
        const Array values = normed(problem.x);
        for (std::size_t i = 0; i < values.values.size(); ++i) {
            if (std::abs(values.values[i]) >= 1e-4) continue;
            problem.x.values[i] = static_cast<float>(2 * rng.uniform() - 1);
            moved = true;
        }
    }
    problem.y = coarseArray(rng, kImages, weight.n, map);
    problem.dy = coarseArray(rng, kImages, weight.n, map);
    Array corrected = problem.dy;
    const std::size_t pixels = static_cast<std::size_t>(map.h * map.w), outputs = static_cast<std::size_t>(weight.n);
    for (std::size_t o = 0; o < outputs; ++o)
        problem.corrections.push_back({0.125f, 0.25f, o % 2 == 0 ? 0.5f : -0.25f});
    for (std::size_t i = 0; i < corrected.values.size(); ++i) {
        const GradientCorrection& due = problem.corrections[i / pixels % outputs];
        corrected.values[i] -= static_cast<double>(due.a) +
                               static_cast<double>(due.b) * (problem.y.values[i] - static_cast<double>(due.mean));
    }
    problem.expectedY = reference::normReluConvForward(problem.layer, problem.x, statistics);
    problem.expected = reference::normReluConvBackward(problem.layer, problem.x, statistics, corrected, false);

    const Array pre = normed(problem.x), activated = reference::reluForward(pre);
    const Array bigWeight = absolute(weight), bigDy = absolute(corrected);
    const auto passed = [&](const Array& w, const Array& g) {
        return reference::reluBackward(pre, reference::conv2dBackwardData(conv, w, g, map.h, map.w));
    };
    const Array g = passed(weight, corrected), size = passed(bigWeight, bigDy);
    Array inY(kImages, inputs, map.h, map.w), inDw = inY;
    problem.dxError = inY;
    problem.gradientError.resize(static_cast<std::size_t>(inputs));
    problem.centredError.resize(static_cast<std::size_t>(inputs));
    const std::ptrdiff_t count = std::ptrdiff_t{kImages} * map.h * map.w;
    for (std::size_t i = 0; i < pre.values.size(); ++i) {
        const std::size_t c = i / pixels % static_cast<std::size_t>(inputs);
        const double scale = std::abs(problem.layer.normWeight[c]), value = activated.values[i];
        if (value > 0) {
            // The bound is rounded, the difference from it, and the weights or their gradient times the scale.
            const double error = kUnitRoundoff * (scale * std::abs(statistics.mean[c]) +
                                                  std::abs(problem.layer.normBias[c]) + 2 * value);
            inY.values[i] = error + sumError(products) * value;
            inDw.values[i] = error + sumError(count) * value;
        }
        // Rounded weights, and the sum.
        const double gError = (sumError(reach) + kUnitRoundoff) * size.values[i];
        const double far = std::abs(problem.x.values[i] - statistics.mean[c]);
        problem.dxError.values[i] = scale * gError;
        problem.gradientError[c] += gError + sumError(count) * std::abs(g.values[i]);
        problem.centredError[c] += (gError + sumError(count + 1) * std::abs(g.values[i])) * far;
    }
    problem.yError = reference::conv2dForward(conv, inY, bigWeight);
    problem.dwError = reference::conv2dBackwardWeight(conv, inDw, bigDy, weight.h);
    return problem;
}

// The moments of each image of y, summed as distances from its first pixel.
void expectMoments(Comparison& comparison, const std::string& what, const std::vector<Moments>& got, const Array& y) {
    const int pixels = y.h * y.w;
    for (int c = 0; c < y.c; ++c) {
        for (int n = 0; n < y.n; ++n) {
            const auto first = y.values.begin() + static_cast<std::ptrdiff_t>(n * y.c + c) * pixels;
            double sum = 0, far = 0, squares = 0, squaresFar = 0;
            for (auto value = first; value != first + pixels; ++value) {
                sum += *value;
                far += std::abs(*value - *first);
                squaresFar += (*value - *first) * (*value - *first);
            }
            const double mean = sum / pixels;
            for (auto value = first; value != first + pixels; ++value) squares += (*value - mean) * (*value - mean);
            const Moments& moments = got[static_cast<std::size_t>(c * y.n + n)];
            const double error = sumError(pixels + 2), inDouble = 1e-12;
            comparison.expect(fmt::format("{}, mean of {}", what, c), moments.mean, mean,
                              error * far / pixels + inDouble);
            comparison.expect(fmt::format("{}, squares of {}", what, c), moments.squares, squares,
                              3 * error * squaresFar + inDouble);
        }
    }
}

void expectSums(Comparison& comparison, const std::string& what, const std::vector<NormSums>& got,
                const Problem& problem) {
    for (std::size_t c = 0; c < got.size(); ++c) {
        comparison.expect(fmt::format("{}, sum of gradients of {}", what, c), got[c].gradient,
                          problem.expected.dnormBias[c], problem.gradientError[c]);
        comparison.expect(fmt::format("{}, centred sum of {}", what, c), got[c].centred,
                          problem.expected.dnormWeight[c], problem.centredError[c]);
    }
}

struct Channels {
    int inputs, outputs, groups;
};

void checkConv3x3(Comparison& comparison, Rng& rng, ThreadPool&) {
    std::vector<PlaneShape> maps(std::begin(kMaps), std::end(kMaps));
    maps.insert(maps.end(), {{14, 14}, {9, 29}});  // rows of whole vectors, and long ones of none
    for (const PlaneShape map : maps) {
        for (const Channels channels :
             {Channels{1, 1, 1}, Channels{16, 8, 4}, Channels{32, 8, 4}, Channels{6, 10, 2}}) {
            comparison.newCase();
            const Conv3x3Shape shape{channels.inputs, channels.outputs, channels.groups, map.h, map.w};
            const Problem problem =
                problemOf(rng, randomArray(rng, shape.outputs, shape.groupInputs(), 3, 3), {1, 1, shape.groups},
                          shape.inputs, map, shape.groupInputs() * 9, shape.groupOutputs() * 9);
            PackedConv3x3 packed(shape);
            packed.pack(problem.layer.weight.toFloats().data(), problem.norms);
            const Tensor x = tensorOf(problem.x), dy = tensorOf(problem.dy), written = tensorOf(problem.y);
            Tensor y(kImages, shape.outputs, map.h, map.w), dx(kImages, shape.inputs, map.h, map.w);
            std::vector<Moments> moments(static_cast<std::size_t>(shape.outputs * kImages));
            std::vector<NormSums> sums(static_cast<std::size_t>(shape.inputs));
            std::vector<float> dw(shape.weights());
            AlignedBuffer scratch(std::max(conv3x3ForwardFloats(packed), conv3x3BackwardFloats(packed, kImages)));
            conv3x3Forward(packed, x.view(), y.view(), {0, kImages}, scratch.data(), moments.data(), kImages);
            conv3x3Backward(packed, problem.corrections.data(), x.view(), dx.view(), written.view(), dy.view(),
                            {0, kImages}, {}, scratch.data(), dw.data(), sums.data());
            for (std::size_t i = 0; i < dw.size(); ++i) {
                const int kernel = static_cast<int>(i / 9), group = kernel / shape.groupInputs() / shape.groupOutputs();
                dw[i] *=
                    packed.norms[static_cast<std::size_t>(group * shape.groupInputs() + kernel % shape.groupInputs())]
                        .scale;
            }

            const std::string what =
                fmt::format("{} -> {} in {} groups, {}", shape.inputs, shape.outputs, shape.groups, nameOf(map));
            comparison.expect(what, y.toPacked(), problem.expectedY, problem.yError, 1);
            expectMoments(comparison, what, moments, Array(ConstView(y.view())));
            comparison.expect(what + ", dx", dx.toPacked(), problem.expected.dx, problem.dxError, 1);
            comparison.expect(what + ", dw", dw, problem.expected.dweight, problem.dwError, 1);
            expectSums(comparison, what, sums, problem);
        }
    }
}

// Each group reads its own inputs of all channels: with as many groups as inputs were condensed away, none twice.
void checkPointwise(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const Channels channels :
             {Channels{1, 1, 1}, Channels{13, 16, 1}, Channels{6, 70, 1}, Channels{24, 20, 4}, Channels{15, 9, 3}}) {
            comparison.newCase();
            const int inputs = channels.inputs, outputs = channels.outputs, groups = channels.groups;
            const int groupInputs = inputs / groups, groupOutputs = outputs / groups;
            const Problem problem = problemOf(rng, randomArray(rng, outputs, groupInputs), {1, 0, groups}, inputs, map,
                                              groupInputs, groupOutputs);
            // The reference's channels in order; ours from behind, a channel that nobody reads before them.
            PointwiseTables tables;
            std::vector<std::ptrdiff_t> rows, columns;
            for (int g = 0; g < groups; ++g) {
                tables.groups.push_back({groupInputs, groupOutputs, static_cast<std::size_t>(g * groupInputs),
                                         static_cast<std::size_t>(g * groupOutputs),
                                         static_cast<std::size_t>(g * groupInputs * groupOutputs)});
            }
            for (int k = 0; k < inputs; ++k) {
                tables.channels.push_back(inputs - k);
                tables.planes.push_back(k);
                columns.push_back(k % groupInputs);
            }
            for (int m = 0; m < outputs; ++m) {
                tables.outputs.push_back(outputs - 1 - m);
                rows.push_back(std::ptrdiff_t{m} * groupInputs);
            }
            const std::vector<std::int64_t> inputAt(tables.channels.begin(), tables.channels.end());
            const std::vector<std::int64_t> outputAt(tables.outputs.begin(), tables.outputs.end());
            const Tensor x = tensorOf(reference::gatherBackward(problem.x, inputAt, inputs + 1));
            const Tensor dy = tensorOf(reference::gatherBackward(problem.dy, outputAt, outputs));
            const Tensor written = tensorOf(reference::gatherBackward(problem.y, outputAt, outputs));
            Tensor y(kImages, outputs, map.h, map.w), dx(kImages, inputs + 1, map.h, map.w);
            PackedPointwise packed;
            packed.reserve(tables);
            const std::vector<float> weight = problem.layer.weight.toFloats();
            packed.pack(tables, {weight.data(), rows.data(), columns.data()}, problem.norms.data(), x.view().strideC);
            std::vector<Moments> moments(static_cast<std::size_t>(outputs * kImages));
            std::vector<NormSums> sums(static_cast<std::size_t>(inputs));
            std::vector<float> dw(tables.weights()), dwInOrder(tables.weights());
            AlignedBuffer scratch(std::max(pointwiseForwardFloats(tables), pointwiseBackwardFloats(tables)));
            pointwiseForward(tables, packed, x.view(), y.view(), {0, kImages}, scratch.data(), moments.data(), kImages);
            pointwiseBackward({tables, packed, problem.corrections.data()}, x.view(), dx.view(), written.view(),
                              dy.view(), {0, kImages}, {}, scratch.data(), dw.data(), sums.data());
            for (int o = 0; o < outputs; ++o) {
                for (int k = 0; k < groupInputs; ++k) {  // [group][input][output]
                    const int pair = o / groupOutputs * groupInputs + k;
                    dwInOrder[static_cast<std::size_t>(o * groupInputs + k)] =
                        dw[static_cast<std::size_t>(pair * groupOutputs + o % groupOutputs)] *
                        packed.norms[static_cast<std::size_t>(pair)].scale;
                }
            }

            const std::string what = fmt::format("{} -> {} in {} groups, {}", inputs, outputs, groups, nameOf(map));
            const Array got(ConstView(y.view())), gotDx(ConstView(dx.view()));
            comparison.expect(what, reference::gatherForward(got, outputAt).toFloats(), problem.expectedY,
                              problem.yError, 1);
            expectMoments(comparison, what, moments, got);
            comparison.expect(what + ", dx", reference::gatherForward(gotDx, inputAt).toFloats(), problem.expected.dx,
                              problem.dxError, 1);
            const std::vector<float> unread = toPacked(ConstView(dx.view().channels(0, 1)));
            const Array zeros(kImages, 1, map.h, map.w);
            comparison.expect(what + ", dx of an unread channel", unread, zeros, zeros, 1);
            comparison.expect(what + ", dw", dwInOrder, problem.expected.dweight, problem.dwError, 1);
            expectSums(comparison, what, sums, problem);
        }
    }
}

}  // namespace

std::span<const CheckedKernel> trainingKernels() {
    static constexpr CheckedKernel kKernels[] = {{"pointwiseTraining", checkPointwise},
                                                 {"conv3x3Training", checkConv3x3}};
    return kKernels;
}

}  // namespace condenser::cli
