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
        for (int v = 0; v < kVectors; ++v) in[v] = hn::LoadU(d, panel + v * lanes);
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

// The few pixels that would leave a vector almost empty: the outputs of the tile stand in the lanes instead.
// `panel` [inputs], `panelStride` floats apart, pixels one behind the other.
template <int kRows, int kPixels, class Store>
HWY_INLINE void restTile(const float* HWY_RESTRICT weight, const float* HWY_RESTRICT panel, std::ptrdiff_t panelStride,
                         int inputs, const float* bias, const std::ptrdiff_t* targets, const float* sums,
                         const Store& store) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::CappedTag<float, kRows> rows;  // whole: only tiles of 8 or 4 rows come here
    using V = hn::Vec<decltype(rows)>;
    V sum[kPixels];
    CONDENSER_UNROLL
    for (int p = 0; p < kPixels; ++p) sum[p] = hn::LoadU(rows, bias);
    HWY_ALIGN float column[kRows];
    if (sums != nullptr) {
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) {
            for (int m = 0; m < kRows; ++m) column[m] = sums[targets[m] + p];
            sum[p] = hn::Load(rows, column);
        }
    }
    for (int k = 0; k < inputs; ++k) {
        const V w = hn::LoadU(rows, weight);
        CONDENSER_UNROLL
        for (int p = 0; p < kPixels; ++p) sum[p] = hn::MulAdd(w, hn::Set(rows, panel[p]), sum[p]);
        panel += panelStride;
        weight += kRows;
    }
    HWY_ALIGN float turned[kRows][hn::MaxLanes(d)] = {};
    for (int p = 0; p < kPixels; ++p) {
        hn::Store(sum[p], rows, column);
        for (int m = 0; m < kRows; ++m) turned[m][p] = column[m];
    }
    for (int m = 0; m < kRows; ++m) store.template operator()<1>(targets[m], 0, hn::Load(d, turned[m]));
}

// All outputs of a group at one stretch of pixels. `weight`: tiles of rows, as largestTileRows cuts them.
template <int kVectors, class Store>
HWY_INLINE void panelStretch(const float* weight, const float* panel, int inputs, int outputs, const float* bias,
                             const std::ptrdiff_t* targets, const float* sums, const Store& store) {
    int m = 0;
    const auto tile = [&](auto rows) {
        constexpr int kRows = decltype(rows)::value;
        panelTile<kRows, kVectors>(weight, panel, inputs, bias + m, targets + m, sums, store);
        weight += static_cast<std::ptrdiff_t>(kRows) * inputs;
        m += kRows;
    };
    if constexpr (kTileRows == 8) {
        while (m + 8 <= outputs) tile(std::integral_constant<int, 8>());
    }
    while (m + 4 <= outputs) tile(std::integral_constant<int, 4>());
    if (m + 2 <= outputs) tile(std::integral_constant<int, 2>());
    if (m < outputs) tile(std::integral_constant<int, 1>());
}

// The same for a rest of 1 to kRestPixels pixels (store.rest); `panel` [inputs][one vector].
template <class Store>
HWY_INLINE void panelRest(const float* weight, const float* panel, int inputs, int outputs, const float* bias,
                          const std::ptrdiff_t* targets, const float* sums, const Store& store) {
    const std::ptrdiff_t lanes =
        static_cast<std::ptrdiff_t>(hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::ScalableTag<float>()));
    int m = 0;
    const auto tile = [&](auto rows) {
        constexpr int kRows = decltype(rows)::value;
        if constexpr (kRestPixels > 0 && kRows >= 4) {
            switch (store.rest) {
                case 1:
                    restTile<kRows, 1>(weight, panel, lanes, inputs, bias + m, targets + m, sums, store);
                    break;
                case 2:
                    restTile<kRows, 2>(weight, panel, lanes, inputs, bias + m, targets + m, sums, store);
                    break;
                case 3:
                    restTile<kRows, 3>(weight, panel, lanes, inputs, bias + m, targets + m, sums, store);
                    break;
                default:
                    restTile<kRows, 4>(weight, panel, lanes, inputs, bias + m, targets + m, sums, store);
                    break;
            }
        } else {
            panelTile<kRows, 1>(weight, panel, inputs, bias + m, targets + m, sums, store);
        }
        weight += static_cast<std::ptrdiff_t>(kRows) * inputs;
        m += kRows;
    };
    if constexpr (kTileRows == 8) {
        while (m + 8 <= outputs) tile(std::integral_constant<int, 8>());
    }
    while (m + 4 <= outputs) tile(std::integral_constant<int, 4>());
    if (m + 2 <= outputs) tile(std::integral_constant<int, 2>());
    if (m < outputs) tile(std::integral_constant<int, 1>());
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
