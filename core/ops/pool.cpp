#include "ops/pool.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "tensor/view.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pool.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/rows-inl.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// The larger of each lane, or NaN where either is.
template <class Vector>
HWY_INLINE Vector maxOfBoth(Vector a, Vector b) {
    return hn::IfThenElse(hn::IsNaN(a), a, maxOrNan(a, b));
}

// y [outH, outW], a row after the other: pixels(row, column) gives a vector of row `row` from `column` on. The last
// vector of a row ends where the row does: it repeats some columns instead of having a tail. A row that is shorter than
// a vector spills into the next one, which overwrites it.
template <class Tag, class Pixels>
HWY_INLINE void eachVector(Tag d, int outH, int outW, float* y, const Pixels& pixels) {
    const int lanes = static_cast<int>(hn::Lanes(d));
    if (outW == 0) return;
    const std::ptrdiff_t writable = planeStride(outH, outW);
    for (int row = 0; row < outH; ++row) {
        float* out = y + static_cast<std::ptrdiff_t>(row) * outW;
        if (outW >= lanes) {
            int column = 0;
            for (; column + lanes <= outW; column += lanes) hn::StoreU(pixels(row, column), d, out + column);
            if (column < outW) hn::StoreU(pixels(row, outW - lanes), d, out + outW - lanes);
        } else if (out - y + lanes <= writable) {
            hn::StoreU(pixels(row, 0), d, out);
        } else {
            storeTail(pixels(row, 0), d, out, static_cast<std::size_t>(outW));
        }
    }
}

// Narrow maps in vectors that they fill.
template <class Body>
HWY_INLINE void withVectorFor(int width, const Body& body) {
    if (width <= 4) {
        body(hn::CappedTag<float, 4>());
    } else if (width <= 8) {
        body(hn::CappedTag<float, 8>());
    } else {
        body(D());
    }
}

void averagePool2(PlaneShape input, const float* x, float* y) {
    const std::ptrdiff_t w = input.w;
    withVectorFor(input.w / 2, [=](auto d) HWY_ATTR {
        eachVector(d, input.h / 2, input.w / 2, y, [=](int row, int column) HWY_ATTR {
            const float* upper = x + 2 * row * w + 2 * column;
            hn::Vec<decltype(d)> even0, odd0, even1, odd1;
            loadPairs(d, upper, even0, odd0);
            loadPairs(d, upper + w, even1, odd1);
            return hn::Mul(hn::Add(hn::Add(even0, odd0), hn::Add(even1, odd1)), hn::Set(d, 0.25f));
        });
    });
}

void maxPool2(PlaneShape input, const float* x, float* y) {
    const std::ptrdiff_t w = input.w;
    withVectorFor(input.w / 2, [=](auto d) HWY_ATTR {
        eachVector(d, input.h / 2, input.w / 2, y, [=](int row, int column) HWY_ATTR {
            const float* upper = x + 2 * row * w + 2 * column;
            hn::Vec<decltype(d)> even0, odd0, even1, odd1;
            loadPairs(d, upper, even0, odd0);
            loadPairs(d, upper + w, even1, odd1);
            return maxOfBoth(maxOfBoth(even0, odd0), maxOfBoth(even1, odd1));
        });
    });
}

// The vectors of a column, from top to bottom: a window's last row is the next one's first. A pixel outside of the map
// is replaced by one in the middle of the window, which is always inside.
template <bool kBegins, bool kTail, class Tag>
HWY_INLINE void maxPool3Strip(Tag d, const PlaneShape input, const float* x, float* y, int column) {
    using Vector = hn::Vec<Tag>;
    const int outW = (input.w + 1) / 2;
    const auto first = hn::FirstN(d, 1);
    // Lanes whose right neighbour is inside.
    const auto inside = hn::FirstN(d, static_cast<std::size_t>(input.w / 2 - column));
    const auto threeOf = [=](const float* p) HWY_ATTR {
        Vector at, behind;
        loadPairs(d, p, at, behind);
        Vector before = everySecondBefore<kBegins>(d, p, behind);
        if constexpr (kBegins) before = hn::IfThenElse(first, at, before);
        return maxOfBoth(maxOfBoth(before, at), hn::IfThenElse(inside, behind, at));
    };
    const auto store = [=](Vector v, float* to) HWY_ATTR {
        if constexpr (kTail) {
            storeTail(v, d, to, static_cast<std::size_t>(outW));
        } else {
            hn::StoreU(v, d, to);
        }
    };
    const float* row = x + 2 * column;
    float* out = y + column;
    Vector above = threeOf(row);
    for (int r = 0; r < input.h / 2; ++r, row += 2 * input.w, out += outW) {
        const Vector below = threeOf(row + input.w);
        store(maxOfBoth(maxOfBoth(above, threeOf(row)), below), out);
        above = below;
    }
    if (input.h % 2 != 0) store(maxOfBoth(above, threeOf(row)), out);
}

