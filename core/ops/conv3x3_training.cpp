#include "ops/conv3x3_training.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv3x3_training.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/blocks-inl.h"
#include "ops/folded_norm-inl.h"
#include "ops/lane_sums-inl.h"
#include "ops/moments-inl.h"
#include "ops/tail-inl.h"
#include "ops/tap_tile-inl.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Lays one map out: pixel(p) gives the vector of pixels from p on. What stands between the rows and around them is zero
// already and stays so.
template <class Pixels>
HWY_INLINE void fillMap(const PackedConv3x3& packed, float* map, const Pixels& pixel) {
    const D d;
    const TapMaps& taps = packed.taps;
    const int lanes = static_cast<int>(hn::Lanes(d));
    if (taps.kind == TapMaps::Kind::kTriple) {
        const int pixels = taps.height * taps.width;
        float* left = map + taps.tap(0, 0, 0, -1);
        for (int p = 0, x = 0; p < pixels; p += lanes) {
            V value = pixel(p);
            if (pixels - p < lanes)
                value = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(pixels - p)), value);
            hn::StoreU(hn::And(value, hn::LoadU(d, packed.leftMask.data() + x)), d, left + p + 1);
            hn::StoreU(value, d, left + taps.copyStride + p);
            hn::StoreU(hn::And(value, hn::LoadU(d, packed.rightMask.data() + x)), d,
                       left + 2 * taps.copyStride + p - 1);
            x = (x + lanes) % taps.width;
        }
        return;
    }
    // The last vector of a row fills up with zeros: the gap's, and perhaps some where the next row is written later.
    const std::size_t rest = static_cast<std::size_t>(taps.width % lanes);
    const auto inRow = hn::FirstN(d, rest);
    for (int y = 0; y < taps.height; ++y) {
        float* row = map + taps.tap(y, 0, 0, 0);
        const int first = y * taps.width;
        int x = 0;
        for (; x + lanes <= taps.width; x += lanes) hn::StoreU(pixel(first + x), d, row + x);
        if (rest != 0) hn::StoreU(hn::IfThenElseZero(inRow, pixel(first + x)), d, row + x);
    }
}

HWY_INLINE void fillNormalised(const PackedConv3x3& packed, const FoldedNorm& norm, const float* x, float* map) {
    const Normalise normalise(norm);
    fillMap(packed, map, [&](int p) HWY_ATTR { return normalise(x + p); });
}

// Where a forward tile's outputs go, with the moments of what goes there.
struct MeasuredStore {
    float* y;
    std::ptrdiff_t stride;
    RunningMoments* running;  // of the tile's first output

    static constexpr bool kMaySpill = false, kAllHeights = false;
    template <class Tag>
    struct Output {
        Tag d;
        float* plane;
        MomentsOf<Tag> moments;
        HWY_INLINE void whole(std::ptrdiff_t pixel, hn::Vec<Tag> sum) {
            if (pixel == 0) moments.begin(sum);
            moments.add(sum);
            hn::StoreU(sum, d, plane + pixel);
        }
        HWY_INLINE void part(std::ptrdiff_t pixel, hn::Vec<Tag> sum, int count) {
            if (pixel == 0) moments.begin(sum);
            moments.add(sum, count);
            storeTail(sum, d, plane + pixel, static_cast<std::size_t>(count));
        }
        HWY_INLINE void end() { moments.store(); }
    };
    template <class Tag>
    HWY_INLINE Output<Tag> output(Tag d, int m) const {
        return {d, y + m * stride, MomentsOf<Tag>(d, running + m)};
    }
};

// Where a backward tile's gradients go: through the ReLU and the norm of the input that they belong to.
struct GradientStore {
    const FoldedNorm* norms;  // of the tile's first input
    const float* x;
    float* dx;
    std::ptrdiff_t xStride, dxStride;
    float* sums;  // two vectors an input: sum of scale * g, sum of scale * g * (x - mean)

