#include "ops/batch_norm.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch_norm.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Sums in float lanes stay precise over this many floats; longer planes are cut.
constexpr int kStretch = 4096;

HWY_INLINE double sumOf(const D d, V v) {
    return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, v)));
}

Moments stretchMoments(const float* x, int count) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int whole = count / lanes * lanes;
    const std::size_t rest = static_cast<std::size_t>(count - whole);
    const auto tail = hn::FirstN(d, rest);
    // Distances from the first float instead of from 0: exact where the mean is large beside the spread.
    const V origin = hn::Set(d, x[0]);
    V sum = hn::Zero(d);
    for (int p = 0; p < whole; p += lanes) sum = hn::Add(sum, hn::Sub(hn::LoadU(d, x + p), origin));
    if (whole < count) sum = hn::Add(sum, hn::IfThenElseZero(tail, hn::Sub(loadTail(d, x + whole, rest), origin)));
    const double mean = static_cast<double>(x[0]) + sumOf(d, sum) / count;
    const float centre = static_cast<float>(mean);
    const V centreLanes = hn::Set(d, centre);
    V squares = hn::Zero(d), drift = hn::Zero(d);
    for (int p = 0; p < whole; p += lanes) {
        const V distance = hn::Sub(hn::LoadU(d, x + p), centreLanes);
        squares = hn::MulAdd(distance, distance, squares);
        drift = hn::Add(drift, distance);
    }
    if (whole < count) {
        const V distance = hn::IfThenElseZero(tail, hn::Sub(loadTail(d, x + whole, rest), centreLanes));
        squares = hn::MulAdd(distance, distance, squares);
        drift = hn::Add(drift, distance);
    }
    // The centre was rounded to float; `drift` says by how much, and mends mean and squares.
    const double offset = sumOf(d, drift) / count;
    return {count, static_cast<double>(centre) + offset, sumOf(d, squares) - offset * offset * count};
}

Moments moments(const float* x, int count) {
    Moments all;
    for (int at = 0; at < count; at += kStretch) {
        all.merge(stretchMoments(x + at, count - at < kStretch ? count - at : kStretch));
    }
    return all;
}

void forward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const NormAffine& norm, bool relu, float* y,
             std::ptrdiff_t yStride) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const V mean = hn::Set(d, norm.mean), scale = hn::Set(d, norm.scale), bias = hn::Set(d, norm.bias);
    const V floor = hn::Set(d, relu ? 0.0f : -HUGE_VALF);
    const int whole = shape.w / lanes * lanes;
    const std::size_t rest = static_cast<std::size_t>(shape.w - whole);
    for (int row = 0; row < shape.h; ++row, x += xStride, y += yStride) {
        for (int p = 0; p < whole; p += lanes) {
            const V value = hn::MulAdd(hn::Sub(hn::LoadU(d, x + p), mean), scale, bias);
            hn::StoreU(maxOrNan(floor, value), d, y + p);
        }
        if (whole < shape.w) {
            const V value = hn::MulAdd(hn::Sub(loadTail(d, x + whole, rest), mean), scale, bias);
            storeTail(maxOrNan(floor, value), d, y + whole, rest);
        }
    }
}

