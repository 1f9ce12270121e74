#include "ops/depthwise.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/check.h"
#include "tensor/view.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "depthwise.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/rows-inl.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What is the same for all pixels of a plane.
template <class D>
struct Window {
    using V = hn::Vec<D>;
    V weights[9], bias, floor;

    Window(D d, const float* w, float offset, bool relu)
        : bias(hn::Set(d, offset)), floor(hn::Set(d, relu ? 0.0f : -std::numeric_limits<float>::infinity())) {
        for (int tap = 0; tap < 9; ++tap) weights[tap] = hn::Set(d, w[tap]);
    }
    // Adds the taps of window row `row`: left, centre, right.
    HWY_INLINE V addRow(int row, const V* in, V sum) const {
        for (int column = 0; column < 3; ++column) sum = hn::MulAdd(weights[3 * row + column], in[column], sum);
        return sum;
    }
};

// The planes, and rows first..last-1 of y that are wanted. Handed on by value, and copied where it is used: behind a
// reference the compiler would read it again after each store to y.
struct Planes {
    const float* x;
    float* y;
    std::ptrdiff_t writable;  // floats of y from its first one on
    int h, w, outW;
    int first, last;
};

// p[-1], p[0], ...; where the row begins at p, 0 for p[-1], which is not read: a plane may lie at the start of memory.
template <bool kRowBegins, class D>
HWY_INLINE hn::Vec<D> loadShifted(D d, const float* p) {
    if constexpr (!kRowBegins) {
        return hn::LoadU(d, p - 1);
    } else {
#if HWY_TARGET == HWY_SCALAR
        return hn::Zero(d);
#elif HWY_MAX_BYTES > 16  // these have masked loads that touch nothing outside the mask
        return hn::MaskedLoad(hn::Not(hn::FirstN(d, 1)), d, p - 1);
#else
        return hn::ShiftLeftLanes<1>(d, hn::LoadU(d, p));
#endif
    }
}

// A row of y, or, if kTail, its only vector, of which nothing behind the row may be written.
template <bool kTail, class D>
HWY_INLINE void storeRow(hn::Vec<D> v, D d, float* to, int width) {
    if constexpr (kTail) {
        storeTail(v, d, to, static_cast<std::size_t>(width));
    } else {
        hn::StoreU(v, d, to);
    }
}

// kVectors vectors of output columns, from top to bottom. Each input row is loaded once and goes to the sums of all
// output rows that see it; nothing depends on the row before but these sums, so that rows overlap in the CPU.
// kBegins: the first vector is at column 0.
template <int kVectors, bool kBegins, bool kTail, class D>
HWY_INLINE void strip1(D d, const Planes planes, const Window<D> window, const int* at) {
    using V = hn::Vec<D>;
    const auto right = hn::FirstN(d, static_cast<std::size_t>(planes.w - 1 - at[kVectors - 1]));
    const auto load = [d, right, at](const float* row, int v, V* in) HWY_ATTR {
        const float* p = row + at[v];
        in[0] = v == 0 ? loadShifted<kBegins>(d, p) : hn::LoadU(d, p - 1);
        in[1] = hn::LoadU(d, p);
        in[2] = hn::LoadU(d, p + 1);
        if (v == kVectors - 1) in[2] = hn::IfThenElseZero(right, in[2]);
        for (int column = 0; column < 3; ++column) in[column] = inRegister(in[column]);
    };
    const float* row = planes.x + static_cast<std::ptrdiff_t>(planes.first) * planes.w;
    float* out = planes.y + static_cast<std::ptrdiff_t>(planes.first) * planes.w;
    V sum[kVectors], next[kVectors];  // of output rows r and r + 1, but for input row r + 1
    for (int v = 0; v < kVectors; ++v) {
        V in[3];
        sum[v] = window.bias;
        if (planes.first > 0) {
            load(row - planes.w, v, in);
            sum[v] = window.addRow(0, in, sum[v]);
        }
        load(row, v, in);
        sum[v] = window.addRow(1, in, sum[v]);
        next[v] = window.addRow(0, in, window.bias);
    }
    for (int r = planes.first; r < planes.last - 1; ++r, out += planes.w) {
        row += planes.w;
        for (int v = 0; v < kVectors; ++v) {
            V in[3];
            load(row, v, in);
            const V done = window.addRow(2, in, sum[v]);
            sum[v] = window.addRow(1, in, next[v]);
            next[v] = window.addRow(0, in, window.bias);
            storeRow<kTail>(maxOrNan(window.floor, done), d, out + at[v], planes.outW);
        }
    }
    for (int v = 0; v < kVectors; ++v) {
        if (planes.last < planes.h) {
            V in[3];
            load(row + planes.w, v, in);
            sum[v] = window.addRow(2, in, sum[v]);
        }
        storeRow<kTail>(maxOrNan(window.floor, sum[v]), d, out + at[v], planes.outW);
    }
}

