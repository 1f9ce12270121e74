#include "cli/inference_kernel_check.h"

#include <numeric>
#include <optional>
#include <vector>

#include "cli/kernel_comparison.h"
#include "ops/conv_kernel.h"
#include "ops/depthwise.h"
#include "ops/linear.h"
#include "ops/pointwise_kernel.h"
#include "ops/pool.h"
#include "ops/tap_conv_kernel.h"
#include "ops/vector_lanes.h"

namespace condenser::cli {
namespace {

std::vector<int> upTo(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

// Groups, and inputs and outputs of a group: one output, in place, with a panel.
struct Grouping {
    int groups, inputs, outputs;
};
constexpr Grouping kGroupings[] = {{1, 3, 1}, {2, 7, 6}, {4, 5, 8}, {1, 24, 23}};

std::string describe(const Grouping& grouping, PlaneShape map) {
    return fmt::format("{} groups of {} -> {}, {}", grouping.groups, grouping.inputs, grouping.outputs, nameOf(map));
}

// Adds a bias a channel.
Array withBias(Array product, const std::vector<double>& bias) {
    const auto pixels = static_cast<std::size_t>(product.h * product.w);
    for (std::size_t i = 0; i < product.values.size(); ++i) product.values[i] += bias[i / pixels];
    return product;
}

// scale * x + shift, a channel each.
Array scaled(Array x, const Array& scale, const Array& shift) {
    const auto pixels = static_cast<std::size_t>(x.h * x.w);
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        x.values[i] = scale.values[i / pixels] * x.values[i] + shift.values[i / pixels];
    }
    return x;
}

void checkPointwise(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const Grouping& grouping : kGroupings) {
            comparison.newCase();
            const auto& [groups, inputs, outputs] = grouping;
            const int positions = groups * inputs, written = groups * outputs, pixels = map.h * map.w;
            const Array x = randomArray(rng, 1, positions, map.h, map.w), weight = randomArray(rng, written, inputs),
                        scale = randomArray(rng, 1, positions), shift = randomArray(rng, 1, positions),
                        bias = randomArray(rng, 1, written);
            const std::vector<float> w = weight.toFloats(), s = scale.toFloats(), t = shift.toFloats(),
                                     b = bias.toFloats();
            const std::vector<int> sources = upTo(positions), targets = upTo(written);
            const Tensor input = tensorOf(x);
            Tensor y(1, written, map.h, map.w);
            const PointwiseKernel kernel({groups, inputs, outputs, sources, s, t, w, b, targets, false},
                                         input.view().strideC, y.view().strideC, std::nullopt);
            AlignedBuffer panel(kernel.panelFloats());
            kernel.run(input.view().data, y.view().data, nullptr, panel.data(), 0, pixels, 0, 0, groups);
            // The scale is multiplied into the weight, and the shift is added to the bias: it counts twice.
            const reference::Conv2d conv{1, 0, groups};
            const Array normed = reference::reluForward(scaled(x, scale, shift));
            Array twice = absolute(shift);
            for (double& value : twice.values) value *= 2;
            const Array large = scaled(absolute(x), absolute(scale), twice);
            comparison.expect(
                describe(grouping, map), y.toPacked(), withBias(conv2dForward(conv, normed, weight), bias.values),
                withBias(conv2dForward(conv, large, absolute(weight)), absolute(bias).values), sumError(inputs + 4));
        }
    }
}

