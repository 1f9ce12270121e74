#include "ops/tap_conv_kernel.h"

#include <type_traits>

#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tap_conv_kernel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Whole = hn::ScalableTag<float>;
#if HWY_TARGET == HWY_SCALAR
using Half = Whole;
#else
using Half = hn::Half<Whole>;
#endif
using V = hn::Vec<Whole>;

// What a tile of kRows outputs of a group reads and writes.
struct Tile {
    const float* x;                 // channel 0 of the taps
    const std::ptrdiff_t* sources;  // [inputs]
    int inputs;
    const float* weight;  // [inputs][dx][dy][rows]
    const float* bias;
    float* y;                       // pixel 0 of channel 0
    const std::ptrdiff_t* targets;  // [rows]
    bool relu;
    std::ptrdiff_t rowStride, copyStride;  // of the taps
};

template <class D>
HWY_INLINE hn::Vec<D> finished(D d, hn::Vec<D> sum, bool relu) {
    return relu ? maxOrNan(hn::Zero(d), sum) : sum;
}

// kHeight rows of one vector of pixels: a row that was loaded serves the three output rows around it. `in`: the left
// tap of the first pixel in the row above; `out`: the first pixel in a plane, `width` floats a row.
template <class D, int kRows, int kHeight>
HWY_INLINE void slideTile(D d, const Tile& tile, std::ptrdiff_t in, std::ptrdiff_t out, std::ptrdiff_t width) {
    using V = hn::Vec<D>;
    V sum[kRows][kHeight];
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int r = 0; r < kHeight; ++r) sum[m][r] = hn::Set(d, tile.bias[m]);
    }
    const float* HWY_RESTRICT weight = tile.weight;
    for (int k = 0; k < tile.inputs; ++k) {
        const float* column = tile.x + tile.sources[k] + in;
        for (int dx = 0; dx < 3; ++dx) {
            const float* row = column;
            CONDENSER_UNROLL
            for (int r = 0; r < kHeight + 2; ++r) {
                const V pixels = inRegister(hn::LoadU(d, row));
                CONDENSER_UNROLL
                for (int dy = 0; dy < 3; ++dy) {
                    if (r - dy < 0 || r - dy >= kHeight) continue;
                    CONDENSER_UNROLL
                    for (int m = 0; m < kRows; ++m) {
                        sum[m][r - dy] = hn::MulAdd(hn::Set(d, weight[dy * kRows + m]), pixels, sum[m][r - dy]);
                    }
                }
                row += tile.rowStride;
            }
            column += tile.copyStride;
            weight += 3 * kRows;
        }
    }
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int r = 0; r < kHeight; ++r) {
            hn::StoreU(finished(d, sum[m][r], tile.relu), d, tile.y + tile.targets[m] + out + r * width);
        }
    }
}

// Where the vectors of a run go: pixels of a plane, from vectors of taps that may stand over a gap.
struct RunPlaces {
    std::ptrdiff_t at[8];
    int inRow[8];  // lanes before the gap; the vector's lanes or more: there is none
    int last;      // lanes of the last vector that are written, the gap's included, where nothing follows it; else 0
};

HWY_INLINE void storeRun(V value, const RunPlaces& places, int v, bool isLast, float* plane) {
    const Whole d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    float* y = plane + places.at[v];
    const bool followed = !isLast || places.last == 0;
    int count = followed ? lanes : places.last;
    if (places.inRow[v] < count) {  // leave the gap out
        HWY_ALIGN float moved[hn::MaxLanes(Whole()) + 1];
        hn::Store(value, d, moved);
        moved[lanes] = 0.0f;
        value =
            hn::IfThenElse(hn::FirstN(d, static_cast<std::size_t>(places.inRow[v])), value, hn::LoadU(d, moved + 1));
        --count;
    }
    if (!followed && count < lanes) {
        storeTail(value, d, y, static_cast<std::size_t>(count));
    } else {
        hn::StoreU(value, d, y);  // one lane too many over a gap: the next vector's first
    }
}