    static constexpr bool kMaySpill = false, kAllHeights = false;
    template <class Tag>
    struct Output {
        Tag d;
        const float* x;
        float* dx;
        float* sums;
        hn::Vec<Tag> mean, bound, sign, gradient, centred;

        HWY_INLINE hn::Vec<Tag> passed(hn::Vec<Tag> pixels, hn::Vec<Tag> sum) {
            const auto g = hn::IfThenElseZero(hn::Gt(hn::Xor(pixels, sign), bound), sum);
            gradient = hn::Add(gradient, g);
            centred = hn::MulAdd(g, hn::Sub(pixels, mean), centred);
            return g;
        }
        HWY_INLINE void whole(std::ptrdiff_t pixel, hn::Vec<Tag> sum) {
            hn::StoreU(passed(hn::LoadU(d, x + pixel), sum), d, dx + pixel);
        }
        HWY_INLINE void part(std::ptrdiff_t pixel, hn::Vec<Tag> sum, int count) {
            const auto in = hn::FirstN(d, static_cast<std::size_t>(count));
            const auto g = passed(loadTail(d, x + pixel, static_cast<std::size_t>(count)), hn::IfThenElseZero(in, sum));
            storeTail(g, d, dx + pixel, static_cast<std::size_t>(count));
        }
        HWY_INLINE void end() {
            hn::StoreU(gradient, d, sums);
            hn::StoreU(centred, d, sums + RunningMoments::kLanes);
        }
    };
    template <class Tag>
    HWY_INLINE Output<Tag> output(Tag d, int m) const {
        const FoldedNorm& norm = norms[m];
        float* mine = sums + m * 2 * static_cast<std::ptrdiff_t>(RunningMoments::kLanes);
        return {d,
                x + m * xStride,
                dx + m * dxStride,
                mine,
                hn::Set(d, norm.mean),
                hn::Set(d, norm.bound),
                hn::Set(d, norm.sign),
                hn::LoadU(d, mine),
                hn::LoadU(d, mine + RunningMoments::kLanes)};
    }
};

// All rows of a group of `outputs` planes from `inputs` maps, tile by tile; storeOf(m) is where those from m on go.
template <class StoreOf>
HWY_INLINE void groupTiles(const PackedConv3x3& packed, const float* maps, int inputs, int outputs, const float* weight,
                           const StoreOf& storeOf) {
    const TapMaps& taps = packed.taps;
    for (int m = 0; m < outputs;) {
        const TapTile tile{maps,           packed.sources.data(), inputs, weight, packed.zeros.data(),
                           taps.rowStride, taps.copyStride};
        const int rows = tileRows(outputs - m);
        const auto run = [&](auto count) HWY_ATTR {
            tapTile<decltype(count)::value>(tile, taps, 0, taps.height, 0, 0, storeOf(m));
        };
        if constexpr (kTileRows == 8) {
            if (rows == 8) run(std::integral_constant<int, 8>());
        }
        if (rows == 4) run(std::integral_constant<int, 4>());
        if (rows == 2) run(std::integral_constant<int, 2>());
        if (rows == 1) run(std::integral_constant<int, 1>());
        weight += static_cast<std::ptrdiff_t>(rows) * 9 * inputs;
        m += rows;
    }
}

std::size_t forwardFloats(const PackedConv3x3& packed) {
    const Conv3x3Shape& shape = packed.shape;
    return static_cast<std::size_t>(shape.groupInputs()) * static_cast<std::size_t>(packed.taps.planeFloats) + 64 +
           static_cast<std::size_t>(shape.groupOutputs()) * sizeof(RunningMoments) / sizeof(float);
}

