#include "ops/pointwise_kernel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pointwise_kernel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/panel_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// `rest`: pixels of a tile's last vector, 0 if it is whole.
struct FramedStore {
    float* y;                         // channel 0
    std::ptrdiff_t at[kTileVectors];  // of each vector in its channel
    int inRow[kTileVectors];          // lanes of each vector that its row still holds
    std::ptrdiff_t gap;               // floats from a row's end to the next row
    int rest;

    template <int kVectors>
    HWY_INLINE void operator()(std::ptrdiff_t plane, int v, V value) const {
        const D d;
        float* to = y + plane + at[v];
        value = maxOrNan(hn::Zero(d), value);
        if (v == kVectors - 1 && rest != 0) {
            value = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(rest)), value);
        }
        if (inRow[v] >= static_cast<int>(hn::Lanes(d))) {
            hn::StoreU(value, d, to);
        } else {  // the lanes behind the row's end go on behind the gap
            const auto before = hn::FirstN(d, static_cast<std::size_t>(inRow[v]));
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
            hn::BlendedStore(value, before, d, to);
            hn::BlendedStore(value, hn::Not(before), d, to + gap);
#else  // masked stores are slow or no instructions at all: zeros go into the gap, and what stood there goes back
            hn::StoreU(hn::IfThenElseZero(before, value), d, to);
            hn::StoreU(hn::IfThenElse(before, hn::LoadU(d, to + gap), value), d, to + gap);
#endif
        }
    }
};

struct TripleStore {
    float* y;  // the first vector's place in the left copy of channel 0
    std::ptrdiff_t copyStride;
    const float* leftMask;  // of the first vector
    const float* rightMask;
    int phase[kTileVectors];  // of each vector in the masks
    int rest;

    template <int kVectors>
    HWY_INLINE void operator()(std::ptrdiff_t plane, int v, V value) const {
        const D d;
        float* to = y + plane + v * static_cast<std::ptrdiff_t>(hn::Lanes(d));
        value = maxOrNan(hn::Zero(d), value);
        if (v == kVectors - 1 && rest != 0) {
            value = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(rest)), value);
        }
        hn::StoreU(hn::And(value, hn::LoadU(d, leftMask + phase[v])), d, to + 1);
        hn::StoreU(value, d, to + copyStride);
        hn::StoreU(hn::And(value, hn::LoadU(d, rightMask + phase[v])), d, to + 2 * copyStride - 1);
    }
};

// What the norm and ReLU come to once the weights hold its scale: for a positive one a maximum, else a minimum.
template <bool kMax>
HWY_INLINE V clamped(V bound, V x) {
    return kMax ? maxOrNan(bound, x) : minOrNan(bound, x);
}

// Positions first..last-1 of a group at kVectors vectors of pixels, one behind the other.
template <int kVectors, bool kMax>
HWY_INLINE void packClamped(const float* x, const std::ptrdiff_t* sources, const float* bounds, int first, int last,
                            float* HWY_RESTRICT panel) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    panel += first * kVectors * lanes;
    for (int k = first; k < last; ++k) {
        const float* plane = x + sources[k];
        const V bound = hn::Set(d, bounds[k]);
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            hn::StoreU(clamped<kMax>(bound, hn::LoadU(d, plane + v * lanes)), d, panel + v * lanes);
        }
        panel += kVectors * lanes;
    }
}

// A group of the kernel.
struct Group {
    const std::ptrdiff_t* sources;
    const float* bounds;  // nullptr: no norm
    int inputs, maxima;   // the first `maxima` are bounded from below
    int outputs;
    const float* weight;
    const float* bias;
    const std::ptrdiff_t* targets;
};

template <int kVectors>
HWY_INLINE void packPanel(const Group& group, const float* x, float* HWY_RESTRICT panel) {
    if (group.bounds != nullptr) {
        packClamped<kVectors, true>(x, group.sources, group.bounds, 0, group.maxima, panel);
        packClamped<kVectors, false>(x, group.sources, group.bounds, group.maxima, group.inputs, panel);
        return;
    }
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    for (int k = 0; k < group.inputs; ++k, panel += kVectors * lanes) {
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) {
            hn::StoreU(hn::LoadU(d, x + group.sources[k] + v * lanes), d, panel + v * lanes);
        }
    }
}

