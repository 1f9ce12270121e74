// Rows of a plane as windows that move over it read and write them. Included once a target (Highway).
#if defined(CONDENSER_OPS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_ROWS_INL_H_
#undef CONDENSER_OPS_ROWS_INL_H_
#else
#define CONDENSER_OPS_ROWS_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"
#include "ops/tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// p[0], p[2], ... and p[1], p[3], ...; reads twice as many floats as there are lanes.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE void loadPairs(D d, const float* p, V& even, V& odd) {
    namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_SCALAR
    even = hn::LoadU(d, p);
    odd = hn::LoadU(d, p + 1);
#else
    const V low = inRegister(hn::LoadU(d, p)), high = inRegister(hn::LoadU(d, p + hn::Lanes(d)));
    even = hn::ConcatEven(d, high, low);
    odd = hn::ConcatOdd(d, high, low);
#endif
}

// p[-1], p[1], p[3], ..., given `odd` = p[1], p[3], ...; 0 for p[-1] where the row begins at p.
template <bool kRowBegins, class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V everySecondBefore(D d, const float* p, V odd) {
    namespace hn = hwy::HWY_NAMESPACE;
    const V first = kRowBegins ? hn::Zero(d) : hn::Set(d, p[-1]);
#if HWY_TARGET == HWY_SCALAR
    (void)odd;
    return first;
#else
    const hn::RebindToSigned<D> di;
    const auto lane = hn::IndicesFromVec(d, hn::Max(hn::Iota(di, -1), hn::Zero(di)));
    return hn::IfThenElse(hn::FirstN(d, 1), first, hn::TableLookupLanes(odd, lane));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