void forward(const PackedConv3x3& packed, ConstView x, View y, ImageRange images, float* scratch, Moments* moments,
             std::ptrdiff_t momentStride) {
    const Conv3x3Shape& shape = packed.shape;
    const int in = shape.groupInputs(), out = shape.groupOutputs();
    const std::ptrdiff_t mapFloats = packed.taps.planeFloats, maps = in * mapFloats + 64;
    auto* running = reinterpret_cast<RunningMoments*>(scratch + maps);
    std::memset(
        scratch, 0,
        static_cast<std::size_t>(maps) * sizeof(float) + static_cast<std::size_t>(out) * sizeof(RunningMoments));
    const std::int64_t count = static_cast<std::int64_t>(shape.h) * shape.w;
    const std::ptrdiff_t groupWeights = static_cast<std::ptrdiff_t>(out) * in * 9;
    for (int image = images.first; image < images.first + images.count; ++image) {
        for (int g = 0; g < shape.groups; ++g) {
            for (int c = 0; c < in; ++c) {
                fillNormalised(packed, packed.norms[static_cast<std::size_t>(g * in + c)], x.plane(image, g * in + c),
                               scratch + c * mapFloats);
            }
            const float* weight = packed.forward.data() + g * groupWeights;
            float* plane = y.plane(image, g * out);
            groupTiles(packed, scratch, in, out, weight, [&](int m) HWY_ATTR {
                return MeasuredStore{plane + m * y.strideC, y.strideC, running + m};
            });
            for (int o = 0; moments != nullptr && o < out; ++o) {
                moments[(g * out + o) * momentStride + image] = momentsOf(running[o], count);
            }
        }
    }
}

// The sums over pixels that are the weights' gradient, for one input and kOutputs outputs: 9 taps each.
template <int kOutputs>
struct TapSums {
    V sum[kOutputs][9];

    HWY_INLINE void clear() {
        CONDENSER_UNROLL
        for (int o = 0; o < kOutputs; ++o) {
            CONDENSER_UNROLL
            for (int tap = 0; tap < 9; ++tap) sum[o][tap] = hn::Zero(D());
        }
    }
    // to[o * stride + tap] += the sum of the lanes.
    HWY_INLINE void addTo(float* to, std::ptrdiff_t stride) const {
        const D d;
        CONDENSER_UNROLL
        for (int o = 0; o < kOutputs; ++o) {
            const V low[4] = {sum[o][0], sum[o][1], sum[o][2], sum[o][3]};
            const V high[4] = {sum[o][4], sum[o][5], sum[o][6], sum[o][7]};
            addLaneSums<4>(d, low, to + o * stride);
            addLaneSums<4>(d, high, to + o * stride + 4);
            to[o * stride + 8] += hn::GetLane(hn::SumOfLanes(d, sum[o][8]));
        }
    }
};

// Maps whose rows do not touch: down a column of vectors, each row of x serves the three rows of dy around it.
template <int kOutputs>
HWY_INLINE void addFramed(const TapMaps& taps, const float* x, const float* dy, std::ptrdiff_t dyMap,
                          TapSums<kOutputs>& sums, Herald& herald) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    for (int column = 0; column < taps.width; column += lanes) {
        const float* in = x + taps.tap(0, column, 0, -1);
        const float* out = dy + taps.tap(0, column, 0, 0);
        V above[kOutputs], here[kOutputs];
        CONDENSER_UNROLL
        for (int o = 0; o < kOutputs; ++o) {
            above[o] = hn::Zero(d);
            here[o] = hn::LoadU(d, out + o * dyMap);
        }
        for (int row = 0; row < taps.height; ++row) {
            in += row == 0 ? 0 : taps.rowStride;
            out += taps.rowStride;
            herald.step();
            V pixels[3];
            CONDENSER_UNROLL
            for (int dx = 0; dx < 3; ++dx) pixels[dx] = inRegister(hn::LoadU(d, in + dx));
            CONDENSER_UNROLL
            for (int o = 0; o < kOutputs; ++o) {
                const V below = inRegister(hn::LoadU(d, out + o * dyMap));
                CONDENSER_UNROLL
                for (int dx = 0; dx < 3; ++dx) {
                    sums.sum[o][dx] = hn::MulAdd(pixels[dx], below, sums.sum[o][dx]);
                    sums.sum[o][3 + dx] = hn::MulAdd(pixels[dx], here[o], sums.sum[o][3 + dx]);
                    sums.sum[o][6 + dx] = hn::MulAdd(pixels[dx], above[o], sums.sum[o][6 + dx]);
                }
                above[o] = here[o];
                here[o] = below;
            }
        }
    }
}

