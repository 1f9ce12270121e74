#include "ops/pool.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pool.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

void poolForward(PlaneShape input, const float* x, float* y) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int outH = input.h / 2, outW = input.w / 2;
    const V quarter = hn::Set(d, 0.25f);
    for (int row = 0; row < outH; ++row, y += outW) {
        const float* upper = x + static_cast<std::ptrdiff_t>(2 * row) * input.w;
        const float* lower = upper + input.w;
        int i = 0;
        for (; i + lanes <= outW; i += lanes) {
            V even0, odd0, even1, odd1;
            hn::LoadInterleaved2(d, upper + 2 * i, even0, odd0);
            hn::LoadInterleaved2(d, lower + 2 * i, even1, odd1);
            hn::StoreU(hn::Mul(hn::Add(hn::Add(even0, odd0), hn::Add(even1, odd1)), quarter), d, y + i);
        }
        for (; i < outW; ++i) y[i] = ((upper[2 * i] + upper[2 * i + 1]) + (lower[2 * i] + lower[2 * i + 1])) * 0.25f;
    }
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
#include <cstring>

namespace condenser {

HWY_EXPORT(poolForward);
HWY_EXPORT(reluAverage);

void averagePool2Forward(PlaneShape input, const float* x, float* y) {
    HWY_DYNAMIC_DISPATCH(poolForward)(input, x, y);
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

float normReluAverage(const float* x, int count, const NormAffine& norm) {
    return HWY_DYNAMIC_DISPATCH(reluAverage)(x, count, norm);
}

}  // namespace condenser
#endif  // HWY_ONCE
