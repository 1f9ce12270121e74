#include "ops/tap_conv_kernel.h"

#include <type_traits>

#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tap_conv_kernel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"
#include "ops/tap_tile-inl.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
// A tile of kRows outputs of a group, and where they go.
struct Tile {
    TapTile in;
    float* y;                       // pixel 0 of channel 0
    const std::ptrdiff_t* targets;  // [rows]
    bool relu;

    static constexpr bool kMaySpill = true, kAllHeights = true;
    template <class D>
    struct Output {
        D d;
        float* plane;
        bool relu;

        HWY_INLINE hn::Vec<D> finished(hn::Vec<D> sum) const { return relu ? maxOrNan(hn::Zero(d), sum) : sum; }
        HWY_INLINE void whole(std::ptrdiff_t pixel, hn::Vec<D> sum) const {
            hn::StoreU(finished(sum), d, plane + pixel);
        }
        HWY_INLINE void part(std::ptrdiff_t pixel, hn::Vec<D> sum, int count) const {
            storeTail(finished(sum), d, plane + pixel, static_cast<std::size_t>(count));
        }
        HWY_INLINE void end() const {}
    };
    template <class D>
    HWY_INLINE Output<D> output(D d, int m) const {
        return {d, y + targets[m], relu};
    }
};

// The few pixels that would leave a vector almost empty: the outputs stand in the lanes instead. kTiles tiles of rows
// at once, since one sum alone would wait for itself.
template <int kRows, int kTiles, int kPixels>
HWY_INLINE void restTaps(const Tile& tile, std::ptrdiff_t in, std::ptrdiff_t out) {
    const hn::CappedTag<float, kRows> rows;
    using Rows = hn::Vec<decltype(rows)>;
    const std::ptrdiff_t tileFloats = static_cast<std::ptrdiff_t>(kRows) * 9 * tile.in.inputs;
    Rows sum[kTiles][kPixels];
    CONDENSER_UNROLL
    for (int t = 0; t < kTiles; ++t) {
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) sum[t][p] = hn::LoadU(rows, tile.in.bias + t * kRows);
    }
    const float* HWY_RESTRICT weight = tile.in.weight;
    for (int k = 0; k < tile.in.inputs; ++k) {
        const float* column = tile.in.x + tile.in.sources[k] + in;
        for (int dx = 0; dx < 3; ++dx) {
            const float* row = column;
            CONDENSER_UNROLL
            for (int dy = 0; dy < 3; ++dy) {
                Rows pixels[kPixels];
                CONDENSER_UNROLL
                for (int p = 0; p < kPixels; ++p) pixels[p] = hn::Set(rows, row[p]);
                CONDENSER_UNROLL
                for (int t = 0; t < kTiles; ++t) {
                    const Rows w = hn::LoadU(rows, weight + t * tileFloats);
                    CONDENSER_UNROLL
                    for (int p = 0; p < kPixels; ++p) sum[t][p] = hn::MulAdd(w, pixels[p], sum[t][p]);
                }
                row += tile.in.rowStride;
                weight += kRows;
            }
            column += tile.in.copyStride;
        }
    }
    HWY_ALIGN float values[kRows];
    for (int t = 0; t < kTiles; ++t) {
        for (int p = 0; p < kPixels; ++p) {
            hn::Store(tile.output(rows, 0).finished(sum[t][p]), rows, values);
            for (int m = 0; m < kRows; ++m) tile.y[tile.targets[t * kRows + m] + out + p] = values[m];
        }
    }
}

template <int kRows, int kTiles>
HWY_INLINE void restTaps(const Tile& tile, std::ptrdiff_t in, std::ptrdiff_t out, int pixels) {
    if (pixels == 1) restTaps<kRows, kTiles, 1>(tile, in, out);
    if (pixels == 2) restTaps<kRows, kTiles, 2>(tile, in, out);
    if (pixels == 3) restTaps<kRows, kTiles, 3>(tile, in, out);
    if (pixels == 4) restTaps<kRows, kTiles, 4>(tile, in, out);
}

// The last pixels of a run that are computed with the outputs in the lanes.
int restOf(const TapMaps& taps, int pixels) {
    const int rest = pixels % static_cast<int>(hn::Lanes(WholeTag()));
    return taps.kind == TapMaps::Kind::kTriple && rest <= kRestPixels ? rest : 0;
}

template <int kRows>
HWY_INLINE void tileOfRows(const Tile& tile, const TapMaps& taps, int firstRow, int lastRow, int rowShift) {
    const int rest = kRows >= 4 ? restOf(taps, (lastRow - firstRow) * taps.width) : 0;
    tapTile<kRows>(tile.in, taps, firstRow, lastRow, rowShift, rest, tile);
}

