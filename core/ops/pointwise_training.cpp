#include "ops/pointwise_training.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/check.h"
#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pointwise_training.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/blocks-inl.h"
#include "ops/lane_sums-inl.h"
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

// Rows (inputs) of the backward tiles, x 4 vectors of pixels or x 4 outputs: what the registers hold.
constexpr int kGradientRows = kTileRows == 8 ? 6 : 3;
constexpr int kGradientVectors = kTileRows == 8 ? 4 : 3;

// dw[r * outputs + m] += sum over the block of a[r] * dy[m], for kRows rows and kOutputs (up to 4) outputs.
template <int kRows, int kOutputs>
HWY_INLINE void dotTile(const float* HWY_RESTRICT a, std::ptrdiff_t aStride, const float* HWY_RESTRICT dy,
                        std::ptrdiff_t dyStride, std::ptrdiff_t floats, float* dw, std::ptrdiff_t outputs) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][4];
    CONDENSER_UNROLL
    for (int r = 0; r < kRows; ++r) {
        CONDENSER_UNROLL
        for (int m = 0; m < 4; ++m) sum[r][m] = hn::Zero(d);
    }
    for (std::ptrdiff_t p = 0; p < floats; p += lanes) {
        V in[kRows];
        CONDENSER_UNROLL
        for (int r = 0; r < kRows; ++r) in[r] = inRegister(hn::Load(d, a + r * aStride + p));
        CONDENSER_UNROLL
        for (int m = 0; m < kOutputs; ++m) {
            const V out = inRegister(hn::Load(d, dy + m * dyStride + p));
            CONDENSER_UNROLL
            for (int r = 0; r < kRows; ++r) sum[r][m] = hn::MulAdd(in[r], out, sum[r][m]);
        }
    }
    CONDENSER_UNROLL
    for (int r = 0; r < kRows; ++r) addLaneSums<kOutputs>(d, sum[r], dw + r * outputs);
}

using Row = PackedPointwise::Row;

template <int kRows, int kVectors, bool kTail>
HWY_INLINE void gradientTile(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT dy, std::ptrdiff_t dyStride,
                             int outputs, const Row* rows, std::ptrdiff_t ahead, const float* x, float* dx, float* sums,
                             int rest) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][kVectors];
    CONDENSER_UNROLL
    for (int r = 0; r < kRows; ++r) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(d);
    }
    for (int m = 0; m < outputs; ++m) {
        V in[kVectors];
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) in[v] = inRegister(hn::Load(d, dy + v * lanes));
        CONDENSER_UNROLL
        for (int r = 0; r < kRows; ++r) {
            const V w = hn::Set(d, weight[r]);
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(w, in[v], sum[r][v]);
        }
        dy += dyStride;
        weight += kRows;
    }
    CONDENSER_UNROLL
    for (int r = 0; r < kRows; ++r) {
        const V mean = hn::Set(d, rows[r].norm.mean), bound = hn::Set(d, rows[r].norm.bound),
                sign = hn::Set(d, rows[r].norm.sign);
        V gradient = hn::LoadU(d, sums), centred = hn::LoadU(d, sums + lanes);
        const float* value = x + rows[r].source;
        float* to = dx + rows[r].source;
        const std::ptrdiff_t next = rows[kRows + r].source + ahead;
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            fetch(x + next + v * lanes);
            fetch(dx + next + v * lanes);
            V pixels = inRegister(hn::LoadU(d, value + v * lanes));
            if constexpr (kTail) {
                pixels = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(rest)), pixels);
            }
            const V g = hn::IfThenElseZero(hn::Gt(hn::Xor(pixels, sign), bound), sum[r][v]);
            gradient = hn::Add(gradient, g);
            centred = hn::MulAdd(g, hn::Sub(pixels, mean), centred);
            hn::StoreU(hn::Add(g, hn::LoadU(d, to + v * lanes)), d, to + v * lanes);
        }
        hn::StoreU(gradient, d, sums);
        hn::StoreU(centred, d, sums + lanes);
        sums += 2 * lanes;
    }
}

