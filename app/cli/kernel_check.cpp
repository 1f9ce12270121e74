#include "cli/kernel_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/rng.h"
#include "cli/inference_kernel_check.h"
#include "cli/kernel_comparison.h"
#include "cli/training_kernel_check.h"
#include "ops/batch_norm.h"
#include "ops/conv2d.h"
#include "ops/linear.h"
#include "ops/loss.h"
#include "ops/plane_gemm.h"
#include "ops/pool.h"
#include "ops/reference.h"
#include "ops/sgd.h"
#include "ops/simd_target.h"

namespace condenser::cli {
namespace {

// Pointers to the planes of all images, image by image.
std::vector<const float*> planesOf(const Tensor& tensor) {
    std::vector<const float*> planes;
    for (int n = 0; n < tensor.n(); ++n) {
        for (int c = 0; c < tensor.c(); ++c) planes.push_back(tensor.view().plane(n, c));
    }
    return planes;
}

// ---- products -------------------------------------------------------------------------------------------------------

void checkPlaneGemm(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const int rows : {1, 3, 4, 10}) {
            for (const int inputs : {1, 5, 24}) {
                comparison.newCase();
                const Array x = randomArray(rng, 1, inputs, map.h, map.w),
                            before = randomArray(rng, 1, rows, map.h, map.w);
                const Array weight = randomArray(rng, rows, inputs);
                const std::vector<float> w = weight.toFloats();
                AlignedBuffer packed(packedWeightFloats(rows, inputs));
                packMatrix(w.data(), inputs, rows, 1, inputs, packed.data());
                const Tensor input = tensorOf(x);
                Tensor output = tensorOf(before);
                const std::vector<const float*> from = planesOf(input);
                std::vector<float*> to;
                for (int m = 0; m < rows; ++m) to.push_back(output.view().plane(0, m));
                const Array expected = reference::conv2dForward({}, x, weight);
                const Array scale = reference::conv2dForward({}, absolute(x), absolute(weight));
                const std::string what = fmt::format("{} outputs of {} inputs, {}", rows, inputs, nameOf(map));
                planeGemm(packed.data(), rows, from.data(), inputs, to.data(), map.h * map.w, false);
                comparison.expect(what, output.toPacked(), expected, scale, sumError(inputs));
                planeGemm(packed.data(), rows, from.data(), inputs, to.data(), map.h * map.w, true);
                Array twice = expected;
                for (double& value : twice.values) value *= 2;
                comparison.expect(what + ", added", output.toPacked(), twice, scale, 3 * sumError(inputs + 1));
            }
        }
    }
}

void checkPlaneDot(Comparison& comparison, Rng& rng, ThreadPool&) {
    constexpr int kSegments = 3;
    for (const PlaneShape map : kMaps) {
        for (const int rows : {1, 3, 9}) {
            for (const int columns : {1, 5, 18}) {
                comparison.newCase();
                const Array x = randomArray(rng, kSegments, columns, map.h, map.w),
                            dy = randomArray(rng, kSegments, rows, map.h, map.w);
                const Tensor input = tensorOf(x), gradient = tensorOf(dy);
                std::vector<float> dw(static_cast<std::size_t>(rows * columns));
                planeDot(planesOf(gradient).data(), rows, planesOf(input).data(), columns, kSegments, map.h * map.w,
                         dw.data(), columns);
                const Array expected = reference::conv2dBackwardWeight({}, x, dy, 1);
                const Array scale = reference::conv2dBackwardWeight({}, absolute(x), absolute(dy), 1);
                comparison.expect(fmt::format("{} x {}, {}", rows, columns, nameOf(map)), dw, expected, scale,
                                  sumError(kSegments * map.h * map.w));
            }
        }
    }
}

// ---- convolutions ---------------------------------------------------------------------------------------------------

