// The register tile that multiplies packed weights with a panel of pixels, and the ordinary place for its results.
// Included once a target (Highway).
#if defined(CONDENSER_OPS_PANEL_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_PANEL_TILE_INL_H_
#undef CONDENSER_OPS_PANEL_TILE_INL_H_
#else
#define CONDENSER_OPS_PANEL_TILE_INL_H_
#endif

#include <cstddef>
#include <type_traits>

#include "hwy/highway.h"
#include "ops/tail-inl.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// Results to planes. `rest`: pixels of a tile's last vector, 0 if it is whole.
struct PlainStore {
    float* y;
    const float* residual;  // added where not nullptr
    bool relu;
    int rest;

    template <int kVectors, class V>
    HWY_INLINE void operator()(std::ptrdiff_t plane, int v, V value) const {
        namespace hn = hwy::HWY_NAMESPACE;
        const hn::ScalableTag<float> d;
        const std::ptrdiff_t at = plane + v * static_cast<std::ptrdiff_t>(hn::Lanes(d));
        const bool partial = v == kVectors - 1 && rest != 0;
        if (residual != nullptr) {
            value = hn::Add(value, partial ? loadTail(d, residual + at, static_cast<std::size_t>(rest))
                                           : hn::LoadU(d, residual + at));
        }
        if (relu) value = maxOrNan(hn::Zero(d), value);
        if (partial) {
            storeTail(value, d, y + at, static_cast<std::size_t>(rest));
        } else {
            hn::StoreU(value, d, y + at);
        }
    }
};

// kRows outputs x kVectors vectors of pixels; the sums stay in registers. `panel` [inputs][kVectors], `weight`
// [inputs][kRows]. The sums begin with the bias, or, where `sums` is given, with what stands there (a plane each).
template <int kRows, int kVectors, class Store>
HWY_INLINE void panelTile(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT panel, int inputs,
                          const float* bias, const std::ptrdiff_t* targets, const float* sums, const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    using V = hn::Vec<decltype(d)>;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][kVectors];
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            sum[m][v] = sums != nullptr ? hn::LoadU(d, sums + targets[m] + v * lanes) : hn::Set(d, bias[m]);
        }
    }
    for (int k = 0; k < inputs; ++k) {
        V in[kVectors];
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) in[v] = inRegister(hn::LoadU(d, panel + v * lanes));
        CONDENSER_UNROLL
        for (int m = 0; m < kRows; ++m) {
            const V w = hn::Set(d, weight[m]);
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::MulAdd(w, in[v], sum[m][v]);
        }
        panel += kVectors * lanes;
        weight += kRows;
    }
    CONDENSER_UNROLL
    for (int m = 0; m < kRows; ++m) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) store.template operator()<kVectors>(targets[m], v, sum[m][v]);
    }
}

// The few pixels that would leave a vector almost empty: the outputs stand in the lanes instead. kTiles tiles of rows
// at once, since one sum alone would wait for itself. `panel` [inputs], `panelStride` floats apart, pixels one behind
// the other.
template <int kRows, int kTiles, int kPixels, class Store>
HWY_INLINE void restTiles(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT panel, std::ptrdiff_t panelStride,
                          int inputs, const float* bias, const std::ptrdiff_t* targets, const float* sums,
                          const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::CappedTag<float, kRows> rows;  // whole: only tiles of 8 or 4 rows come here
    using V = hn::Vec<decltype(rows)>;
    V sum[kTiles][kPixels];
    HWY_ALIGN float column[kRows];
    CONDENSER_UNROLL
    for (int t = 0; t < kTiles; ++t) {
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) {
            sum[t][p] = hn::LoadU(rows, bias + t * kRows);
            if (sums != nullptr) {
                for (int m = 0; m < kRows; ++m) column[m] = sums[targets[t * kRows + m] + p];
                sum[t][p] = hn::Load(rows, column);
            }
        }
    }
    const std::ptrdiff_t tileFloats = static_cast<std::ptrdiff_t>(kRows) * inputs;
    for (int k = 0; k < inputs; ++k) {
        V pixels[kPixels];
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) pixels[p] = hn::Set(rows, panel[p]);
        CONDENSER_UNROLL
        for (int t = 0; t < kTiles; ++t) {
            const V w = hn::LoadU(rows, weight + t * tileFloats);
            CONDENSER_UNROLL
            for (int p = 0; p < kPixels; ++p) sum[t][p] = hn::MulAdd(w, pixels[p], sum[t][p]);
        }
        panel += panelStride;
        weight += kRows;
    }
    for (int t = 0; t < kTiles; ++t) {
        HWY_ALIGN float turned[kRows][hn::MaxLanes(d)] = {};
        for (int p = 0; p < kPixels; ++p) {
            hn::Store(sum[t][p], rows, column);
            for (int m = 0; m < kRows; ++m) turned[m][p] = column[m];
        }
        for (int m = 0; m < kRows; ++m) {
            store.template operator()<1>(targets[t * kRows + m], 0, hn::Load(d, turned[m]));
        }
    }
}