// One tile of inputs of one group: its planes are normalised, multiplied with the gradients for the weights, and the
// gradients' product with the weights goes through the ReLU and the norm.
template <int kRows>
HWY_INLINE void backwardTile(const float* weight, const float* dy, std::ptrdiff_t dyStride, int outputs,
                             const Row* rows, std::ptrdiff_t ahead, const Block& block, ConstView x, View dx, float* a,
                             float* dw, float* sums, Herald& herald) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    constexpr std::ptrdiff_t kStride = kBlockFloats + 16;
    for (int r = 0; r < kRows; ++r) {
        float* to = a + r * kStride;
        const V bound = hn::Set(d, rows[r].norm.bound), sign = hn::Set(d, rows[r].norm.sign);
        for (int s = 0; s < block.count; ++s) {
            const Segment& segment = block.segments[s];
            const float* plane = x.plane(segment.image, 0) + rows[r].source + segment.first;
            fillSegment(segment, to, [&](std::ptrdiff_t p) HWY_ATTR {
                return maxOrNan(hn::Zero(d), hn::Sub(hn::Xor(hn::LoadU(d, plane + p), sign), bound));
            });
            to += segment.floats;
        }
    }
    int m = 0;
    for (; m + 4 <= outputs; m += 4) {
        dotTile<kRows, 4>(a, kStride, dy + m * dyStride, dyStride, block.floats, dw + m, outputs);
    }
    if (outputs - m == 3) dotTile<kRows, 3>(a, kStride, dy + m * dyStride, dyStride, block.floats, dw + m, outputs);
    if (outputs - m == 2) dotTile<kRows, 2>(a, kStride, dy + m * dyStride, dyStride, block.floats, dw + m, outputs);
    if (outputs - m == 1) dotTile<kRows, 1>(a, kStride, dy + m * dyStride, dyStride, block.floats, dw + m, outputs);
    for (int s = 0; s < block.count; ++s) {
        const Segment& segment = block.segments[s];
        const float* value = x.plane(segment.image, 0) + segment.first;
        float* gradient = dx.plane(segment.image, 0) + segment.first;
        std::ptrdiff_t p = 0;
        const auto tiles = [&](auto vectors) HWY_ATTR {
            constexpr int kVectors = decltype(vectors)::value;
            if constexpr (kVectors > kGradientVectors) return;
            for (; p + kVectors * lanes <= segment.pixels; p += kVectors * lanes) {
                herald.step();
                gradientTile<kRows, kVectors, false>(weight, dy + p, dyStride, outputs, rows, ahead, value + p,
                                                     gradient + p, sums, 0);
            }
        };
        tiles(std::integral_constant<int, 4>());
        tiles(std::integral_constant<int, 3>());
        tiles(std::integral_constant<int, 2>());
        tiles(std::integral_constant<int, 1>());
        if (p < segment.pixels) {
            gradientTile<kRows, 1, true>(weight, dy + p, dyStride, outputs, rows, ahead, value + p, gradient + p, sums,
                                         static_cast<int>(segment.pixels - p));
        }
        dy += segment.floats;
    }
}

// Inputs of a group are cut in tiles of nearly the same size, none above kGradientRows.
HWY_INLINE int tileInputs(int left) {
    const int tiles = (left + kGradientRows - 1) / kGradientRows;
    return (left + tiles - 1) / tiles;
}

void packBackward(const PointwiseTables& tables, const float* w, const std::ptrdiff_t* rows,
                  const std::ptrdiff_t* columns, const FoldedNorm* norms, float* packed) {
    for (const PointwiseTables::Group& group : tables.groups) {
        const std::ptrdiff_t* row = rows + group.outputAt;
        for (int k = 0; k < group.inputs;) {
            const int tile = tileInputs(group.inputs - k);
            const std::size_t pair = group.pairAt + static_cast<std::size_t>(k);
            for (int r = 0; r < tile; ++r) {
                const std::ptrdiff_t column = columns[pair + static_cast<std::size_t>(r)];
                const FoldedNorm& norm = norms[tables.planes[pair + static_cast<std::size_t>(r)]];
                const float scale = norm.signedScale();
                for (int m = 0; m < group.outputs; ++m) packed[m * tile + r] = w[row[m] + column] * scale;
            }
            packed += static_cast<std::ptrdiff_t>(tile) * group.outputs;
            k += tile;
        }
    }
}

// dy, whole and in the order of tables.outputs, as rows of the scratch.
HWY_INLINE void gatherGradients(const PointwiseBackward& job, ConstView y, ConstView dy, const Block& block,
                                std::ptrdiff_t stride, float* to) {
    const D d;
    for (std::size_t o = 0; o < job.tables.outputs.size(); ++o) {
        const GradientCorrection& correction = job.corrections[o];
        const V mean = hn::Set(d, correction.mean), a = hn::Set(d, correction.a), b = hn::Set(d, correction.b);
        float* row = to + static_cast<std::ptrdiff_t>(o) * stride;
        for (int s = 0; s < block.count; ++s) {
            const Segment& segment = block.segments[s];
            const float* value = y.plane(segment.image, job.tables.outputs[o]) + segment.first;
            const float* gradient = dy.plane(segment.image, job.tables.outputs[o]) + segment.first;
            fillSegment(segment, row, [&](std::ptrdiff_t p) HWY_ATTR {
                fetch(value + y.strideC + p);
                fetch(gradient + dy.strideC + p);
                const V distance = hn::Sub(hn::LoadU(d, value + p), mean);
                return hn::Sub(hn::LoadU(d, gradient + p), hn::MulAdd(b, distance, a));
            });
            row += segment.floats;
        }
    }
}

