#include "ops/pointwise_training.h"

#include <algorithm>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pointwise_forward.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/blocks-inl.h"
#include "ops/moments-inl.h"
#include "ops/tail-inl.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// A few vectors of pixels; `rest`: pixels of the last one, 0 if it is whole.
struct Stretch {
    int rest;
    bool first;                      // of the image
    std::ptrdiff_t ahead, aheadInY;  // to the pixels that come next
};

template <int kVectors, bool kMeasure>
HWY_INLINE void storeOutput(const V (&sum)[kVectors], float* y, const Stretch& stretch, RunningMoments* running) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    CONDENSER_UNROLL
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, y + v * lanes);
    if constexpr (kMeasure) {
        MomentsOf<D> moments(d, running);
        if (stretch.first) moments.begin(sum[0]);
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            if (v == kVectors - 1 && stretch.rest != 0) {
                moments.add(sum[v], stretch.rest);
            } else {
                moments.add(sum[v]);
            }
        }
        moments.store();
    }
}

// A group of the forward pass, its inputs in order of the norms' signs.
struct ForwardGroup {
    const std::ptrdiff_t* sources;
    const float* bounds;
    int positive, inputs;
};

// One vector of pixels behind the norm and the ReLU, but for the scale.
template <bool kPositive>
HWY_INLINE V passed(V pixels, V bound) {
    const D d;
    return maxOrNan(hn::Zero(d), kPositive ? hn::Sub(pixels, bound) : hn::Sub(bound, pixels));
}

// How a tile finds its inputs: in the panel that was packed for all tiles of the group, or in place, where the first
// tile also asks for what will be read next.
enum class Inputs { kPanel, kInPlace, kInPlaceFirst };

template <int kVectors, bool kPositive>
HWY_INLINE void packInputs(const ForwardGroup& group, const float* x, int first, int last, std::ptrdiff_t ahead,
                           float* HWY_RESTRICT panel) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    panel += first * kVectors * lanes;
    for (int k = first; k < last; ++k) {
        const float* plane = x + group.sources[k];
        const V bound = hn::Set(d, group.bounds[k]);
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            fetch(plane + ahead + v * lanes);
            hn::Store(passed<kPositive>(hn::LoadU(d, plane + v * lanes), bound), d, panel + v * lanes);
        }
        panel += kVectors * lanes;
    }
}

// Adds the products of the inputs first..last-1.
template <Inputs kInputs, bool kPositive, int kRows, int kVectors>
HWY_INLINE void addProducts(const ForwardGroup& group, const float* HWY_RESTRICT weight, const float* x,
                            const float* panel, int first, int last, std::ptrdiff_t ahead, V (&sum)[kRows][kVectors]) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    weight += first * kRows;
    for (int k = first; k < last; ++k) {
        V in[kVectors];
        if constexpr (kInputs == Inputs::kPanel) {
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) in[v] = inRegister(hn::Load(d, panel + v * lanes));
            panel += kVectors * lanes;
        } else {
            const float* plane = x + group.sources[k];
            const V bound = hn::Set(d, group.bounds[k]);
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) {
                if constexpr (kInputs == Inputs::kInPlaceFirst) fetch(plane + ahead + v * lanes);
                in[v] = passed<kPositive>(hn::LoadU(d, plane + v * lanes), bound);
            }
        }
        CONDENSER_UNROLL
        for (int m = 0; m < kRows; ++m) {
            const V w = hn::Set(d, weight[m]);
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::MulAdd(w, in[v], sum[m][v]);
        }
        weight += kRows;
    }
}

// kRows outputs x kVectors vectors of pixels.
template <Inputs kInputs, bool kMeasure, int kRows, int kVectors>
HWY_INLINE void forwardTile(const ForwardGroup& group, const float* HWY_RESTRICT weight, const float* x,
                            const float* panel, const int* outputs, float* y, std::ptrdiff_t stride,
                            const Stretch& stretch, RunningMoments* running) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][kVectors];
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            fetch(y + outputs[m] * stride + stretch.aheadInY + v * lanes);
            sum[m][v] = hn::Zero(d);
        }
    }
    if constexpr (kInputs == Inputs::kPanel) {
        addProducts<kInputs, true>(group, weight, x, panel, 0, group.inputs, 0, sum);
    } else {
        addProducts<kInputs, true>(group, weight, x, panel, 0, group.positive, stretch.ahead, sum);
        addProducts<kInputs, false>(group, weight, x, panel, group.positive, group.inputs, stretch.ahead, sum);
    }
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        storeOutput<kVectors, kMeasure>(sum[m], y + outputs[m] * stride, stretch, kMeasure ? running + m : nullptr);
    }
}

// Up to so many outputs of a group read their inputs in place: with 32 registers the norm costs less than a panel,
// until it is done too often. With 16 there is no room for it.
constexpr int kMostInPlace = kTileRows == 8 ? 64 : 0;