void checkTapConv(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const Grouping& grouping : kGroupings) {
            comparison.newCase();
            const auto& [groups, inputs, outputs] = grouping;
            const int positions = groups * inputs, written = groups * outputs;
            const Array x = randomArray(rng, 1, positions, map.h, map.w),
                        weight = randomArray(rng, written, inputs, 3, 3), bias = randomArray(rng, 1, written);
            const std::vector<float> w = weight.toFloats(), b = bias.toFloats();
            const std::vector<int> sources = upTo(positions), targets = upTo(written);
            const TapMaps taps(map.h, map.w, vectorLanes());
            AlignedBuffer framed(static_cast<std::size_t>(positions * taps.planeFloats));
            for (int c = 0; c < positions; ++c) {
                for (int v = 0; v < map.h; ++v) {
                    for (int u = 0; u < map.w; ++u) {
                        for (const int dx : {-1, 0, 1}) {  // the pixel in each copy, from the tap of its neighbour
                            if (u - dx < 0 || u - dx >= map.w) continue;
                            framed.data()[c * taps.planeFloats + taps.tap(v, u - dx, 0, dx)] =
                                static_cast<float>(x.at(0, c, v, u));
                        }
                    }
                }
            }
            Tensor y(1, written, map.h, map.w);
            const TapConvKernel kernel({groups, inputs, outputs, sources, w, b, targets, false}, taps,
                                       y.view().strideC);
            kernel.run(framed.data(), y.view().data, 0, map.h, 0, 0, groups);
            const reference::Conv2d conv{1, 1, groups};
            comparison.expect(describe(grouping, map), y.toPacked(),
                              withBias(conv2dForward(conv, x, weight), bias.values),
                              withBias(conv2dForward(conv, absolute(x), absolute(weight)), absolute(bias).values),
                              sumError(9 * inputs + 1));
        }
    }
}

void checkConvKernel(Comparison& comparison, Rng& rng, ThreadPool&) {
    const ConvSpec shapes[] = {{1, 3, 16, 3, 1, 1, 9, 11, {}, {}, {}, {}, false},
                               {1, 3, 5, 3, 2, 1, 17, 12, {}, {}, {}, {}, false},
                               {4, 2, 3, 3, 2, 1, 8, 8, {}, {}, {}, {}, false},
                               {1, 3, 8, 7, 2, 3, 15, 14, {}, {}, {}, {}, false},
                               {2, 4, 6, 1, 2, 0, 7, 9, {}, {}, {}, {}, false},
                               {1, 40, 19, 3, 1, 1, 6, 7, {}, {}, {}, {}, false}};  // more taps than a block
    for (ConvSpec spec : shapes) {
        comparison.newCase();
        const int positions = spec.groups * spec.inputs, written = spec.groups * spec.outputs;
        const Array x = randomArray(rng, 1, positions, spec.height, spec.width),
                    weight = randomArray(rng, written, spec.inputs, spec.kernel, spec.kernel),
                    bias = randomArray(rng, 1, written);
        const std::vector<float> w = weight.toFloats(), b = bias.toFloats();
        const std::vector<int> sources = upTo(positions), targets = upTo(written);
        spec.sources = sources;
        spec.targets = targets;
        spec.weight = w;
        spec.bias = b;
        const Tensor input = tensorOf(x);
        Tensor y(1, written, spec.outHeight(), spec.outWidth());
        const ConvKernel kernel(spec, y.view().strideC);
        AlignedBuffer framed(kernel.framedFloats()), panel(kernel.panelFloats());
        kernel.frame(input.view().data, input.view().strideC, input.view().strideRow, framed.data(), 0, positions);
        kernel.run(framed.data(), y.view().data, nullptr, panel.data(), 0, kernel.outPixels());
        const reference::Conv2d conv{spec.stride, spec.padding, spec.groups};
        comparison.expect(fmt::format("{} groups of {} -> {}, kernel {}, stride {}", spec.groups, spec.inputs,
                                      spec.outputs, spec.kernel, spec.stride),
                          y.toPacked(), withBias(conv2dForward(conv, x, weight), bias.values),
                          withBias(conv2dForward(conv, absolute(x), absolute(weight)), absolute(bias).values),
                          sumError(spec.inputs * spec.kernel * spec.kernel + 1));
    }
}