// The largest block of such a chunk, and the room between two rows of gradients: never a multiple of 4 KiB.
std::ptrdiff_t gradientStride(int pixels) {
    (void)pixels;
    return kBlockFloats + 16;
}

std::size_t backwardFloats(const PointwiseTables& tables, int pixels) {
    return static_cast<std::size_t>(gradientStride(pixels)) *
               (tables.outputs.size() + static_cast<std::size_t>(kGradientRows)) +
           tables.planes.size() * 2 * hn::Lanes(D());
}

void backward(const PointwiseBackward& job, ConstView x, View dx, ConstView y, ConstView dy, ImageRange images,
              ImageRange ahead, float* scratch, float* dw, NormSums* sums) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    const PointwiseTables& tables = job.tables;
    const int pixels = x.h * x.w;
    const std::ptrdiff_t stride = gradientStride(pixels);
    float* gradients = scratch;
    float* a = gradients + static_cast<std::ptrdiff_t>(tables.outputs.size()) * stride;
    float* laneSums = a + kGradientRows * stride;
    std::memset(laneSums, 0, tables.planes.size() * 2 * static_cast<std::size_t>(lanes) * sizeof(float));
    std::memset(dw, 0, tables.weights() * sizeof(float));
    int tiles = 0;
    for (const PointwiseTables::Group& group : tables.groups) {
        for (int k = 0; k < group.inputs; k += tileInputs(group.inputs - k)) ++tiles;
    }
    const int calls =
        tiles * static_cast<int>(std::min<std::ptrdiff_t>(kBlockFloats, pixels) / (kGradientVectors * lanes));
    Blocks blocks(images, pixels), blocksAhead(ahead, pixels);
    const auto firstPixel = [&](const Block& b) { return b.segments[0].image * x.strideN + b.segments[0].first; };
    for (Block block = blocks.next(); block.count > 0;) {
        const Block next = blocks.next();
        const Block expected = next.count > 0 ? next : blocksAhead.next();
        const std::ptrdiff_t toNext = expected.count > 0 ? firstPixel(expected) - firstPixel(block) : 0;
        Herald herald(expected, y, dy, 0, y.c, calls);
        gatherGradients(job, y, dy, block, stride, gradients);
        for (const PointwiseTables::Group& group : tables.groups) {
            const float* weight = job.packed.backward.data() + group.weightAt;
            const float* dyRows = gradients + static_cast<std::ptrdiff_t>(group.outputAt) * stride;
            for (int k = 0; k < group.inputs;) {
                const int tile = tileInputs(group.inputs - k);
                const std::size_t pair = group.pairAt + static_cast<std::size_t>(k);
                // Behind a block's last tile comes the next one's first.
                const std::ptrdiff_t toTile = pair + static_cast<std::size_t>(tile) < tables.planes.size() ? 0 : toNext;
                float* to = dw + group.weightAt + static_cast<std::size_t>(k) * static_cast<std::size_t>(group.outputs);
                const auto run = [&](auto count) HWY_ATTR {
                    constexpr int kRows = decltype(count)::value;
                    if constexpr (kRows <= kGradientRows) {
                        backwardTile<kRows>(weight, dyRows, stride, group.outputs, job.packed.rows.data() + pair,
                                            toTile, block, x, dx, a, to,
                                            laneSums + static_cast<std::ptrdiff_t>(pair) * 2 * lanes, herald);
                    }
                };
                if (tile == 6) run(std::integral_constant<int, 6>());
                if (tile == 5) run(std::integral_constant<int, 5>());
                if (tile == 4) run(std::integral_constant<int, 4>());
                if (tile == 3) run(std::integral_constant<int, 3>());
                if (tile == 2) run(std::integral_constant<int, 2>());
                if (tile == 1) run(std::integral_constant<int, 1>());
                weight += static_cast<std::ptrdiff_t>(tile) * group.outputs;
                k += tile;
            }
        }
        block = next;
    }
    for (std::size_t pair = 0; pair < tables.planes.size(); ++pair) {
        const float* mine = laneSums + static_cast<std::ptrdiff_t>(pair) * 2 * lanes;
        const FoldedNorm& norm = job.packed.norms[static_cast<std::size_t>(tables.planes[pair])];
        sums[pair] = norm.sumsOf(sumOfLanes(mine), sumOfLanes(mine + lanes));
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(packBackward);
HWY_EXPORT(forwardFloats);
HWY_EXPORT(forward);
HWY_EXPORT(backwardFloats);
HWY_EXPORT(backward);

std::size_t PointwiseTables::weights() const {
    std::size_t count = 0;
    for (const Group& group : groups)
        count += static_cast<std::size_t>(group.inputs) * static_cast<std::size_t>(group.outputs);
    return count;
}

namespace {

constexpr std::size_t kMostRows = 6;  // of a tile of any instruction set

}  // namespace

void PackedPointwise::reserve(const PointwiseTables& tables) {
    norms.resize(tables.channels.size());
    backward.resize(tables.weights());
    forward.resize(tables.weights());
    rows.resize(tables.planes.size() + kMostRows);
    sources.resize(tables.planes.size());
    bounds.resize(tables.planes.size());
    positive.resize(tables.groups.size());
    m_order.resize(tables.planes.size());
}

void PackedPointwise::pack(const PointwiseTables& tables, const float* w, const std::ptrdiff_t* wRows,
                           const std::ptrdiff_t* columns, const NormAffine* affine, std::ptrdiff_t stride) {
    for (std::size_t s = 0; s < norms.size(); ++s) norms[s] = foldNorm(affine[s]);
    HWY_DYNAMIC_DISPATCH(packBackward)(tables, w, wRows, columns, norms.data(), backward.data());
    float* to = forward.data();
    for (std::size_t g = 0; g < tables.groups.size(); ++g) {
        const PointwiseTables::Group& group = tables.groups[g];
        const std::size_t inputs = static_cast<std::size_t>(group.inputs);
        const auto normOf = [&](std::size_t pair) -> const FoldedNorm& {
            return norms[static_cast<std::size_t>(tables.planes[pair])];
        };
        std::size_t next = group.pairAt;
        for (const bool negative : {false, true}) {
            for (std::size_t pair = group.pairAt; pair < group.pairAt + inputs; ++pair) {
                if (std::signbit(normOf(pair).sign) == negative) m_order[next++] = pair;
            }
            if (!negative) positive[g] = static_cast<int>(next - group.pairAt);
        }
        for (std::size_t pair = group.pairAt; pair < group.pairAt + inputs; ++pair) {
            rows[pair] = {normOf(pair), tables.channels[static_cast<std::size_t>(tables.planes[pair])] * stride};
        }
        for (std::size_t i = group.pairAt; i < group.pairAt + inputs; ++i) {
            const std::size_t plane = static_cast<std::size_t>(tables.planes[m_order[i]]);
            sources[i] = tables.channels[plane] * stride;
            bounds[i] = std::signbit(norms[plane].sign) ? -norms[plane].bound : norms[plane].bound;
        }
        for (int m = 0; m < group.outputs;) {
            const int tile = largestTileRows(group.outputs - m);
            const std::ptrdiff_t* row = wRows + group.outputAt + m;
            for (std::size_t i = group.pairAt; i < group.pairAt + inputs; ++i) {
                const std::ptrdiff_t column = columns[m_order[i]];
                const float scale = normOf(m_order[i]).scale;
                for (int r = 0; r < tile; ++r) *to++ = w[row[r] + column] * scale;
            }
            m += tile;
        }
    }
    const std::size_t pairs = tables.planes.size();
    for (std::size_t i = pairs; pairs > 0 && i < rows.size(); ++i) rows[i] = rows[i - pairs];
}

std::size_t pointwiseForwardFloats(const PointwiseTables& tables) {
    return HWY_DYNAMIC_DISPATCH(forwardFloats)(tables);
}

void pointwiseForward(const PointwiseTables& tables, const PackedPointwise& packed, ConstView x, View y,
                      ImageRange images, float* scratch, Moments* moments, std::ptrdiff_t momentStride) {
    HWY_DYNAMIC_DISPATCH(forward)(tables, packed, x, y, images, scratch, moments, momentStride);
}

std::size_t pointwiseBackwardFloats(const PointwiseTables& tables, int pixels) {
    return HWY_DYNAMIC_DISPATCH(backwardFloats)(tables, pixels);
}

void pointwiseBackward(const PointwiseBackward& job, ConstView x, View dx, ConstView y, ConstView dy, ImageRange images,
                       ImageRange ahead, float* scratch, float* dw, NormSums* sums) {
    HWY_DYNAMIC_DISPATCH(backward)(job, x, dx, y, dy, images, ahead, scratch, dw, sums);
}

}  // namespace condenser
#endif  // HWY_ONCE
