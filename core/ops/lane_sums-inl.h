// Sums over the lanes of four vectors at a time, for a third of the work of one after the other. Included once a target
// (Highway).
#if defined(CONDENSER_OPS_LANE_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_LANE_SUMS_INL_H_
#undef CONDENSER_OPS_LANE_SUMS_INL_H_
#else
#define CONDENSER_OPS_LANE_SUMS_INL_H_
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
// Blocks of 4 lanes added up until one is left.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::CappedTag<float, 4>> sumOfBlocks(D d,
                                                                                        hwy::HWY_NAMESPACE::Vec<D> v) {
    namespace hn = hwy::HWY_NAMESPACE;
    if constexpr (hn::MaxLanes(d) <= 4) {
        return v;
    } else {
        const hn::Half<D> half;
        return sumOfBlocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    }
}
#endif

// to[i] += the sum of v[i]'s lanes, i < 4; of fewer vectors the rest of `v` counts for nothing and is not added.
template <int kCount, class D>
HWY_INLINE void addLaneSums(D d, const hwy::HWY_NAMESPACE::Vec<D> (&v)[4], float* to) {
    namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_SCALAR
    (void)d;
    for (int i = 0; i < kCount; ++i) to[i] += hn::GetLane(v[i]);
#else
    const hn::RepartitionToWide<D> pairs;
    const auto low = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
    const auto high = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
    const auto a = hn::BitCast(pairs, low), b = hn::BitCast(pairs, high);
    const auto sums = sumOfBlocks(
        d, hn::Add(hn::BitCast(d, hn::InterleaveLower(pairs, a, b)), hn::BitCast(d, hn::InterleaveUpper(pairs, a, b))));
    const hn::CappedTag<float, 4> four;
    if constexpr (kCount == 4) {
        hn::StoreU(hn::Add(hn::LoadU(four, to), sums), four, to);
    } else {
        HWY_ALIGN float lanes[4];
        hn::Store(sums, four, lanes);
        for (int i = 0; i < kCount; ++i) to[i] += lanes[i];
    }
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