// Adds the products of the positions first..last-1, read in place.
template <int kRows, int kVectors, bool kMax>
HWY_INLINE void addDirect(const Group& group, const float* HWY_RESTRICT weight, const float* x, int first, int last,
                          V (&sum)[kRows][kVectors]) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    weight += first * kRows;
    for (int k = first; k < last; ++k) {
        const float* plane = x + group.sources[k];
        const V bound = hn::Set(d, group.bounds[k]);
        V in[kVectors];
        CONDENSER_UNROLL
        for (int v = 0; v < kVectors; ++v) in[v] = clamped<kMax>(bound, hn::LoadU(d, plane + v * lanes));
        CONDENSER_UNROLL
        for (int m = 0; m < kRows; ++m) {
            const V w = hn::Set(d, weight[m]);
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::MulAdd(w, in[v], sum[m][v]);
        }
        weight += kRows;
    }
}

// Without a panel: the norm costs a maximum or minimum beside so many multiply-adds that it is as good as free.
template <int kVectors, class Store>
HWY_INLINE void directStretch(const Group& group, const float* x, const Store& store) {
    const D d;
    const float* weight = group.weight;
    int m = 0;
    const auto tile = [&](auto rows) {
        constexpr int kRows = decltype(rows)::value;
        V sum[kRows][kVectors];
        CONDENSER_UNROLL
        for (int r = 0; r < kRows; ++r) {
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Set(d, group.bias[m + r]);
        }
        addDirect<kRows, kVectors, true>(group, weight, x, 0, group.maxima, sum);
        addDirect<kRows, kVectors, false>(group, weight, x, group.maxima, group.inputs, sum);
        CONDENSER_UNROLL
        for (int r = 0; r < kRows; ++r) {
            CONDENSER_UNROLL
            for (int v = 0; v < kVectors; ++v) store.template operator()<kVectors>(group.targets[m + r], v, sum[r][v]);
        }
        weight += static_cast<std::ptrdiff_t>(kRows) * group.inputs;
        m += kRows;
    };
    if constexpr (kTileRows == 8) {
        while (m + 8 <= group.outputs) tile(std::integral_constant<int, 8>());
    }
    while (m + 4 <= group.outputs) tile(std::integral_constant<int, 4>());
    if (m + 2 <= group.outputs) tile(std::integral_constant<int, 2>());
    if (m < group.outputs) tile(std::integral_constant<int, 1>());
}

// Stretches of pixels that are packed before they are multiplied.
constexpr int kMostStretches = 16;

// The stores of a stretch that begins at pixel `at`.
struct PlainStores {
    const PointwiseKernel& kernel;
    float* y;
    const float* residual;
    PlainStore at(int at, int rest) const {
        return {y + at, residual == nullptr ? nullptr : residual + at, kernel.relu(), rest};
    }
};
struct FramedStores {
    const TapMaps& taps;
    float* y;
    int rowShift;
    FramedStore at(int at, int rest) const {
        FramedStore store{y, {}, {}, taps.rowStride - taps.width, rest};
        for (int v = 0; v < kTileVectors; ++v) {
            const int pixel = at + v * static_cast<int>(hn::Lanes(D()));
            store.at[v] = taps.tap(pixel / taps.width + rowShift, pixel % taps.width, 0, 0);
            store.inRow[v] = taps.width - pixel % taps.width;
        }
        return store;
    }
};
struct TripleStores {
    const PointwiseKernel& kernel;
    const TapMaps& taps;
    float* y;
    int rowShift;
    TripleStore at(int at, int rest) const {
        TripleStore store{y + taps.tap(rowShift, at, 0, -1),
                          taps.copyStride,
                          kernel.tables().leftMask.data(),
                          kernel.tables().rightMask.data(),
                          {},
                          rest};
        for (int v = 0; v < kTileVectors; ++v) {
            store.phase[v] = (at + v * static_cast<int>(hn::Lanes(D()))) % taps.width;
        }
        return store;
    }
};

Group groupOf(const PointwiseKernel& kernel, int g) {
    const PointwiseKernel::Tables& tables = kernel.tables();
    const std::ptrdiff_t position = static_cast<std::ptrdiff_t>(g) * kernel.inputs();
    const std::ptrdiff_t output = static_cast<std::ptrdiff_t>(g) * kernel.outputs();
    const bool norm = !tables.bounds.empty();
    return {tables.sources.data() + position,
            norm ? tables.bounds.data() + position : nullptr,
            kernel.inputs(),
            norm ? tables.maxima[static_cast<std::size_t>(g)] : 0,
            kernel.outputs(),
            tables.weight.data() + position * kernel.outputs(),
            tables.bias.data() + output,
            tables.targets.data() + output};
}