void checkConv2d(Comparison& comparison, Rng& rng, ThreadPool& pool) {
    constexpr int kImages = 3;
    const Conv2dShape shapes[] = {{3, 16, 3, 1, 1, 1, 9, 11}, {3, 5, 3, 2, 1, 1, 17, 12}, {8, 12, 3, 2, 1, 4, 8, 8},
                                  {4, 6, 1, 1, 0, 2, 5, 7},   {3, 8, 7, 2, 3, 1, 15, 14}, {3, 2, 3, 1, 1, 1, 1, 1}};
    for (const Conv2dShape& shape : shapes) {
        comparison.newCase();
        const reference::Conv2d conv{shape.stride, shape.padding, shape.groups};
        const Array x = randomArray(rng, kImages, shape.inputs, shape.h, shape.w);
        const Array weight = randomArray(rng, shape.outputs, shape.inputs / shape.groups, shape.kernel, shape.kernel);
        const Array dy = randomArray(rng, kImages, shape.outputs, shape.outH(), shape.outW());
        const Tensor input = tensorOf(x), gradient = tensorOf(dy);
        const std::vector<float> w = weight.toFloats();
        std::vector<Scratch> scratch(static_cast<std::size_t>(pool.size()));
        Tensor y(kImages, shape.outputs, shape.outH(), shape.outW()), dx(kImages, shape.inputs, shape.h, shape.w);
        std::vector<float> dw(w.size());
        conv2dForward(shape, input.view(), w.data(), y.view(), pool, scratch);
        conv2dBackward(shape, input.view(), w.data(), gradient.view(), dw.data(), dx.view(), pool, scratch);

        const std::string what = fmt::format("{} -> {}, kernel {}, stride {}, {} groups, {} x {}", shape.inputs,
                                             shape.outputs, shape.kernel, shape.stride, shape.groups, shape.h, shape.w);
        const Array ax = absolute(x), aw = absolute(weight), ady = absolute(dy);
        comparison.expect(what, y.toPacked(), reference::conv2dForward(conv, x, weight),
                          reference::conv2dForward(conv, ax, aw), sumError(shape.columns()));
        comparison.expect(what + ", dx", dx.toPacked(),
                          reference::conv2dBackwardData(conv, weight, dy, shape.h, shape.w),
                          reference::conv2dBackwardData(conv, aw, ady, shape.h, shape.w),
                          sumError(std::ptrdiff_t{shape.outputs} * shape.kernel * shape.kernel));
        comparison.expect(what + ", dw", dw, reference::conv2dBackwardWeight(conv, x, dy, shape.kernel),
                          reference::conv2dBackwardWeight(conv, ax, ady, shape.kernel),
                          sumError(std::ptrdiff_t{kImages} * shape.outH() * shape.outW() + kImages));
    }
}

// ---- batch norm and pooling, plane by plane -------------------------------------------------------------------------

NormAffine randomAffine(Rng& rng) {
    return {static_cast<float>(rng.uniform() - 0.5), static_cast<float>(2 * rng.uniform() - 1),
            static_cast<float>(rng.uniform() - 0.5)};
}

// The norm without ReLU, and how large its terms are.
double normed(const NormAffine& norm, double x) {
    return (x - static_cast<double>(norm.mean)) * static_cast<double>(norm.scale) + static_cast<double>(norm.bias);
}
double normedScale(const NormAffine& norm, double x) {
    return (std::abs(x) + std::abs(static_cast<double>(norm.mean))) * std::abs(static_cast<double>(norm.scale)) +
           std::abs(static_cast<double>(norm.bias));
}
// Difference, product and sum are each rounded.
constexpr double kNormError = 4 * kUnitRoundoff;

// A plane none of whose values lies so close to the ReLU's corner that rounding decides its sign.
Array planeForRelu(Rng& rng, PlaneShape map, const NormAffine& norm) {
    Array x = randomArray(rng, 1, 1, map.h, map.w);
    for (double& value : x.values) {
        while (std::abs(normed(norm, value)) < 1e-4) value = static_cast<float>(2 * rng.uniform() - 1);
    }
    return x;
}

void checkMoments(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const int count : {1, 5, 16, 100, 1089, 10000}) {
        for (const double offset : {0.0, 50.0}) {
            comparison.newCase();
            Array x = randomArray(rng, 1, 1, 1, count);
            for (double& value : x.values) value = static_cast<float>(value + offset);
            const reference::Statistics expected = reference::batchStatistics(x);
            const Moments got = planeMoments(x.toFloats().data(), count);
            const std::string what = fmt::format("{} values around {}", count, offset);
            // Distances from a value of the plane are summed, so that the offset takes no digits away.
            const double spread = 2, error = sumError(std::min(count, 4096) + 4);
            comparison.expect(what + ", mean", got.mean, expected.mean[0], error * spread);
            comparison.expect(what + ", squares", got.squares, expected.variance[0] * count,
                              2 * error * spread * spread * count);
        }
    }
}

void checkNormForward(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const bool relu : {false, true}) {
            comparison.newCase();
            const NormAffine norm = randomAffine(rng);
            const Array x = randomArray(rng, 1, 1, map.h, map.w);
            std::vector<float> y(x.values.size());
            normForward(map, x.toFloats().data(), map.w, norm, relu, y.data(), map.w);
            for (std::size_t i = 0; i < y.size(); ++i) {
                const double value = normed(norm, x.values[i]);
                comparison.expect(fmt::format("{} at {}", nameOf(map), i), static_cast<double>(y[i]),
                                  relu ? std::max(value, 0.0) : value, kNormError * normedScale(norm, x.values[i]));
            }
        }
    }
}