// kVectors vectors of taps one behind the other.
template <int kRows, int kVectors>
HWY_INLINE void runTile(const Tile& tile, std::ptrdiff_t in, const RunPlaces& places) {
    const Whole d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][kVectors];
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::Set(d, tile.bias[m]);
    }
    const float* HWY_RESTRICT weight = tile.weight;
    for (int k = 0; k < tile.inputs; ++k) {
        const float* column = tile.x + tile.sources[k] + in;
        for (int dx = 0; dx < 3; ++dx) {
            const float* row = column;
            CONDENSER_UNROLL
            for (int dy = 0; dy < 3; ++dy) {
                V pixels[kVectors];
                CONDENSER_UNROLL
                for (int v = 0; v < kVectors; ++v) pixels[v] = inRegister(hn::LoadU(d, row + v * lanes));
                CONDENSER_UNROLL
                for (int m = 0; m < kRows; ++m) {
                    const V w = hn::Set(d, weight[m]);
                    CONDENSER_UNROLL
                    for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::MulAdd(w, pixels[v], sum[m][v]);
                }
                row += tile.rowStride;
                weight += kRows;
            }
            column += tile.copyStride;
        }
    }
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            storeRun(finished(d, sum[m][v], tile.relu), places, v, v == kVectors - 1, tile.y + tile.targets[m]);
        }
    }
}