// The same for stride 2, where output row r sees input rows 2r - 1, 2r and 2r + 1.
template <int kVectors, bool kBegins, bool kTail, class D>
HWY_INLINE void strip2(D d, const Planes planes, const Window<D> window, const int* at) {
    using V = hn::Vec<D>;
    const auto right = hn::FirstN(d, static_cast<std::size_t>(planes.w / 2 - at[kVectors - 1]));
    const auto load = [d, right, at](const float* row, int v, V* in) HWY_ATTR {
        const float* p = row + 2 * at[v];
        loadPairs(d, p, in[1], in[2]);
        in[0] = v == 0 ? everySecondBefore<kBegins>(d, p, in[2]) : everySecondBefore<false>(d, p, in[2]);
        if (v == kVectors - 1) in[2] = hn::IfThenElseZero(right, in[2]);
    };
    const float* row = planes.x + static_cast<std::ptrdiff_t>(2 * planes.first) * planes.w;
    float* out = planes.y + static_cast<std::ptrdiff_t>(planes.first) * planes.outW;
    V sum[kVectors];  // of output row r, but for input rows 2r and 2r + 1
    for (int v = 0; v < kVectors; ++v) {
        sum[v] = window.bias;
        if (planes.first == 0) continue;
        V in[3];
        load(row - planes.w, v, in);
        sum[v] = window.addRow(0, in, sum[v]);
    }
    const int end = std::min(planes.last, planes.h / 2);
    for (int r = planes.first; r < end; ++r, row += 2 * planes.w, out += planes.outW) {
        for (int v = 0; v < kVectors; ++v) {
            V in[3];
            load(row, v, in);
            V done = window.addRow(1, in, sum[v]);
            load(row + planes.w, v, in);
            done = window.addRow(2, in, done);
            sum[v] = window.addRow(0, in, window.bias);
            storeRow<kTail>(maxOrNan(window.floor, done), d, out + at[v], planes.outW);
        }
    }
    if (end < planes.last) {  // an odd last row has none below it
        for (int v = 0; v < kVectors; ++v) {
            V in[3];
            load(row, v, in);
            const V done = window.addRow(1, in, sum[v]);
            storeRow<kTail>(maxOrNan(window.floor, done), d, out + at[v], planes.outW);
        }
    }
}

template <int kStride, int kVectors, bool kBegins, bool kTail, class D>
HWY_INLINE void strip(D d, const Planes& planes, const Window<D>& window, const int* at) {
    if constexpr (kStride == 1) {
        strip1<kVectors, kBegins, kTail>(d, planes, window, at);
    } else {
        strip2<kVectors, kBegins, kTail>(d, planes, window, at);
    }
}

// The last vector of a row ends where the row does: it repeats some columns instead of having a tail.
template <int kStride, class D>
void strips(D d, const Planes& planes, const float* weights, float bias, bool relu) {
    const Window<D> window(d, weights, bias, relu);
    const int lanes = static_cast<int>(hn::Lanes(d)), width = planes.outW;
    int at[2] = {0, std::min(lanes, width - lanes)};
    if (width > lanes) {
        strip<kStride, 2, true, false>(d, planes, window, at);
    } else if (static_cast<std::ptrdiff_t>(planes.last - 1) * width + lanes <= planes.writable) {
        strip<kStride, 1, true, false>(d, planes, window, at);  // what spills over a row, the next one overwrites
    } else {
        strip<kStride, 1, true, true>(d, planes, window, at);
    }
    for (int column = 2 * lanes; column < width; column += 2 * lanes) {
        at[0] = std::min(column, width - lanes);
        at[1] = std::min(column + lanes, width - lanes);
        if (at[0] == at[1]) {
            strip<kStride, 1, false, false>(d, planes, window, at);
        } else {
            strip<kStride, 2, false, false>(d, planes, window, at);
        }
    }
}

template <class D>
void ofStride(D d, int stride, const Planes& planes, const float* weights, float bias, bool relu) {
    if (stride == 1) {
        strips<1>(d, planes, weights, bias, relu);
    } else {
        strips<2>(d, planes, weights, bias, relu);
    }
}

// Narrow maps in vectors that they fill.
void depthwise(const DepthwiseShape& shape, const float* x, const float* weights, float bias, bool relu, float* y,
               int first, int last) {
    const int width = shape.outW();
    const std::ptrdiff_t writable =
        last == shape.outH() ? planeStride(last, width) : static_cast<std::ptrdiff_t>(last) * width;
    const Planes planes{x, y, writable, shape.h, shape.w, width, first, last};
    if (width <= 4) {
        ofStride(hn::CappedTag<float, 4>(), shape.stride, planes, weights, bias, relu);
    } else if (width <= 8) {
        ofStride(hn::CappedTag<float, 8>(), shape.stride, planes, weights, bias, relu);
    } else {
        ofStride(hn::ScalableTag<float>(), shape.stride, planes, weights, bias, relu);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(depthwise);

void depthwise3x3(const DepthwiseShape& shape, const float* x, const float* weights, float bias, bool relu, float* y) {
    depthwise3x3Rows(shape, x, weights, bias, relu, y, 0, shape.outH());
}

void depthwise3x3Rows(const DepthwiseShape& shape, const float* x, const float* weights, float bias, bool relu,
                      float* y, int first, int last) {
    CORE_CHECK(shape.stride == 1 || shape.stride == 2);
    CORE_CHECK(first >= 0 && first < last && last <= shape.outH());
    HWY_DYNAMIC_DISPATCH(depthwise)(shape, x, weights, bias, relu, y, first, last);
}

}  // namespace condenser
#endif  // HWY_ONCE
