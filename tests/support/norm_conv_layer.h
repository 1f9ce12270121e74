// For tests of BN -> ReLU -> convolution layers: drives one through a training step as the network does, and compares
// what comes out with the reference.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

#include "layers/grouped_conv.h"
#include "layers/pointwise_conv.h"
#include "support/norm_conv_test.h"

namespace condenser::test {

inline std::vector<double> randomValues(Rng& rng, int count, double low, double high) {
    const auto floats = randomFloats(rng, static_cast<std::size_t>(count), low, high);
    return {floats.begin(), floats.end()};
}

inline std::vector<float> toFloats(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

// A 3x3 writes among other channels of a block; a 1x1 makes all channels of its features.
template <class Layer>
constexpr int kOtherChannels = 0;
template <>
inline constexpr int kOtherChannels<GroupedConv3x3> = 2;

inline void forwardImages(const PointwiseConv& layer, const Features& in, ImageRange images, Features& out,
                          Scratch& scratch) {
    layer.forwardImages(in, images, out, scratch);
}
inline void forwardImages(const GroupedConv3x3& layer, const Features& in, ImageRange images, Features& out,
                          Scratch& scratch) {
    layer.forwardImages(in, images, out, kOtherChannels<GroupedConv3x3>, scratch);
}
inline void prepareBackward(PointwiseConv& layer, const Features& out, int images, ChunkSums& sums) {
    layer.prepareBackward(out, images, sums);
}
inline void prepareBackward(GroupedConv3x3& layer, const Features& out, int images, ChunkSums& sums) {
    layer.prepareBackward(out, kOtherChannels<GroupedConv3x3>, images, sums);
}
inline void backwardChunk(PointwiseConv& layer, Features& in, int chunk, int next, const Features& out, ChunkSums& sums,
                          Scratch& scratch) {
    layer.backwardChunk(in, chunk, next, out, sums, scratch);
}
inline void backwardChunk(GroupedConv3x3& layer, Features& in, int chunk, int next, const Features& out,
                          ChunkSums& sums, Scratch& scratch) {
    layer.backwardChunk(in, chunk, next, out, kOtherChannels<GroupedConv3x3>, sums, scratch);
}

// Features that hold x, with NaN in the padding, and its moments.
inline void setFeatures(Features& features, const Array& x, View gradient) {
    features.reshape(x.n, x.c, x.h, x.w, gradient);
    poison(features.value());
    copyPacked(x.toFloats(), features.value());
    if (gradient.data == nullptr) return;
    for (int n = 0; n < x.n; ++n) features.measureImage(n, 0, x.c);
    features.mergeMoments(0, x.c);
}

struct LayerOutcome {
    std::vector<float> y, dx, dweight, dnormWeight, dnormBias;
    std::vector<Moments> moments;  // of y
};

// What readers of an output channel have deferred of its gradient.
struct Deferred {
    double a = 0, b = 0;
};

// Forward and backward; `deferred` [outputs] or empty.
template <class Layer>
LayerOutcome runLayer(Layer& layer, const Array& x, const Array& dy, Mode mode, ThreadPool& pool,
                      std::span<const Deferred> deferred = {}) {
    constexpr int kFirst = kOtherChannels<Layer>;
    Tensor dx(x.n, x.c, x.h, x.w);
    if (kFirst != 0) poison(dx.view());  // such a layer is the only reader of its features
    Features features;
    setFeatures(features, x, dx.view());

    Tensor gradient(dy.n, dy.c + 2 * kFirst, dy.h, dy.w);
    poison(gradient.view());
    copyPacked(dy.toFloats(), gradient.view().channels(kFirst, dy.c));
    Features out;
    out.reshape(dy.n, dy.c + 2 * kFirst, dy.h, dy.w, gradient.view());
    poison(out.value());

    std::vector<Scratch> scratch(static_cast<std::size_t>(pool.size()));
    layer.prepareForward(features, mode);
    pool.parallelFor(static_cast<std::size_t>(chunkCount(x.n)), [&](std::size_t chunk, int worker) {
        forwardImages(layer, features, chunkImages(x.n, static_cast<int>(chunk)), out,
                      scratch[static_cast<std::size_t>(worker)]);
    });
    out.mergeMoments(kFirst, dy.c);
    for (std::size_t o = 0; o < deferred.size(); ++o) {
        out.deferCorrection(kFirst + static_cast<int>(o), deferred[o].a, deferred[o].b);
    }
    ChunkSums sums;
    prepareBackward(layer, out, x.n, sums);
    pool.parallelFor(static_cast<std::size_t>(chunkCount(x.n)), [&](std::size_t chunk, int worker) {
        const int mine = static_cast<int>(chunk);
        backwardChunk(layer, features, mine, mine + pool.size(), out, sums, scratch[static_cast<std::size_t>(worker)]);
    });
    layer.finishBackward(features, mode, sums, pool);
    for (int n = 0; n < x.n; ++n) features.correctGradientImage(n, 0, x.c);

    LayerOutcome outcome{toPacked(ConstView(out.value().channels(kFirst, dy.c))),
                         dx.toPacked(),
                         layer.dWeight,
                         layer.input.norm.dWeight,
                         layer.input.norm.dBias,
                         {}};
    for (int o = 0; o < dy.c; ++o) outcome.moments.push_back(out.moments(kFirst + o));
    return outcome;
}

inline std::string differenceOf(const LayerOutcome& got, const Array& y,
                                const reference::NormReluConvGradients& gradients, const NormConvAllowance& allowed) {
    const struct {
        const char* name;
        const std::vector<float>& got;
        const std::vector<double>& expected;
        const std::vector<double>& allowed;
    } rows[] = {
        {"y", got.y, y.values, allowed.y.values},
        {"dx", got.dx, gradients.dx.values, allowed.dx.values},
        {"dweight", got.dweight, gradients.dweight.values, allowed.dweight.values},
        {"dnorm.weight", got.dnormWeight, gradients.dnormWeight, allowed.dnormWeight},
        {"dnorm.bias", got.dnormBias, gradients.dnormBias, allowed.dnormBias},
    };
    for (const auto& row : rows) {
        const std::string found = difference(row.got, row.expected, row.allowed, 1);
        if (!found.empty()) return fmt::format("{}: {}", row.name, found);
    }
    const Array written(y.n, y.c, y.h, y.w, got.y);
    const auto statistics = reference::batchStatistics(written);
    for (int o = 0; o < y.c; ++o) {
        const std::string found = differenceOfMoments(got.moments[static_cast<std::size_t>(o)], written, o, statistics);
        if (!found.empty()) return fmt::format("output {}: {}", o, found);
    }
    return {};
}

inline bool sameBits(const LayerOutcome& a, const LayerOutcome& b) {
    for (std::size_t o = 0; o < a.moments.size(); ++o) {
        if (a.moments[o].mean != b.moments[o].mean || a.moments[o].squares != b.moments[o].squares) return false;
    }
    return sameBits(a.y, b.y) && sameBits(a.dx, b.dx) && sameBits(a.dweight, b.dweight) &&
           sameBits(a.dnormWeight, b.dnormWeight) && sameBits(a.dnormBias, b.dnormBias);
}

// The gradient of y without what was deferred of it, from the outcome's own y, and how far off it is in floats.
struct CorrectedGradient {
    Array dy, error;
};
inline CorrectedGradient correctedGradient(const LayerOutcome& outcome, const Array& dy,
                                           std::span<const Deferred> deferred) {
    CorrectedGradient result{dy, Array(dy.n, dy.c, dy.h, dy.w)};
    const Array y(dy.n, dy.c, dy.h, dy.w, outcome.y);
    const std::size_t pixels = static_cast<std::size_t>(y.h * y.w), channels = static_cast<std::size_t>(y.c);
    for (std::size_t i = 0; i < y.values.size(); ++i) {
        const std::size_t channel = i / pixels % channels;
        const auto [a, b] = deferred[channel];
        const double mean = outcome.moments[channel].mean, far = b * (y.values[i] - mean);
        result.dy.values[i] -= a + far;
        // The mean, the factor and the distance, then the product and the sum, and what is left are rounded.
        result.error.values[i] =
            kUnitRoundoff * (std::abs(b * mean) + 4 * std::abs(far) + 2 * std::abs(a) + std::abs(result.dy.values[i]));
    }
    return result;
}

}  // namespace condenser::test