void checkDepthwise(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        for (const int stride : {1, 2}) {
            comparison.newCase();
            const Array x = randomArray(rng, 1, 1, map.h, map.w), weight = randomArray(rng, 1, 1, 3, 3);
            const Tensor input = tensorOf(x);  // for the slack behind its plane
            const DepthwiseShape shape{map.h, map.w, stride};
            Tensor y(1, 1, shape.outH(), shape.outW());
            depthwise3x3(shape, input.view().data, weight.toFloats().data(), 0.0f, false, y.view().data);
            comparison.expect(fmt::format("{}, stride {}", nameOf(map), stride), y.toPacked(),
                              reference::conv2dForward({stride, 1, 1}, x, weight),
                              reference::conv2dForward({stride, 1, 1}, absolute(x), absolute(weight)), sumError(9));
        }
    }
}

void checkMaxPool(Comparison& comparison, Rng& rng, ThreadPool&) {
    struct Window {
        int kernel, stride, padding;
    };
    for (const PlaneShape map : {PlaneShape{3, 3}, PlaneShape{7, 9}, PlaneShape{16, 32}, PlaneShape{33, 6}}) {
        for (const Window window : {Window{2, 2, 0}, Window{3, 2, 1}, Window{3, 1, 0}}) {
            comparison.newCase();
            const auto [kernel, stride, padding] = window;
            const Array x = randomArray(rng, 1, 1, map.h, map.w);
            const Tensor input = tensorOf(x);
            Tensor y(1, 1, (map.h + 2 * padding - kernel) / stride + 1, (map.w + 2 * padding - kernel) / stride + 1);
            maxPoolForward(map, kernel, stride, padding, input.view().data, y.view().data);
            for (int i = 0; i < y.h() * y.w(); ++i) {
                const int top = i / y.w() * stride - padding, left = i % y.w() * stride - padding;
                double most = -1;  // no number here is smaller
                for (int v = std::max(top, 0); v < std::min(top + kernel, map.h); ++v) {
                    for (int u = std::max(left, 0); u < std::min(left + kernel, map.w); ++u) {
                        most = std::max(most, x.at(0, 0, v, u));
                    }
                }
                comparison.expect(fmt::format("{}, kernel {}, stride {} at {}", nameOf(map), kernel, stride, i),
                                  static_cast<double>(y.view().data[i]), most, 0);
            }
        }
    }
}

void checkPlaneAverage(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const PlaneShape map : kMaps) {
        comparison.newCase();
        const Array x = randomArray(rng, 1, 1, map.h, map.w);
        comparison.expect(nameOf(map), static_cast<double>(planeAverage(x.toFloats().data(), map.h * map.w)),
                          reference::globalPoolForward(x).values[0],
                          sumError(map.h * map.w) * reference::globalPoolForward(absolute(x)).values[0]);
    }
}

void checkLinearRows(Comparison& comparison, Rng& rng, ThreadPool&) {
    for (const LinearShape shape : {LinearShape{1, 1, 1}, LinearShape{1, 200, 33}, LinearShape{7, 37, 10}}) {
        comparison.newCase();
        const Array x = randomArray(rng, shape.rows, shape.inputs),
                    weight = randomArray(rng, shape.outputs, shape.inputs), bias = randomArray(rng, 1, shape.outputs);
        std::vector<float> y(static_cast<std::size_t>(shape.rows * shape.outputs));
        linearRows(shape, x.toFloats().data(), weight.toFloats().data(), bias.toFloats().data(), false, y.data(), 0,
                   shape.outputs);
        comparison.expect(fmt::format("{} x {} -> {}", shape.rows, shape.inputs, shape.outputs), y,
                          reference::linearForward(x, weight, bias.values),
                          reference::linearForward(absolute(x), absolute(weight), absolute(bias).values),
                          sumError(shape.inputs + 1));
    }
}

}  // namespace

std::span<const CheckedKernel> inferenceKernels() {
    static constexpr CheckedKernel kKernels[] = {{"pointwise", checkPointwise},  {"tapConv", checkTapConv},
                                                 {"convolve", checkConvKernel},  {"depthwise3x3", checkDepthwise},
                                                 {"maxPool", checkMaxPool},      {"planeAverage", checkPlaneAverage},
                                                 {"linearRows", checkLinearRows}};
    return kKernels;
}

}  // namespace condenser::cli