template <class Stores>
HWY_INLINE void pixels(const PointwiseKernel& kernel, const float* x, float* panel, int begin, int end, int firstGroup,
                       int lastGroup, const Stores& stores) {
    using Store = decltype(stores.at(0, 0));
    const int lanes = static_cast<int>(hn::Lanes(D()));
    const bool direct = kernel.readsInPlace();
    Stretch<Store> stretches[kMostStretches];
    float* panels[kMostStretches];
    int from[kMostStretches];
    for (int at = begin; at < end;) {
        // As many stretches as the panel holds.
        int count = 0;
        std::ptrdiff_t packed = 0;
        while (at < end && count < kMostStretches) {
            const int vectors = tileVectors(end - at, lanes), panelVectors = std::max(1, vectors);
            const std::ptrdiff_t floats =
                direct ? 0 : static_cast<std::ptrdiff_t>(kernel.inputs()) * panelVectors * lanes;
            if (count > 0 && packed + floats > static_cast<std::ptrdiff_t>(kernel.panelFloats())) break;
            const int length = std::min(end - at, panelVectors * lanes);
            from[count] = at;
            panels[count] = panel + packed;
            stretches[count] = {vectors, panels[count], nullptr, stores.at(at, length % lanes)};
            packed += floats;
            at += length;
            ++count;
        }
        for (int g = firstGroup; g < lastGroup; ++g) {
            const Group group = groupOf(kernel, g);
            for (int i = 0; i < count; ++i) {
                const int vectors = stretches[i].vectors;
                if (direct && vectors > 0) {
                    if (vectors == 3) directStretch<3>(group, x + from[i], stretches[i].store);
                    if (vectors == 2) directStretch<2>(group, x + from[i], stretches[i].store);
                    if (vectors == 1) directStretch<1>(group, x + from[i], stretches[i].store);
                } else {
                    if (vectors == 3) packPanel<3>(group, x + from[i], panels[i]);
                    if (vectors == 2) packPanel<2>(group, x + from[i], panels[i]);
                    if (vectors <= 1) packPanel<1>(group, x + from[i], panels[i]);
                }
            }
            // In place, at most the last stretch is left, a rest.
            const int left = !direct ? 0 : stretches[count - 1].vectors == 0 ? count - 1 : count;
            multiplyPanels(group.weight, group.inputs, group.outputs, group.bias, group.targets, stretches + left,
                           count - left);
        }
    }
}

