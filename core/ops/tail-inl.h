// Vectors of which only the first few lanes lie in memory, on any alignment, and a maximum that keeps NaN. Included
// once a target (Highway).
#if defined(CONDENSER_OPS_TAIL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_TAIL_INL_H_
#undef CONDENSER_OPS_TAIL_INL_H_
#else
#define CONDENSER_OPS_TAIL_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// The instruction sets below have masked loads and stores that touch nothing outside the mask and ask for no
// alignment; Highway's own for the others read and write whole aligned vectors.
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define CONDENSER_MASKED_MEMORY 1
#else
#define CONDENSER_MASKED_MEMORY 0
#endif

// p[0..count-1], zeros behind; count is below the number of lanes.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> loadTail(D d, const float* p, std::size_t count) {
    namespace hn = hwy::HWY_NAMESPACE;
#if CONDENSER_MASKED_MEMORY
    return hn::MaskedLoad(hn::FirstN(d, count), d, p);
#else
    HWY_ALIGN float lanes[hn::MaxLanes(d)] = {};
    for (std::size_t i = 0; i < count; ++i) lanes[i] = p[i];
    return hn::Load(d, lanes);
#endif
}

// Writes the first `count` lanes and nothing else.
template <class D>
HWY_INLINE void storeTail(hwy::HWY_NAMESPACE::Vec<D> v, D d, float* p, std::size_t count) {
    namespace hn = hwy::HWY_NAMESPACE;
#if CONDENSER_MASKED_MEMORY
    hn::BlendedStore(v, hn::FirstN(d, count), d, p);
#else
    HWY_ALIGN float lanes[hn::MaxLanes(d)];
    hn::Store(v, d, lanes);
    for (std::size_t i = 0; i < count; ++i) p[i] = lanes[i];
#endif
}

#undef CONDENSER_MASKED_MEMORY

// The larger of each lane; a NaN in `value` passes on, so that a training which diverges is seen to.
template <class V>
HWY_INLINE V maxOrNan(V floor, V value) {
    namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128  // Highway's own takes the other operand here
    return hn::IfThenElse(hn::Lt(value, floor), floor, value);
#else
    return hn::Max(floor, value);  // x86 gives the second operand, ARM the NaN
#endif
}

// The smaller of each lane, the same way.
template <class V>
HWY_INLINE V minOrNan(V ceiling, V value) {
    namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
    return hn::IfThenElse(hn::Lt(ceiling, value), ceiling, value);
#else
    return hn::Min(ceiling, value);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
