#include "ops/pointwise_training.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pointwise_backward.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/blocks-inl.h"
#include "ops/folded_norm-inl.h"
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

// A tile of kGradientRows inputs x so many vectors of pixels, or x 4 outputs, is what the registers hold.
constexpr int kGradientVectors = kTileRows == 8 ? 4 : 3;

// From one row of a block to the next: never a multiple of 4 KiB, or all rows would share a few sets of the cache.
constexpr std::ptrdiff_t kRowStride = kBlockFloats + 16;

// dw[r * outputs + m] += sum over the block of a[r] * dy[m], for kRows rows and kOutputs (up to 4) outputs.
template <int kRows, int kOutputs>
HWY_INLINE void dotTile(const float* HWY_RESTRICT a, const float* HWY_RESTRICT dy, std::ptrdiff_t floats, float* dw,
                        std::ptrdiff_t outputs) {
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
        for (int r = 0; r < kRows; ++r) in[r] = inRegister(hn::Load(d, a + r * kRowStride + p));
        CONDENSER_UNROLL
        for (int m = 0; m < kOutputs; ++m) {
            const V out = inRegister(hn::Load(d, dy + m * kRowStride + p));
            CONDENSER_UNROLL
            for (int r = 0; r < kRows; ++r) sum[r][m] = hn::MulAdd(in[r], out, sum[r][m]);
        }
    }
    CONDENSER_UNROLL
    for (int r = 0; r < kRows; ++r) addLaneSums<kOutputs>(d, sum[r], dw + r * outputs);
}

using Row = PackedPointwise::Row;

template <int kRows, int kVectors, bool kTail>
HWY_INLINE void carryBack(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT dy, int outputs, const Row* rows,
                          std::ptrdiff_t ahead, const float* x, float* dx, float* sums, int rest) {
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
        dy += kRowStride;
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
HWY_INLINE void backwardTile(const float* weight, const float* dy, int outputs, const Row* rows, std::ptrdiff_t ahead,
                             const Block& block, ConstView x, View dx, float* a, float* dw, float* sums,
                             Herald& herald) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    for (int r = 0; r < kRows; ++r) {
        float* to = a + r * kRowStride;
        const Normalise normalise(rows[r].norm);
        for (int s = 0; s < block.count; ++s) {
            const Segment& segment = block.segments[s];
            const float* plane = x.plane(segment.image, 0) + rows[r].source + segment.first;
            fillSegment(segment, to, [&](std::ptrdiff_t p) HWY_ATTR { return normalise(plane + p); });
            to += segment.floats;
        }
    }
    int m = 0;
    for (; m + 4 <= outputs; m += 4) {
        dotTile<kRows, 4>(a, dy + m * kRowStride, block.floats, dw + m, outputs);
    }
    if (outputs - m == 3) dotTile<kRows, 3>(a, dy + m * kRowStride, block.floats, dw + m, outputs);
    if (outputs - m == 2) dotTile<kRows, 2>(a, dy + m * kRowStride, block.floats, dw + m, outputs);
    if (outputs - m == 1) dotTile<kRows, 1>(a, dy + m * kRowStride, block.floats, dw + m, outputs);
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
                carryBack<kRows, kVectors, false>(weight, dy + p, outputs, rows, ahead, value + p, gradient + p, sums,
                                                  0);
            }
        };
        tiles(std::integral_constant<int, 4>());
        tiles(std::integral_constant<int, 3>());
        tiles(std::integral_constant<int, 2>());
        tiles(std::integral_constant<int, 1>());
        if (p < segment.pixels) {
            carryBack<kRows, 1, true>(weight, dy + p, outputs, rows, ahead, value + p, gradient + p, sums,
                                      static_cast<int>(segment.pixels - p));
        }
        dy += segment.floats;
    }
}

