#include "ops/gradient_chunks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gradient_chunks.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// By halves, so that rounding grows with the logarithm of the count.
template <class Load>
HWY_INLINE hn::Vec<hn::ScalableTag<float>> sumByHalves(int count, const Load& load) {
    hn::Vec<hn::ScalableTag<float>> level[kMaxChunks];
    for (int i = 0; i < count; ++i) level[i] = load(i);
    for (; count > 1; count = (count + 1) / 2) {
        for (int i = 0; i < count / 2; ++i) level[i] = hn::Add(level[2 * i], level[2 * i + 1]);
        if (count % 2 == 1) level[count / 2] = level[count - 1];
    }
    return level[0];
}

void sumRuns(const float* runs, int count, std::ptrdiff_t stride, std::size_t floats, float* sum) {
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t i = 0;
    for (; i + lanes <= floats; i += lanes) {
        hn::StoreU(sumByHalves(count, [&](int r) HWY_ATTR { return hn::LoadU(d, runs + r * stride + i); }), d, sum + i);
    }
    if (i < floats) {
        const std::size_t rest = floats - i;
        storeTail(sumByHalves(count, [&](int r) HWY_ATTR { return loadTail(d, runs + r * stride + i, rest); }), d,
                  sum + i, rest);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(sumRuns);

void sumRuns(const float* runs, int count, std::ptrdiff_t stride, std::size_t floats, float* sum) {
    HWY_DYNAMIC_DISPATCH(sumRuns)(runs, count, stride, floats, sum);
}

}  // namespace condenser
#endif  // HWY_ONCE