template <int kRows, int kTiles, class Store>
HWY_INLINE void restTiles(int pixels, const float* weight, const float* panel, std::ptrdiff_t panelStride, int inputs,
                          const float* bias, const std::ptrdiff_t* targets, const float* sums, const Store& store) {
    if (pixels == 1) restTiles<kRows, kTiles, 1>(weight, panel, panelStride, inputs, bias, targets, sums, store);
    if (pixels == 2) restTiles<kRows, kTiles, 2>(weight, panel, panelStride, inputs, bias, targets, sums, store);
    if (pixels == 3) restTiles<kRows, kTiles, 3>(weight, panel, panelStride, inputs, bias, targets, sums, store);
    if (pixels == 4) restTiles<kRows, kTiles, 4>(weight, panel, panelStride, inputs, bias, targets, sums, store);
}

// A stretch of pixels whose panel is packed: 3, 2 or 1 vectors, or, with 0, a rest of 1 to kRestPixels pixels
// (store.rest), the panel's rows then being one vector long.
template <class Store>
struct Stretch {
    int vectors;
    const float* panel;
    const float* sums;  // where the sums so far stand; nullptr: they begin with the bias
    Store store;
};

template <int kRows, class Store>
HWY_INLINE void stretchTile(const float* weight, int inputs, const float* bias, const std::ptrdiff_t* targets,
                            const Stretch<Store>& stretch) {
    const auto& [vectors, panel, sums, store] = stretch;
    if (vectors == 3) {
        panelTile<kRows, 3>(weight, panel, inputs, bias, targets, sums, store);
    } else if (vectors == 2) {
        panelTile<kRows, 2>(weight, panel, inputs, bias, targets, sums, store);
    } else {
        panelTile<kRows, 1>(weight, panel, inputs, bias, targets, sums, store);
    }
}

// All outputs of a group at several stretches, of which only the last may be a rest: a tile of rows at a time, so that
// its weights are read but once. `weight`: tiles of rows, as largestTileRows cuts them.
template <class Store>
HWY_INLINE void multiplyPanels(const float* weight, int inputs, int outputs, const float* bias,
                               const std::ptrdiff_t* targets, const Stretch<Store>* stretches, int count) {
    if (count == 0) return;
    const Stretch<Store>& last = stretches[count - 1];
    const bool rest = last.vectors == 0;
    const int whole = rest ? count - 1 : count;
    const float* tileWeight = weight;
    int m = 0;
    const auto tile = [&](auto rows, int times) {
        constexpr int kRows = decltype(rows)::value;
        for (int t = 0; t < times; ++t) {
            for (int i = 0; i < whole; ++i) {
                stretchTile<kRows>(tileWeight, inputs, bias + m, targets + m, stretches[i]);
            }
            if (rest && kRows < 4) stretchTile<kRows>(tileWeight, inputs, bias + m, targets + m, last);
            tileWeight += static_cast<std::ptrdiff_t>(kRows) * inputs;
            m += kRows;
        }
    };
    if constexpr (kTileRows == 8) tile(std::integral_constant<int, 8>(), (outputs - m) / 8);
    tile(std::integral_constant<int, 4>(), (outputs - m) / 4);
    tile(std::integral_constant<int, 2>(), (outputs - m) / 2);
    tile(std::integral_constant<int, 1>(), outputs - m);
#if HWY_TARGET != HWY_SCALAR
    if (!rest) return;
    const std::ptrdiff_t lanes =
        static_cast<std::ptrdiff_t>(hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::ScalableTag<float>()));
    m = 0;
    const auto rests = [&](auto rows, auto tiles) {
        constexpr int kRows = decltype(rows)::value, kTiles = decltype(tiles)::value;
        for (; m + kRows * kTiles <= outputs; m += kRows * kTiles) {
            restTiles<kRows, kTiles>(last.store.rest, weight + static_cast<std::ptrdiff_t>(m) * inputs, last.panel,
                                     lanes, inputs, bias + m, targets + m, last.sums, last.store);
        }
    };
    rests(std::integral_constant<int, kTileRows>(), std::integral_constant<int, 4>());
    rests(std::integral_constant<int, kTileRows>(), std::integral_constant<int, 1>());
    if constexpr (kTileRows == 8) rests(std::integral_constant<int, 4>(), std::integral_constant<int, 1>());
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