void pointwise(const PointwiseKernel& kernel, const float* x, float* y, const float* residual, float* panel, int begin,
               int end, int rowShift, int firstGroup, int lastGroup) {
    if (!kernel.taps()) {
        pixels(kernel, x, panel, begin, end, firstGroup, lastGroup, PlainStores{kernel, y, residual});
    } else if (kernel.taps()->kind == TapMaps::Kind::kTriple) {
        pixels(kernel, x, panel, begin, end, firstGroup, lastGroup, TripleStores{kernel, *kernel.taps(), y, rowShift});
    } else {
        pixels(kernel, x, panel, begin, end, firstGroup, lastGroup, FramedStores{*kernel.taps(), y, rowShift});
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {
namespace {

// What is packed at a time: a part of a second-level cache.
constexpr std::size_t kPanelFloats = 32 * 1024;

// Features far beyond what a float can add to anything else.
constexpr double kLargestBound = 1e20;

}  // namespace

HWY_EXPORT(pointwise);

PointwiseKernel::PointwiseKernel(const PointwiseSpec& spec, std::ptrdiff_t inputStride, std::ptrdiff_t outputStride,
                                 std::optional<TapMaps> taps)
    : m_groups(spec.groups), m_inputs(spec.inputs), m_outputs(spec.outputs), m_relu(spec.relu), m_taps(taps) {
    CORE_CHECK(!taps || spec.relu);
    for (const int channel : spec.sources) m_tables.sources.push_back(channel * inputStride);
    for (const int channel : spec.targets) {
        m_tables.targets.push_back(channel * (taps ? taps->planeFloats : outputStride));
    }
    m_tables.bias.assign(spec.bias.begin(), spec.bias.end());
    std::vector<float> weight(spec.weight.begin(), spec.weight.end());
    if (!spec.scale.empty()) {
        for (int g = 0; g < m_groups; ++g) foldNorm(spec, g, weight);
    }
    const auto inputs = static_cast<std::size_t>(m_inputs);
    m_tables.weight.reserve(weight.size());
    for (int g = 0; g < m_groups; ++g) {
        for (int m = 0; m < m_outputs;) {
            const int rows = largestTileRows(m_outputs - m);
            for (std::size_t k = 0; k < inputs; ++k) {
                for (int r = 0; r < rows; ++r) {
                    m_tables.weight.push_back(weight[static_cast<std::size_t>(g * m_outputs + m + r) * inputs + k]);
                }
            }
            m += rows;
        }
    }
    if (taps && taps->kind == TapMaps::Kind::kTriple) {
        const float all = std::bit_cast<float>(~std::uint32_t{0});
        for (int x = 0; x < taps->width + vectorLanes(); ++x) {
            m_tables.leftMask.push_back(x % taps->width == taps->width - 1 ? 0.0f : all);
            m_tables.rightMask.push_back(x % taps->width == 0 ? 0.0f : all);
        }
    }
}

// w * relu(s * x + t) = (w * s) * max(x, -t / s) + w * t for s > 0, with min for s < 0: the scale goes into the
// weights, the shift into the bias, and one maximum or minimum a pixel is left. Positions are put in order of the sign.
void PointwiseKernel::foldNorm(const PointwiseSpec& spec, int group, std::vector<float>& weight) {
    const auto inputs = static_cast<std::size_t>(m_inputs), outputs = static_cast<std::size_t>(m_outputs);
    const std::size_t position = static_cast<std::size_t>(group) * inputs;
    std::vector<std::size_t> order;
    for (const bool negative : {false, true}) {
        for (std::size_t k = 0; k < inputs; ++k) {
            if ((spec.scale[position + k] < 0) == negative) order.push_back(k);
        }
        if (!negative) m_tables.maxima.push_back(static_cast<int>(order.size()));
    }
    std::vector<std::ptrdiff_t> sources;
    for (const std::size_t k : order) {
        sources.push_back(m_tables.sources[position + k]);
        const double scale = static_cast<double>(spec.scale[position + k]);
        const double shift = static_cast<double>(spec.shift[position + k]);
        const double bound = -shift / scale;
        m_tables.bounds.push_back(std::abs(bound) <= kLargestBound ? static_cast<float>(bound) : 0.0f);
    }
    std::copy(sources.begin(), sources.end(), m_tables.sources.begin() + static_cast<std::ptrdiff_t>(position));
    for (std::size_t m = 0; m < outputs; ++m) {
        const std::size_t row = (static_cast<std::size_t>(group) * outputs + m) * inputs;
        const std::vector<float> before(weight.begin() + static_cast<std::ptrdiff_t>(row),
                                        weight.begin() + static_cast<std::ptrdiff_t>(row + inputs));
        double bias = static_cast<double>(m_tables.bias[row / inputs]);
        for (std::size_t i = 0; i < inputs; ++i) {
            const double scale = static_cast<double>(spec.scale[position + order[i]]);
            const double shift = static_cast<double>(spec.shift[position + order[i]]);
            const double w = static_cast<double>(before[order[i]]);
            // A scale so small that no x matters beside the shift: the position is a constant.
            const bool constant = !(std::abs(shift / scale) <= kLargestBound);
            weight[row + i] = constant ? 0.0f : static_cast<float>(w * scale);
            bias += w * (constant ? std::max(shift, 0.0) : shift);
        }
        m_tables.bias[row / inputs] = static_cast<float>(bias);
    }
}

std::size_t PointwiseKernel::panelFloats() const {
    const std::size_t stretch = static_cast<std::size_t>(m_inputs) * 3 * static_cast<std::size_t>(vectorLanes());
    return readsInPlace() ? stretch : std::max(stretch, kPanelFloats);
}

bool PointwiseKernel::readsInPlace() const {
    return !m_tables.bounds.empty();
}

std::size_t PointwiseKernel::weightBytes() const {
    return (m_tables.weight.size() + m_tables.bounds.size() + m_tables.bias.size()) * sizeof(float) +
           (m_tables.sources.size() + m_tables.targets.size()) * sizeof(std::ptrdiff_t);
}

void PointwiseKernel::run(const float* x, float* y, const float* residual, float* panel, int begin, int end,
                          int rowShift, int firstGroup, int lastGroup) const {
    HWY_DYNAMIC_DISPATCH(pointwise)(*this, x, y, residual, panel, begin, end, rowShift, firstGroup, lastGroup);
}

}  // namespace condenser
#endif  // HWY_ONCE