// Kernel 3, stride 2, padding 1.
void maxPool3(PlaneShape input, const float* x, float* y) {
    const int outH = (input.h + 1) / 2, outW = (input.w + 1) / 2;
    withVectorFor(outW, [=](auto d) HWY_ATTR {
        const int lanes = static_cast<int>(hn::Lanes(d));
        if (outW >= lanes || static_cast<std::ptrdiff_t>(outH - 1) * outW + lanes <= planeStride(outH, outW)) {
            maxPool3Strip<true, false>(d, input, x, y, 0);
        } else {
            maxPool3Strip<true, true>(d, input, x, y, 0);
        }
        for (int column = lanes; column < outW; column += lanes) {
            maxPool3Strip<false, false>(d, input, x, y, std::min(column, outW - lanes));
        }
    });
}

float average(const float* x, int count) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int whole = count / lanes * lanes;
    V sum = hn::Zero(d);
    for (int p = 0; p < whole; p += lanes) sum = hn::Add(sum, hn::LoadU(d, x + p));
    if (whole < count) sum = hn::Add(sum, loadTail(d, x + whole, static_cast<std::size_t>(count - whole)));
    return hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(count);
}

float reluAverage(const float* x, int count, const NormAffine& norm) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int whole = count / lanes * lanes;
    const V mean = hn::Set(d, norm.mean), scale = hn::Set(d, norm.scale), bias = hn::Set(d, norm.bias);
    V sum = hn::Zero(d);
    for (int p = 0; p < whole; p += lanes) {
        sum = hn::Add(sum, maxOrNan(hn::Zero(d), hn::MulAdd(hn::Sub(hn::LoadU(d, x + p), mean), scale, bias)));
    }
    if (whole < count) {
        const std::size_t rest = static_cast<std::size_t>(count - whole);
        const auto tail = hn::FirstN(d, rest);
        const V value = hn::MulAdd(hn::Sub(loadTail(d, x + whole, rest), mean), scale, bias);
        sum = hn::Add(sum, hn::IfThenElseZero(tail, maxOrNan(hn::Zero(d), value)));
    }
    return hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(count);
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {
namespace {

// Whatever has no kernel of its own.
void maxPoolPlain(PlaneShape input, int kernel, int stride, int padding, const float* x, float* y) {
    const int outH = (input.h + 2 * padding - kernel) / stride + 1,
              outW = (input.w + 2 * padding - kernel) / stride + 1;
    for (int row = 0; row < outH; ++row) {
        const int top = std::max(row * stride - padding, 0),
                  bottom = std::min(row * stride - padding + kernel, input.h);
        for (int column = 0; column < outW; ++column, ++y) {
            const int left = std::max(column * stride - padding, 0);
            const int right = std::min(column * stride - padding + kernel, input.w);
            *y = -std::numeric_limits<float>::infinity();
            for (int v = top; v < bottom; ++v) {
                for (int u = left; u < right; ++u) {
                    const float value = x[static_cast<std::ptrdiff_t>(v) * input.w + u];
                    if (value > *y || std::isnan(value)) *y = value;
                }
            }
        }
    }
}

}  // namespace

HWY_EXPORT(averagePool2);
HWY_EXPORT(maxPool2);
HWY_EXPORT(maxPool3);
HWY_EXPORT(average);
HWY_EXPORT(reluAverage);

void averagePool2Forward(PlaneShape input, const float* x, float* y) {
    HWY_DYNAMIC_DISPATCH(averagePool2)(input, x, y);
}

void averagePool2Backward(PlaneShape input, const float* dy, float* dx) {
    const int outH = input.h / 2, outW = input.w / 2;
    const std::ptrdiff_t w = input.w;
    for (int row = 0; row < outH; ++row, dy += outW) {
        float* upper = dx + 2 * row * w;
        float* lower = upper + w;
        for (int i = 0; i < outW; ++i) {
            upper[2 * i] = upper[2 * i + 1] = lower[2 * i] = lower[2 * i + 1] = dy[i] * 0.25f;
        }
        if (input.w % 2 != 0) upper[w - 1] = lower[w - 1] = 0.0f;
    }
    if (input.h % 2 != 0) std::memset(dx + (input.h - 1) * w, 0, static_cast<std::size_t>(w) * sizeof(float));
}

void maxPoolForward(PlaneShape input, int kernel, int stride, int padding, const float* x, float* y) {
    CORE_CHECK(kernel > 0 && stride > 0 && padding >= 0 && 2 * padding <= kernel);
    if (kernel == 2 && stride == 2 && padding == 0) {
        HWY_DYNAMIC_DISPATCH(maxPool2)(input, x, y);
    } else if (kernel == 3 && stride == 2 && padding == 1) {
        HWY_DYNAMIC_DISPATCH(maxPool3)(input, x, y);
    } else {
        maxPoolPlain(input, kernel, stride, padding, x, y);
    }
}

float planeAverage(const float* x, int count) {
    return HWY_DYNAMIC_DISPATCH(average)(x, count);
}

float normReluAverage(const float* x, int count, const NormAffine& norm) {
    return HWY_DYNAMIC_DISPATCH(reluAverage)(x, count, norm);
}

}  // namespace condenser
#endif  // HWY_ONCE