// Maps as one run of pixels.
template <int kOutputs>
HWY_INLINE void addRun(const TapMaps& taps, const float* x, const float* dy, std::ptrdiff_t dyMap,
                       TapSums<kOutputs>& sums, Herald& herald) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int run = taps.height * static_cast<int>(taps.rowStride);
    const float* in = x + taps.tap(0, 0, -1, -1);
    const float* out = dy + taps.tap(0, 0, 0, 0);
    for (int p = 0; p < run; p += lanes) {
        herald.step();
        V gradient[kOutputs];
        CONDENSER_UNROLL
        for (int o = 0; o < kOutputs; ++o) gradient[o] = inRegister(hn::LoadU(d, out + o * dyMap + p));
        CONDENSER_UNROLL
        for (int tap = 0; tap < 9; ++tap) {
            const V pixels = inRegister(hn::LoadU(d, in + tap / 3 * taps.rowStride + tap % 3 * taps.copyStride + p));
            CONDENSER_UNROLL
            for (int o = 0; o < kOutputs; ++o) sums.sum[o][tap] = hn::MulAdd(pixels, gradient[o], sums.sum[o][tap]);
        }
    }
}

// The chunk's sums for a group: x [images][in] and dy [images][out] maps, dw [out][in][9].
template <int kOutputs>
HWY_INLINE void weightTile(const PackedConv3x3& packed, const float* x, const float* dy, int images, int in, int out,
                           float* dw, Herald& herald) {
    const TapMaps& taps = packed.taps;
    TapSums<kOutputs> sums;
    sums.clear();
    for (int image = 0; image < images; ++image) {
        if (taps.kind == TapMaps::Kind::kFramed) {
            addFramed<kOutputs>(taps, x, dy, taps.planeFloats, sums, herald);
        } else {
            addRun<kOutputs>(taps, x, dy, taps.planeFloats, sums, herald);
        }
        x += in * taps.planeFloats;
        dy += out * taps.planeFloats;
    }
    sums.addTo(dw, static_cast<std::ptrdiff_t>(in) * 9);
}

// So many outputs at once as the registers hold sums for.
constexpr int kTapOutputs = kTileRows == 8 ? 2 : 1;

// Vectors of pixels of a map that its weightTile walks over.
int weightSteps(const TapMaps& taps) {
    const int lanes = static_cast<int>(hn::Lanes(D()));
    return taps.kind == TapMaps::Kind::kFramed ? taps.height * ((taps.width + lanes - 1) / lanes)
                                               : (taps.height * static_cast<int>(taps.rowStride) + lanes - 1) / lanes;
}

HWY_INLINE void groupWeights(const PackedConv3x3& packed, const float* x, const float* dy, int images, float* dw,
                             Herald& herald) {
    const int in = packed.shape.groupInputs(), out = packed.shape.groupOutputs();
    const std::ptrdiff_t map = packed.taps.planeFloats;
    for (int c = 0; c < in; ++c) {
        int o = 0;
        for (; o + kTapOutputs <= out; o += kTapOutputs) {
            weightTile<kTapOutputs>(packed, x + c * map, dy + o * map, images, in, out, dw + (o * in + c) * 9, herald);
        }
        if (o < out) weightTile<1>(packed, x + c * map, dy + o * map, images, in, out, dw + (o * in + c) * 9, herald);
    }
}

// Images that are worked on at once: the sums over small maps would be short.
int imagesAtOnce(const PackedConv3x3& packed, int images) {
    return std::clamp(1024 / (packed.shape.h * packed.shape.w), 1, images);
}

std::size_t backwardFloats(const PackedConv3x3& packed, int images) {
    const Conv3x3Shape& shape = packed.shape;
    const std::size_t maps = static_cast<std::size_t>(imagesAtOnce(packed, images)) *
                             static_cast<std::size_t>(shape.groupInputs() + shape.groupOutputs());
    return maps * static_cast<std::size_t>(packed.taps.planeFloats) + 128 +
           static_cast<std::size_t>(shape.inputs) * 2 * RunningMoments::kLanes;
}