void checkNormBackward(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const bool relu : {false, true}) {
            comparison.newCase();
            const NormAffine norm = randomAffine(rng);
            const Array x = planeForRelu(rng, map, norm), da = randomArray(rng, 1, 1, map.h, map.w),
                        before = randomArray(rng, 1, 1, map.h, map.w);
            std::vector<float> dx = before.toFloats();
            const NormSums got = normBackward(map, x.toFloats().data(), map.w, da.toFloats().data(), map.w, norm, relu,
                                              true, dx.data(), map.w);
            double gradient = 0, centred = 0, gradientScale = 0, centredScale = 0;
            for (std::size_t i = 0; i < dx.size(); ++i) {
                const double g = relu && normed(norm, x.values[i]) <= 0 ? 0 : da.values[i];
                const double scale = static_cast<double>(norm.scale),
                             distance = x.values[i] - static_cast<double>(norm.mean);
                comparison.expect(fmt::format("{}, dx at {}", nameOf(map), i), static_cast<double>(dx[i]),
                                  before.values[i] + g * scale,
                                  3 * kUnitRoundoff * (std::abs(before.values[i]) + std::abs(g * scale)));
                gradient += g;
                centred += g * distance;
                gradientScale += std::abs(g);
                centredScale += std::abs(g) * (std::abs(x.values[i]) + std::abs(static_cast<double>(norm.mean)));
            }
            const double error = sumError(map.h * map.w + 1);
            comparison.expect(nameOf(map) + ", sum of gradients", got.gradient, gradient, error * gradientScale);
            comparison.expect(nameOf(map) + ", centred sum", got.centred, centred, error * centredScale);
        }
    }
}

void checkNormCorrect(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const int count : {1, 7, 16, 49, 1000}) {
        comparison.newCase();
        const Array x = randomArray(rng, 1, 1, 1, count), before = randomArray(rng, 1, 1, 1, count);
        const GradientCorrection correction{0.25f, 0.125f, -0.375f};
        std::vector<float> dx = before.toFloats();
        normCorrect(x.toFloats().data(), count, correction, dx.data());
        for (std::size_t i = 0; i < dx.size(); ++i) {
            const double expected = before.values[i] - (0.125 - 0.375 * (x.values[i] - 0.25));
            comparison.expect(
                fmt::format("{} values at {}", count, i), static_cast<double>(dx[i]), expected,
                5 * kUnitRoundoff * (std::abs(before.values[i]) + 0.125 + 0.375 * (std::abs(x.values[i]) + 0.25)));
        }
    }
}

void checkPool(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : {PlaneShape{2, 2}, PlaneShape{7, 9}, PlaneShape{16, 32}, PlaneShape{33, 6}}) {
        comparison.newCase();
        const Array x = randomArray(rng, 1, 1, map.h, map.w), dy = randomArray(rng, 1, 1, map.h / 2, map.w / 2);
        // Tensors, for the slack behind their planes.
        const Tensor input = tensorOf(x), gradient = tensorOf(dy);
        Tensor y(1, 1, map.h / 2, map.w / 2), dx(1, 1, map.h, map.w);
        averagePool2Forward(map, input.view().data, y.view().data);
        averagePool2Backward(map, gradient.view().data, dx.view().data);
        comparison.expect(nameOf(map), y.toPacked(), reference::avgPool2Forward(x),
                          reference::avgPool2Forward(absolute(x)), sumError(4));
        comparison.expect(nameOf(map) + ", dx", dx.toPacked(), reference::avgPool2Backward(dy, map.h, map.w),
                          reference::avgPool2Backward(absolute(dy), map.h, map.w), sumError(1));
    }
}

void checkNormReluAverage(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        comparison.newCase();
        const NormAffine norm = randomAffine(rng);
        const Array x = randomArray(rng, 1, 1, map.h, map.w);
        const Tensor input = tensorOf(x);
        const int count = map.h * map.w;
        double sum = 0, scale = 0;
        for (const double value : x.values) {
            sum += std::max(normed(norm, value), 0.0);
            scale += normedScale(norm, value);
        }
        comparison.expect(nameOf(map), static_cast<double>(normReluAverage(input.view().data, count, norm)),
                          sum / count, (kNormError + sumError(count)) * scale / count);
    }
}

// ---- the end of the network -----------------------------------------------------------------------------------------

