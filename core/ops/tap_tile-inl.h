// Register tiles of 3x3 convolutions over maps laid out for it (tap_maps.h). Where the results go is the caller's: a
// Store takes a vector of pixels of the tile's m-th output,
//   whole(d, m, pixel, value)        from `pixel` of the map on, all lanes,
//   part(d, m, pixel, value, count)  the first `count` lanes,
// and says with kMaySpill whether lanes behind `count` may be written where the next vector will overwrite them.
// Included once a target (Highway).
#if defined(CONDENSER_OPS_TAP_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_TAP_TILE_INL_H_
#undef CONDENSER_OPS_TAP_TILE_INL_H_
#else
#define CONDENSER_OPS_TAP_TILE_INL_H_
#endif

#include <cstddef>
#include <type_traits>

#include "hwy/highway.h"
#include "ops/tap_maps.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

using WholeTag = hwy::HWY_NAMESPACE::ScalableTag<float>;
#if HWY_TARGET == HWY_SCALAR
using HalfTag = WholeTag;
#else
using HalfTag = hwy::HWY_NAMESPACE::Half<WholeTag>;
#endif

// What a tile of kRows outputs of a group reads.
struct TapTile {
    const float* x;                 // channel 0 of the taps
    const std::ptrdiff_t* sources;  // [inputs]
    int inputs;
    const float* weight;                   // [inputs][dx][dy][rows]
    const float* bias;                     // [rows]
    std::ptrdiff_t rowStride, copyStride;  // of the taps
};

// kHeight rows of one vector of pixels: a row that was loaded serves the three output rows around it. `in`: the left
// tap of the first pixel in the row above; `out`: the first pixel in the map, `width` pixels a row.
template <class D, int kRows, int kHeight, class Store>
HWY_INLINE void slideTile(D d, const TapTile& tile, std::ptrdiff_t in, std::ptrdiff_t out, std::ptrdiff_t width,
                          const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
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
        auto output = store.output(d, m);
        CONDENSER_UNROLL
        for (int r = 0; r < kHeight; ++r) output.whole(out + r * width, sum[m][r]);
        output.end();
    }
}

// Where the vectors of a run go: pixels of a plane, from vectors of taps that may stand over a gap.
struct RunPlaces {
    std::ptrdiff_t at[8];
    int inRow[8];  // lanes before the gap; the vector's lanes or more: there is none
    int last;      // lanes of the last vector that are written, the gap's included, where nothing follows it; else 0
};

template <bool kMaySpill, class Output, class V>
HWY_INLINE void storeRun(V value, const RunPlaces& places, int v, bool isLast, Output& output) {
    namespace hn = hwy::HWY_NAMESPACE;
    const WholeTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const bool followed = !isLast || places.last == 0;
    int count = followed ? lanes : places.last;
    if (places.inRow[v] < count) {  // leave the gap out
        HWY_ALIGN float moved[hn::MaxLanes(WholeTag()) + 1];
        hn::Store(value, d, moved);
        moved[lanes] = 0.0f;
        value =
            hn::IfThenElse(hn::FirstN(d, static_cast<std::size_t>(places.inRow[v])), value, hn::LoadU(d, moved + 1));
        --count;
    }
    if (count == lanes || (followed && kMaySpill)) {
        output.whole(places.at[v], value);
    } else {
        output.part(places.at[v], value, count);
    }
}

// kVectors vectors of taps one behind the other.
template <int kRows, int kVectors, class Store>
HWY_INLINE void runTile(const TapTile& tile, std::ptrdiff_t in, const RunPlaces& places, const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const WholeTag d;
    using V = hn::Vec<WholeTag>;
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
        auto output = store.output(d, m);
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            storeRun<Store::kMaySpill>(sum[m][v], places, v, v == kVectors - 1, output);
        }
        output.end();
    }
}

// Rows of whole vectors and at most a half one: a column of vectors at a time.
template <int kRows, int kHeight, class Store>
HWY_INLINE void slideRows(const TapTile& tile, const TapMaps& taps, int firstRow, int lastRow, int rowShift,
                          const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const int lanes = static_cast<int>(hn::Lanes(WholeTag()));
    int y = firstRow;
    const auto rows = [&](auto height) {
        constexpr int kTileHeight = decltype(height)::value;
        for (; y + kTileHeight <= lastRow; y += kTileHeight) {
            const std::ptrdiff_t in = taps.tap(y + rowShift, 0, -1, -1),
                                 out = static_cast<std::ptrdiff_t>(y) * taps.width;
            int x = 0;
            for (; x + lanes <= taps.width; x += lanes) {
                slideTile<WholeTag, kRows, kTileHeight>(WholeTag(), tile, in + x, out + x, taps.width, store);
            }
            if (x < taps.width) {
                slideTile<HalfTag, kRows, kTileHeight>(HalfTag(), tile, in + x, out + x, taps.width, store);
            }
        }
    };
    rows(std::integral_constant<int, kHeight>());
    if constexpr (Store::kAllHeights) {
        if constexpr (kHeight > 8) rows(std::integral_constant<int, 8>());
        if constexpr (kHeight > 4) rows(std::integral_constant<int, 4>());
        if constexpr (kHeight > 2) rows(std::integral_constant<int, 2>());
    }
    rows(std::integral_constant<int, 1>());
}

// Pixels begin..end-1 of the run of taps, in tiles of kMost vectors and less.
template <int kRows, int kMost, class Store>
HWY_INLINE void runPixels(const TapTile& tile, const TapMaps& taps, int begin, int end, int rowShift,
                          const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const int lanes = static_cast<int>(hn::Lanes(WholeTag()));
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
        runTile<kRows, kVectors>(tile, in, places, store);
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

// A tile of kRows outputs at some rows of a map, but for the last `rest` pixels of its run: how tall or long it is
// depends on the registers.
template <int kRows, class Store>
HWY_INLINE void tapTile(const TapTile& tile, const TapMaps& taps, int firstRow, int lastRow, int rowShift, int rest,
                        const Store& store) {
    constexpr int kSums = kTileRows == 8 ? 16 : 8;
    if (taps.kind == TapMaps::Kind::kFramed) {
        slideRows<kRows, kRows == 1 ? 8 : kSums / kRows>(tile, taps, firstRow, lastRow, rowShift, store);
    } else {
        const int stride = static_cast<int>(taps.rowStride), begin = firstRow * stride;
        const int end = lastRow * stride - (taps.kind == TapMaps::Kind::kGapped ? 1 : 0);
        runPixels<kRows, kRows == kTileRows ? 3 : (kRows == kTileRows / 2 ? 4 : 8)>(tile, taps, begin, end - rest,
                                                                                    rowShift, store);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