#if HWY_TARGET != HWY_SCALAR  // where nothing is left
// What tileOfRows has left: `tile` is the group's first.
void groupRest(Tile tile, const TapMaps& taps, int outputs, int firstRow, int lastRow, int rowShift) {
    const int pixels = restOf(taps, (lastRow - firstRow) * taps.width);
    if (pixels == 0) return;
    const int at = lastRow * taps.width - pixels;
    const std::ptrdiff_t in = taps.tap(rowShift, at, -1, -1);
    int m = 0;
    const auto rests = [&](auto rows, auto tiles) {
        constexpr int kRows = decltype(rows)::value, kTiles = decltype(tiles)::value;
        for (; m + kRows * kTiles <= outputs; m += kRows * kTiles) {
            restTaps<kRows, kTiles>(tile, in, at, pixels);
            tile.in.weight += static_cast<std::ptrdiff_t>(kRows) * kTiles * 9 * tile.in.inputs;
            tile.in.bias += kRows * kTiles;
            tile.targets += kRows * kTiles;
        }
    };
    rests(std::integral_constant<int, kTileRows>(), std::integral_constant<int, 4>());
    rests(std::integral_constant<int, kTileRows>(), std::integral_constant<int, 2>());
    rests(std::integral_constant<int, kTileRows>(), std::integral_constant<int, 1>());
    if constexpr (kTileRows == 8) rests(std::integral_constant<int, 4>(), std::integral_constant<int, 1>());
}
#endif

void tapConv(const TapConvKernel& kernel, const float* x, float* y, int firstRow, int lastRow, int rowShift,
             int firstGroup, int lastGroup) {
    const TapConvKernel::Tables& tables = kernel.tables();
    const TapMaps& taps = kernel.taps();
    const int inputs = kernel.inputs(), outputs = kernel.outputs();
    for (int g = firstGroup; g < lastGroup; ++g) {
        const std::ptrdiff_t output = static_cast<std::ptrdiff_t>(g) * outputs;
        Tile tile{
            {x, tables.sources.data() + static_cast<std::ptrdiff_t>(g) * inputs, inputs,
             tables.weight.data() + output * inputs * 9, tables.bias.data() + output, taps.rowStride, taps.copyStride},
            y,
            tables.targets.data() + output,
            kernel.relu()};
#if HWY_TARGET != HWY_SCALAR
        groupRest(tile, taps, outputs, firstRow, lastRow, rowShift);
#endif
        for (int m = 0; m < outputs;) {
            const int rows = tileRows(outputs - m);
            if constexpr (kTileRows == 8) {
                if (rows == 8) tileOfRows<8>(tile, taps, firstRow, lastRow, rowShift);
            }
            if (rows == 4) tileOfRows<4>(tile, taps, firstRow, lastRow, rowShift);
            if (rows == 2) tileOfRows<2>(tile, taps, firstRow, lastRow, rowShift);
            if (rows == 1) tileOfRows<1>(tile, taps, firstRow, lastRow, rowShift);
            tile.in.weight += static_cast<std::ptrdiff_t>(rows) * 9 * inputs;
            tile.in.bias += rows;
            tile.targets += rows;
            m += rows;
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(tapConv);

TapConvKernel::TapConvKernel(const TapConvSpec& spec, const TapMaps& taps, std::ptrdiff_t outputStride)
    : m_groups(spec.groups), m_inputs(spec.inputs), m_outputs(spec.outputs), m_relu(spec.relu), m_taps(taps) {
    for (const int channel : spec.sources) m_tables.sources.push_back(channel * taps.planeFloats);
    for (const int channel : spec.targets) m_tables.targets.push_back(channel * outputStride);
    m_tables.bias.assign(spec.bias.begin(), spec.bias.end());
    m_tables.weight.reserve(spec.weight.size());
    for (int g = 0; g < m_groups; ++g) {
        for (int m = 0; m < m_outputs;) {
            const int rows = largestTileRows(m_outputs - m);
            for (int k = 0; k < m_inputs; ++k) {
                for (int tap = 0; tap < 9; ++tap) {  // down the columns
                    const int place = tap % 3 * 3 + tap / 3;
                    for (int r = 0; r < rows; ++r) {
                        m_tables.weight.push_back(spec.weight[(static_cast<std::size_t>(g * m_outputs + m + r) *
                                                                   static_cast<std::size_t>(m_inputs) +
                                                               static_cast<std::size_t>(k)) *
                                                                  9 +
                                                              static_cast<std::size_t>(place)]);
                    }
                }
            }
            m += rows;
        }
    }
}

std::size_t TapConvKernel::weightBytes() const {
    return (m_tables.weight.size() + m_tables.bias.size()) * sizeof(float) +
           (m_tables.sources.size() + m_tables.targets.size()) * sizeof(std::ptrdiff_t);
}

void TapConvKernel::run(const float* x, float* y, int firstRow, int lastRow, int rowShift, int firstGroup,
                        int lastGroup) const {
    HWY_DYNAMIC_DISPATCH(tapConv)(*this, x, y, firstRow, lastRow, rowShift, firstGroup, lastGroup);
}

}  // namespace condenser
#endif  // HWY_ONCE