void checkLinear(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const LinearShape shape :
         {LinearShape{1, 1, 1}, LinearShape{3, 17, 10}, LinearShape{64, 48, 7}, LinearShape{5, 200, 33}}) {
        comparison.newCase();
        const Array x = randomArray(rng, shape.rows, shape.inputs),
                    weight = randomArray(rng, shape.outputs, shape.inputs);
        const Array dy = randomArray(rng, shape.rows, shape.outputs), bias = randomArray(rng, 1, shape.outputs);
        const std::vector<float> w = weight.toFloats(), input = x.toFloats(), gradient = dy.toFloats();
        std::vector<float> y(dy.values.size()), dx(x.values.size()), dw(w.size()), dbias(bias.values.size());
        Scratch scratch;
        linearForward(shape, input.data(), w.data(), bias.toFloats().data(), y.data(), scratch);
        linearBackward(shape, input.data(), w.data(), gradient.data(), dx.data(), dw.data(), dbias.data(), scratch);

        const std::string what = fmt::format("{} x {} -> {}", shape.rows, shape.inputs, shape.outputs);
        const auto expected = reference::linearBackward(x, weight, dy);
        const auto scale = reference::linearBackward(absolute(x), absolute(weight), absolute(dy));
        comparison.expect(what, y, reference::linearForward(x, weight, bias.values),
                          reference::linearForward(absolute(x), absolute(weight), absolute(bias).values),
                          sumError(shape.inputs + 1));
        comparison.expect(what + ", dx", dx, expected.dx, scale.dx, sumError(shape.outputs));
        comparison.expect(what + ", dw", dw, expected.dweight, scale.dweight, sumError(shape.rows));
        for (std::size_t o = 0; o < dbias.size(); ++o) {
            comparison.expect(what + ", dbias", static_cast<double>(dbias[o]), expected.dbias[o],
                              sumError(shape.rows) * scale.dbias[o]);
        }
    }
}

void checkLoss(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const int classes : {2, 7, 10, 1000}) {
        for (const double size : {1.0, 150.0}) {
            comparison.newCase();
            constexpr int kImages = 5;
            Array logits = randomArray(rng, kImages, classes);
            for (double& value : logits.values) value = static_cast<float>(value * size);
            std::vector<std::int32_t> targets;
            for (int n = 0; n < kImages; ++n)
                targets.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint32_t>(classes))));
            std::vector<float> dLogits(logits.values.size());
            const LossReport got = softmaxCrossEntropy(logits.toFloats(), classes, targets, dLogits);
            const auto expected =
                reference::softmaxCrossEntropy(logits, std::vector<std::int64_t>(targets.begin(), targets.end()));
            const std::string what = fmt::format("{} classes, logits up to {}", classes, size);
            // Computed in double; only the gradient is rounded to float.
            comparison.expect(what, got.loss, expected.value, 1e-12 * (1 + size));
            comparison.expect(what + ", gradient", dLogits, expected.dlogits, absolute(expected.dlogits),
                              2 * kUnitRoundoff);
        }
    }
}

void checkSgd(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const int count : {1, 7, 16, 1003}) {
        comparison.newCase();
        const Array parameter = randomArray(rng, 1, count), gradient = randomArray(rng, 1, count),
                    velocity = randomArray(rng, 1, count);
        const SgdSettings settings{0.125f, 0.75f, 0.0625f};  // exact in binary
        std::vector<float> p = parameter.toFloats(), v = velocity.toFloats();
        sgdStep(settings, p.data(), gradient.toFloats().data(), v.data(), p.size());
        Array expectedP = parameter, expectedV = velocity;
        reference::sgdStep({0.125, 0.75, 0.0625, false}, gradient.values, expectedP.values, expectedV.values);
        Array scaleP = absolute(parameter), scaleV = absolute(velocity);
        reference::sgdStep({-0.125, 0.75, 0.0625, false}, absolute(gradient).values, scaleP.values, scaleV.values);
        comparison.expect(fmt::format("{} values", count), p, expectedP, scaleP, sumError(6));
        comparison.expect(fmt::format("{} values, velocity", count), v, expectedV, scaleV, sumError(4));
    }
}

}  // namespace

std::vector<KernelCheck> checkKernels(ThreadPool& pool) {
    std::vector<CheckedKernel> kernels = {{"planeGemm", checkPlaneGemm},
                                          {"planeDot", checkPlaneDot},
                                          {"conv2d", checkConv2d},
                                          {"planeMoments", checkMoments},
                                          {"normForward", checkNormForward},
                                          {"normBackward", checkNormBackward},
                                          {"normCorrect", checkNormCorrect},
                                          {"averagePool2", checkPool},
                                          {"normReluAverage", checkNormReluAverage},
                                          {"linear", checkLinear},
                                          {"softmaxCrossEntropy", checkLoss},
                                          {"sgdStep", checkSgd}};
    for (const std::span<const CheckedKernel> more : {trainingKernels(), inferenceKernels()}) {
        kernels.insert(kernels.end(), more.begin(), more.end());
    }
    std::vector<KernelCheck> checks;
    std::uint64_t number = 0;
    for (const CheckedKernel& kernel : kernels) {
        KernelCheck check;
        check.kernel = kernel.name;
        check.target = activeSimdTarget();
        Comparison comparison(check);
        Rng rng(1, RandomStream::kTest, number++);
        kernel.check(comparison, rng, pool);
        checks.push_back(std::move(check));
    }
    return checks;
}

}  // namespace condenser::cli