// All groups at one stretch of pixels; x and y: that stretch of channel 0.
template <int kVectors, bool kMeasure>
HWY_INLINE void forwardStretch(const PointwiseTables& tables, const PackedPointwise& packed, const float* x, float* y,
                               std::ptrdiff_t stride, const Stretch& stretch, float* panel, RunningMoments* running) {
    for (std::size_t g = 0; g < tables.groups.size(); ++g) {
        const PointwiseTables::Group& group = tables.groups[g];
        const ForwardGroup inputs{packed.sources.data() + group.pairAt, packed.bounds.data() + group.pairAt,
                                  packed.positive[g], group.inputs};
        const float* weight = packed.forward.data() + group.weightAt;
        std::size_t output = group.outputAt;
        const std::size_t end = output + static_cast<std::size_t>(group.outputs);
        const auto tile = [&](auto how, auto rows) HWY_ATTR {
            constexpr int kRows = decltype(rows)::value;
            forwardTile<decltype(how)::value, kMeasure, kRows, kVectors>(
                inputs, weight, x, panel, tables.outputs.data() + output, y, stride, stretch,
                kMeasure ? running + output : nullptr);
            weight += static_cast<std::ptrdiff_t>(kRows) * group.inputs;
            output += kRows;
        };
        const auto tiles = [&](auto how) HWY_ATTR {
            const auto whileLeft = [&](auto rows) HWY_ATTR {
                while (output + rows <= end) tile(how, rows);
            };
            if constexpr (kTileRows == 8) whileLeft(std::integral_constant<std::size_t, 8>());
            whileLeft(std::integral_constant<std::size_t, 4>());
            whileLeft(std::integral_constant<std::size_t, 2>());
            whileLeft(std::integral_constant<std::size_t, 1>());
        };
        if (group.outputs > kMostInPlace) {
            packInputs<kVectors, true>(inputs, x, 0, inputs.positive, stretch.ahead, panel);
            packInputs<kVectors, false>(inputs, x, inputs.positive, inputs.inputs, stretch.ahead, panel);
            tiles(std::integral_constant<Inputs, Inputs::kPanel>());
        } else {
            const std::integral_constant<Inputs, Inputs::kInPlaceFirst> firstTile;
            switch (tileRows(group.outputs)) {
                case 8:
                    if constexpr (kTileRows == 8) tile(firstTile, std::integral_constant<std::size_t, 8>());
                    break;
                case 4:
                    tile(firstTile, std::integral_constant<std::size_t, 4>());
                    break;
                case 2:
                    tile(firstTile, std::integral_constant<std::size_t, 2>());
                    break;
                default:
                    tile(firstTile, std::integral_constant<std::size_t, 1>());
                    break;
            }
            tiles(std::integral_constant<Inputs, Inputs::kInPlace>());
        }
    }
}

template <bool kMeasure>
HWY_INLINE void forwardImage(const PointwiseTables& tables, const PackedPointwise& packed, ConstView x, View y,
                             int image, bool isLast, float* panel, RunningMoments* running) {
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(D()));
    const std::ptrdiff_t pixels = static_cast<std::ptrdiff_t>(x.h) * x.w;
    for (std::ptrdiff_t at = 0; at < pixels;) {
        const std::ptrdiff_t left = (pixels - at + lanes - 1) / lanes;  // vectors
        const std::ptrdiff_t vectors = left == 4 ? 2 : std::min<std::ptrdiff_t>(left, kTileVectors);
        const int rest = vectors == left ? static_cast<int>(pixels % lanes) : 0;
        // Behind an image's last stretch comes the next one's first.
        const auto ahead = [&](std::ptrdiff_t imageStride) {
            return vectors < left ? vectors * lanes : isLast ? 0 : imageStride - at;
        };
        const Stretch stretch{rest, at == 0, ahead(x.strideN), ahead(y.strideN)};
        const float* from = x.plane(image, 0) + at;
        float* to = y.plane(image, 0) + at;
        if (vectors == 3) forwardStretch<3, kMeasure>(tables, packed, from, to, y.strideC, stretch, panel, running);
        if (vectors == 2) forwardStretch<2, kMeasure>(tables, packed, from, to, y.strideC, stretch, panel, running);
        if (vectors == 1) forwardStretch<1, kMeasure>(tables, packed, from, to, y.strideC, stretch, panel, running);
        at += vectors * lanes;
    }
}

std::size_t runningFloats(const PointwiseTables& tables) {
    return tables.outputs.size() * sizeof(RunningMoments) / sizeof(float);
}

std::size_t forwardFloats(const PointwiseTables& tables) {
    int inputs = 0;
    for (const PointwiseTables::Group& group : tables.groups) inputs = std::max(inputs, group.inputs);
    return runningFloats(tables) + static_cast<std::size_t>(inputs * kTileVectors) * hn::Lanes(D());
}

void forward(const PointwiseTables& tables, const PackedPointwise& packed, ConstView x, View y, ImageRange images,
             float* scratch, Moments* moments, std::ptrdiff_t momentStride) {
    auto* running = reinterpret_cast<RunningMoments*>(scratch);
    float* panel = scratch + runningFloats(tables);
    const std::int64_t count = static_cast<std::int64_t>(x.h) * x.w;
    const int end = images.first + images.count;
    for (int image = images.first; image < end; ++image) {
        if (moments == nullptr) {
            forwardImage<false>(tables, packed, x, y, image, image + 1 == end, panel, nullptr);
            continue;
        }
        forwardImage<true>(tables, packed, x, y, image, image + 1 == end, panel, running);
        for (std::size_t o = 0; o < tables.outputs.size(); ++o) {
            moments[tables.outputs[o] * momentStride + image] = momentsOf(running[o], count);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(forwardFloats);
HWY_EXPORT(forward);

std::size_t pointwiseForwardFloats(const PointwiseTables& tables) {
    return HWY_DYNAMIC_DISPATCH(forwardFloats)(tables);
}

void pointwiseForward(const PointwiseTables& tables, const PackedPointwise& packed, ConstView x, View y,
                      ImageRange images, float* scratch, Moments* moments, std::ptrdiff_t momentStride) {
    HWY_DYNAMIC_DISPATCH(forward)(tables, packed, x, y, images, scratch, moments, momentStride);
}

}  // namespace condenser
#endif  // HWY_ONCE