void backward(const PackedConv3x3& packed, const GradientCorrection* corrections, ConstView x, View dx, ConstView y,
              ConstView dy, ImageRange images, ImageRange ahead, float* scratch, float* dw, NormSums* sums) {
    const Conv3x3Shape& shape = packed.shape;
    const int in = shape.groupInputs(), out = shape.groupOutputs();
    const std::ptrdiff_t map = packed.taps.planeFloats;
    const std::ptrdiff_t groupWeightFloats = static_cast<std::ptrdiff_t>(out) * in * 9;
    const int atOnce = imagesAtOnce(packed, images.count);
    constexpr std::ptrdiff_t kLanes = static_cast<std::ptrdiff_t>(RunningMoments::kLanes);
    float* xMaps = scratch;
    float* dyMaps = xMaps + atOnce * in * map + 64;
    float* laneSums = dyMaps + atOnce * out * map + 64;
    std::memset(scratch, 0, backwardFloats(packed, images.count) * sizeof(float));
    std::memset(dw, 0, shape.weights() * sizeof(float));
    const auto blockOf = [&](int first, int count) {
        Block block;
        const std::ptrdiff_t pixels = static_cast<std::ptrdiff_t>(shape.h) * shape.w, floats = (pixels + 15) / 16 * 16;
        for (; block.count < std::min(count, kMostSegments); ++block.count) {
            block.segments[block.count] = {first + block.count, 0, pixels, floats};
            block.floats += floats;
        }
        return block;
    };
    const int end = images.first + images.count;
    for (int first = images.first; first < end; first += atOnce) {
        const int count = std::min(atOnce, end - first);
        const Block block = blockOf(first, count);
        const Block next = first + count < end ? blockOf(first + count, std::min(atOnce, end - first - count))
                                               : blockOf(ahead.first, std::min(atOnce, ahead.count));
        const int steps = weightSteps(packed.taps) * count * in * ((out + kTapOutputs - 1) / kTapOutputs);
        for (int g = 0; g < shape.groups; ++g) {
            const bool isLast = g + 1 == shape.groups;
            Herald herald(isLast ? next : block, x, dx, isLast ? 0 : (g + 1) * in, in, steps);
            for (int i = 0; i < count; ++i) {
                for (int c = 0; c < in; ++c) {
                    fillNormalised(packed, packed.norms[static_cast<std::size_t>(g * in + c)],
                                   x.plane(first + i, g * in + c), xMaps + (i * in + c) * map);
                }
                for (int o = 0; o < out; ++o) {
                    const Correct correct(corrections[g * out + o]);
                    const float* value = y.plane(first + i, g * out + o);
                    const float* gradient = dy.plane(first + i, g * out + o);
                    fillMap(packed, dyMaps + (i * out + o) * map,
                            [&](int p) HWY_ATTR { return correct(value + p, gradient + p); });
                }
            }
            groupWeights(packed, xMaps, dyMaps, count, dw + g * groupWeightFloats, herald);
            for (int i = 0; i < count; ++i) {
                const float* value = x.plane(first + i, g * in);
                float* gradient = dx.plane(first + i, g * in);
                groupTiles(packed, dyMaps + i * out * map, out, in, packed.backward.data() + g * groupWeightFloats,
                           [&](int m) HWY_ATTR {
                               return GradientStore{packed.norms.data() + g * in + m,
                                                    value + m * x.strideC,
                                                    gradient + m * dx.strideC,
                                                    x.strideC,
                                                    dx.strideC,
                                                    laneSums + (g * in + m) * 2 * kLanes};
                           });
            }
        }
    }
    for (int c = 0; c < shape.inputs; ++c) {
        const float* mine = laneSums + c * 2 * kLanes;
        sums[c] = packed.norms[static_cast<std::size_t>(c)].sumsOf(sumOfLanes(mine), sumOfLanes(mine + kLanes));
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {
namespace {

// Tiles of `rows` outputs: weightOf(m, k, dy, dx) as [k][dx][dy][m].
template <class WeightOf>
float* packTaps(int rows, int inputs, float* to, const WeightOf& weightOf) {
    for (int m = 0; m < rows;) {
        const int tile = largestTileRows(rows - m);
        for (int k = 0; k < inputs; ++k) {
            for (int dx = 0; dx < 3; ++dx) {
                for (int dy = 0; dy < 3; ++dy) {
                    for (int r = 0; r < tile; ++r) *to++ = weightOf(m + r, k, dy, dx);
                }
            }
        }
        m += tile;
    }
    return to;
}

}  // namespace

HWY_EXPORT(forwardFloats);
HWY_EXPORT(forward);
HWY_EXPORT(backwardFloats);
HWY_EXPORT(backward);

PackedConv3x3::PackedConv3x3(const Conv3x3Shape& shapeOf) : shape(shapeOf), taps(shapeOf.h, shapeOf.w, vectorLanes()) {
    norms.resize(static_cast<std::size_t>(shape.inputs));
    forward.resize(shape.weights());
    backward.resize(shape.weights());
    for (int k = 0; k < std::max(shape.groupInputs(), shape.groupOutputs()); ++k)
        sources.push_back(k * taps.planeFloats);
    zeros.resize(sources.size());
    const float all = std::bit_cast<float>(~std::uint32_t{0});
    for (int x = 0; x < taps.width + vectorLanes(); ++x) {
        leftMask.push_back(x % taps.width == taps.width - 1 ? 0.0f : all);
        rightMask.push_back(x % taps.width == 0 ? 0.0f : all);
    }
}

void PackedConv3x3::pack(const float* w, const std::vector<NormAffine>& affine) {
    for (std::size_t c = 0; c < norms.size(); ++c) norms[c] = foldNorm(affine[c]);
    const int in = shape.groupInputs(), out = shape.groupOutputs();
    float* to = forward.data();
    float* toBackward = backward.data();
    for (int g = 0; g < shape.groups; ++g) {
        const auto weight = [&](int o, int c, int dy, int dx) {
            return w[((static_cast<std::ptrdiff_t>(g) * out + o) * in + c) * 9 + dy * 3 + dx];
        };
        const auto norm = [&](int c) -> const FoldedNorm& { return norms[static_cast<std::size_t>(g * in + c)]; };
        to = packTaps(out, in, to, [&](int o, int c, int dy, int dx) { return weight(o, c, dy, dx) * norm(c).scale; });
        // An input pixel is reached by the output pixel on the other side of the tap.
        toBackward = packTaps(in, out, toBackward, [&](int c, int o, int dy, int dx) {
            return weight(o, c, 2 - dy, 2 - dx) * norm(c).signedScale();
        });
    }
}

std::size_t conv3x3ForwardFloats(const PackedConv3x3& packed) {
    return HWY_DYNAMIC_DISPATCH(forwardFloats)(packed);
}

void conv3x3Forward(const PackedConv3x3& packed, ConstView x, View y, ImageRange images, float* scratch,
                    Moments* moments, std::ptrdiff_t momentStride) {
    HWY_DYNAMIC_DISPATCH(forward)(packed, x, y, images, scratch, moments, momentStride);
}

std::size_t conv3x3BackwardFloats(const PackedConv3x3& packed, int images) {
    return HWY_DYNAMIC_DISPATCH(backwardFloats)(packed, images);
}

void conv3x3Backward(const PackedConv3x3& packed, const GradientCorrection* corrections, ConstView x, View dx,
                     ConstView y, ConstView dy, ImageRange images, ImageRange ahead, float* scratch, float* dw,
                     NormSums* sums) {
    HWY_DYNAMIC_DISPATCH(backward)(packed, corrections, x, dx, y, dy, images, ahead, scratch, dw, sums);
}

}  // namespace condenser
#endif  // HWY_ONCE