// dy, whole and in the order of tables.outputs, as rows of the scratch.
HWY_INLINE void gatherGradients(const PointwiseBackward& job, ConstView y, ConstView dy, const Block& block,
                                float* to) {
    for (std::size_t o = 0; o < job.tables.outputs.size(); ++o) {
        const Correct correct(job.corrections[o]);
        float* row = to + static_cast<std::ptrdiff_t>(o) * kRowStride;
        for (int s = 0; s < block.count; ++s) {
            const Segment& segment = block.segments[s];
            const float* value = y.plane(segment.image, job.tables.outputs[o]) + segment.first;
            const float* gradient = dy.plane(segment.image, job.tables.outputs[o]) + segment.first;
            fillSegment(segment, row, [&](std::ptrdiff_t p) HWY_ATTR {
                fetch(value + y.strideC + p);
                fetch(gradient + dy.strideC + p);
                return correct(value + p, gradient + p);
            });
            row += segment.floats;
        }
    }
}

std::size_t backwardFloats(const PointwiseTables& tables) {
    return static_cast<std::size_t>(kRowStride) * (tables.outputs.size() + static_cast<std::size_t>(kGradientRows)) +
           tables.planes.size() * 2 * hn::Lanes(D());
}

void backward(const PointwiseBackward& job, ConstView x, View dx, ConstView y, ConstView dy, ImageRange images,
              ImageRange ahead, float* scratch, float* dw, NormSums* sums) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    const PointwiseTables& tables = job.tables;
    const int pixels = x.h * x.w;
    float* gradients = scratch;
    float* a = gradients + static_cast<std::ptrdiff_t>(tables.outputs.size()) * kRowStride;
    float* laneSums = a + kGradientRows * kRowStride;
    std::memset(laneSums, 0, tables.planes.size() * 2 * static_cast<std::size_t>(lanes) * sizeof(float));
    std::memset(dw, 0, tables.weights() * sizeof(float));
    int tiles = 0;
    for (const PointwiseTables::Group& group : tables.groups) {
        for (int k = 0; k < group.inputs; k += gradientTile(group.inputs - k)) ++tiles;
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
        gatherGradients(job, y, dy, block, gradients);
        for (const PointwiseTables::Group& group : tables.groups) {
            const float* weight = job.packed.backward.data() + group.weightAt;
            const float* dyRows = gradients + static_cast<std::ptrdiff_t>(group.outputAt) * kRowStride;
            for (int k = 0; k < group.inputs;) {
                const int tile = gradientTile(group.inputs - k);
                const std::size_t pair = group.pairAt + static_cast<std::size_t>(k);
                // Behind a block's last tile comes the next one's first.
                const std::ptrdiff_t toTile = pair + static_cast<std::size_t>(tile) < tables.planes.size() ? 0 : toNext;
                float* to = dw + group.weightAt + static_cast<std::size_t>(k) * static_cast<std::size_t>(group.outputs);
                const auto run = [&](auto count) HWY_ATTR {
                    constexpr int kRows = decltype(count)::value;
                    if constexpr (kRows <= kGradientRows) {
                        backwardTile<kRows>(weight, dyRows, group.outputs, job.packed.rows.data() + pair, toTile, block,
                                            x, dx, a, to, laneSums + static_cast<std::ptrdiff_t>(pair) * 2 * lanes,
                                            herald);
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

HWY_EXPORT(backwardFloats);
HWY_EXPORT(backward);

std::size_t pointwiseBackwardFloats(const PointwiseTables& tables) {
    return HWY_DYNAMIC_DISPATCH(backwardFloats)(tables);
}

void pointwiseBackward(const PointwiseBackward& job, ConstView x, View dx, ConstView y, ConstView dy, ImageRange images,
                       ImageRange ahead, float* scratch, float* dw, NormSums* sums) {
    HWY_DYNAMIC_DISPATCH(backward)(job, x, dx, y, dy, images, ahead, scratch, dw, sums);
}

}  // namespace condenser
#endif  // HWY_ONCE