// The few pixels that would leave a vector almost empty: the outputs stand in the lanes instead. kTiles tiles of rows
// at once, since one sum alone would wait for itself.
template <int kRows, int kTiles, int kPixels>
HWY_INLINE void restTaps(const Tile& tile, std::ptrdiff_t in, std::ptrdiff_t out) {
    const hn::CappedTag<float, kRows> rows;
    using Rows = hn::Vec<decltype(rows)>;
    const std::ptrdiff_t tileFloats = static_cast<std::ptrdiff_t>(kRows) * 9 * tile.inputs;
    Rows sum[kTiles][kPixels];
    CONDENSER_UNROLL
    for (int t = 0; t < kTiles; ++t) {
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) sum[t][p] = hn::LoadU(rows, tile.bias + t * kRows);
    }
    const float* HWY_RESTRICT weight = tile.weight;
    for (int k = 0; k < tile.inputs; ++k) {
        const float* column = tile.x + tile.sources[k] + in;
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
                row += tile.rowStride;
                weight += kRows;
            }
            column += tile.copyStride;
        }
    }
    HWY_ALIGN float values[kRows];
    for (int t = 0; t < kTiles; ++t) {
        for (int p = 0; p < kPixels; ++p) {
            hn::Store(finished(rows, sum[t][p], tile.relu), rows, values);
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

// Rows of whole vectors and at most a half one: a column of vectors at a time.
template <int kRows, int kHeight>
HWY_INLINE void slideRows(const Tile& tile, const TapMaps& taps, int firstRow, int lastRow, int rowShift) {
    const int lanes = static_cast<int>(hn::Lanes(Whole()));
    int y = firstRow;
    const auto rows = [&](auto height) {
        constexpr int kTileHeight = decltype(height)::value;
        for (; y + kTileHeight <= lastRow; y += kTileHeight) {
            const std::ptrdiff_t in = taps.tap(y + rowShift, 0, -1, -1),
                                 out = static_cast<std::ptrdiff_t>(y) * taps.width;
            int x = 0;
            for (; x + lanes <= taps.width; x += lanes) {
                slideTile<Whole, kRows, kTileHeight>(Whole(), tile, in + x, out + x, taps.width);
            }
            if (x < taps.width) slideTile<Half, kRows, kTileHeight>(Half(), tile, in + x, out + x, taps.width);
        }
    };
    rows(std::integral_constant<int, kHeight>());
    if constexpr (kHeight > 8) rows(std::integral_constant<int, 8>());
    if constexpr (kHeight > 4) rows(std::integral_constant<int, 4>());
    if constexpr (kHeight > 2) rows(std::integral_constant<int, 2>());
    rows(std::integral_constant<int, 1>());
}

// Pixels begin..end-1 of the run of taps, in tiles of kMost vectors and less.
template <int kRows, int kMost>
HWY_INLINE void runPixels(const Tile& tile, const TapMaps& taps, int begin, int end, int rowShift) {
    const int lanes = static_cast<int>(hn::Lanes(Whole()));
    const bool gapped = taps.kind == TapMaps::Kind::kGapped;
    const int stride = static_cast<int>(taps.rowStride);
    int at = begin;
    const auto go = [&](auto count) {
        constexpr int kVectors = decltype(count)::value;
        RunPlaces places;
        for (int v = 0; v < kVectors; ++v) {
            const int from = at + v * lanes;
            places.at[v] = gapped ? from - from / stride : from;
            places.inRow[v] = gapped ? taps.width - from % stride : lanes;
        }
        const std::ptrdiff_t in = taps.tap(rowShift, at, -1, -1);
        at += kVectors * lanes;
        places.last = at >= end ? end - (at - lanes) : 0;
        runTile<kRows, kVectors>(tile, in, places);
    };
    while (at < end) {
        const int vectors = (end - at + lanes - 1) / lanes;
        if constexpr (kMost == 8) {
            if (vectors >= 8) {
                go(std::integral_constant<int, 8>());
                continue;
            }
        }
        if constexpr (kMost >= 4) {
            if (vectors >= 4) {
                go(std::integral_constant<int, 4>());
                continue;
            }
        }
        if (vectors == 3 || (kMost == 3 && vectors > 4)) {
            go(std::integral_constant<int, 3>());
        } else if (vectors >= 2) {  // of 4 vectors 2 and 2 rather than 3 and 1
            go(std::integral_constant<int, 2>());
        } else {
            go(std::integral_constant<int, 1>());
        }
    }
}

// The last pixels of a run that are computed with the outputs in the lanes.
int restOf(const TapMaps& taps, int pixels) {
    const int rest = pixels % static_cast<int>(hn::Lanes(Whole()));
    return taps.kind == TapMaps::Kind::kTriple && rest <= kRestPixels ? rest : 0;
}

// One group's outputs, tile by tile of rows: how tall or long a tile of so many rows is depends on the registers.
template <int kRows>
HWY_INLINE void tileOfRows(const Tile& tile, const TapMaps& taps, int firstRow, int lastRow, int rowShift) {
    constexpr int kSums = kTileRows == 8 ? 16 : 8;
    if (taps.kind == TapMaps::Kind::kFramed) {
        slideRows<kRows, kRows == 1 ? 8 : kSums / kRows>(tile, taps, firstRow, lastRow, rowShift);
    } else {
        const int stride = static_cast<int>(taps.rowStride), begin = firstRow * stride;
        const int end = lastRow * stride - (taps.kind == TapMaps::Kind::kGapped ? 1 : 0);
        const int rest = kRows >= 4 ? restOf(taps, end - begin) : 0;
        runPixels<kRows, kRows == kTileRows ? 3 : (kRows == kTileRows / 2 ? 4 : 8)>(tile, taps, begin, end - rest,
                                                                                    rowShift);
    }
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
            tile.weight += static_cast<std::ptrdiff_t>(kRows) * kTiles * 9 * tile.inputs;
            tile.bias += kRows * kTiles;
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
        Tile tile{x,
                  tables.sources.data() + static_cast<std::ptrdiff_t>(g) * inputs,
                  inputs,
                  tables.weight.data() + output * inputs * 9,
                  tables.bias.data() + output,
                  y,
                  tables.targets.data() + output,
                  kernel.relu(),
                  taps.rowStride,
                  taps.copyStride};
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
            tile.weight += static_cast<std::ptrdiff_t>(rows) * 9 * inputs;
            tile.bias += rows;
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