NormSums backward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const float* da, std::ptrdiff_t daStride,
                  const NormAffine& norm, bool relu, bool accumulate, float* dx, std::ptrdiff_t dxStride) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const V mean = hn::Set(d, norm.mean), scale = hn::Set(d, norm.scale), bias = hn::Set(d, norm.bias);
    const V floor = hn::Set(d, relu ? 0.0f : -HUGE_VALF);
    const int whole = shape.w / lanes * lanes;
    const std::size_t rest = static_cast<std::size_t>(shape.w - whole);
    const auto tail = hn::FirstN(d, rest);
    NormSums sums;
    V gradient = hn::Zero(d), centred = hn::Zero(d);
    int held = 0;
    for (int row = 0; row < shape.h; ++row, x += xStride, da += daStride, dx += dxStride) {
        for (int p = 0; p < whole; p += lanes) {
            const V distance = hn::Sub(hn::LoadU(d, x + p), mean);
            const auto passed = hn::Gt(hn::MulAdd(distance, scale, bias), floor);
            const V g = hn::IfThenElseZero(passed, hn::LoadU(d, da + p));
            gradient = hn::Add(gradient, g);
            centred = hn::MulAdd(g, distance, centred);
            const V before = accumulate ? hn::LoadU(d, dx + p) : hn::Zero(d);
            hn::StoreU(hn::MulAdd(g, scale, before), d, dx + p);
        }
        if (whole < shape.w) {
            const V distance = hn::Sub(loadTail(d, x + whole, rest), mean);
            const auto passed = hn::And(tail, hn::Gt(hn::MulAdd(distance, scale, bias), floor));
            const V g = hn::IfThenElseZero(passed, loadTail(d, da + whole, rest));
            gradient = hn::Add(gradient, g);
            centred = hn::MulAdd(g, distance, centred);
            const V before = accumulate ? loadTail(d, dx + whole, rest) : hn::Zero(d);
            storeTail(hn::MulAdd(g, scale, before), d, dx + whole, rest);
        }
        held += shape.w;
        if (held >= kStretch || row + 1 == shape.h) {
            sums.gradient += sumOf(d, gradient);
            sums.centred += sumOf(d, centred);
            gradient = centred = hn::Zero(d);
            held = 0;
        }
    }
    return sums;
}

void correct(const float* x, int count, const GradientCorrection& correction, float* dx) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const V mean = hn::Set(d, correction.mean), a = hn::Set(d, correction.a), b = hn::Set(d, correction.b);
    const int whole = count / lanes * lanes;
    for (int p = 0; p < whole; p += lanes) {
        const V distance = hn::Sub(hn::LoadU(d, x + p), mean);
        hn::StoreU(hn::Sub(hn::LoadU(d, dx + p), hn::MulAdd(b, distance, a)), d, dx + p);
    }
    if (whole < count) {
        const std::size_t rest = static_cast<std::size_t>(count - whole);
        const V distance = hn::Sub(loadTail(d, x + whole, rest), mean);
        storeTail(hn::Sub(loadTail(d, dx + whole, rest), hn::MulAdd(b, distance, a)), d, dx + whole, rest);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(moments);
HWY_EXPORT(forward);
HWY_EXPORT(backward);
HWY_EXPORT(correct);

void Moments::merge(const Moments& other) {
    if (count == 0) {
        *this = other;
        return;
    }
    if (other.count == 0) return;
    const double here = static_cast<double>(count), there = static_cast<double>(other.count), all = here + there;
    const double distance = other.mean - mean;
    mean += distance * there / all;
    squares += other.squares + distance * distance * here * there / all;
    count += other.count;
}

Moments planeMoments(const float* x, int count) {
    return HWY_DYNAMIC_DISPATCH(moments)(x, count);
}

NormAffine normAffine(double mean, double variance, float weight, float bias) {
    return {static_cast<float>(mean),
            static_cast<float>(static_cast<double>(weight) / std::sqrt(variance + kBatchNormEpsilon)), bias};
}

namespace {

// Rows without gaps are one long row: no short tails on small maps.
void joinRows(PlaneShape& shape, std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t c) {
    if (a == shape.w && b == shape.w && c == shape.w) shape = {1, shape.h * shape.w};
}

}  // namespace

void normForward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const NormAffine& norm, bool relu, float* y,
                 std::ptrdiff_t yStride) {
    joinRows(shape, xStride, yStride, yStride);
    HWY_DYNAMIC_DISPATCH(forward)(shape, x, xStride, norm, relu, y, yStride);
}

NormSums normBackward(PlaneShape shape, const float* x, std::ptrdiff_t xStride, const float* da,
                      std::ptrdiff_t daStride, const NormAffine& norm, bool relu, bool accumulate, float* dx,
                      std::ptrdiff_t dxStride) {
    joinRows(shape, xStride, daStride, dxStride);
    return HWY_DYNAMIC_DISPATCH(backward)(shape, x, xStride, da, daStride, norm, relu, accumulate, dx, dxStride);
}

void normCorrect(const float* x, int count, const GradientCorrection& correction, float* dx) {
    HWY_DYNAMIC_DISPATCH(correct)(x, count, correction, dx);
}

}  // namespace condenser
#endif  // HWY_ONCE
