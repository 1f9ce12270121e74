// Moments of a plane, measured while it is being written. Included once a target (Highway).
#if defined(CONDENSER_OPS_MOMENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_MOMENTS_INL_H_
#undef CONDENSER_OPS_MOMENTS_INL_H_
#else
#define CONDENSER_OPS_MOMENTS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/batch_norm.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// What is known so far of an output's moments, in lanes: distances from its first pixel, so that a mean far from 0
// costs nothing.
struct RunningMoments {
    static constexpr std::size_t kLanes = hwy::HWY_NAMESPACE::MaxLanes(hwy::HWY_NAMESPACE::ScalableTag<float>());
    float origin[kLanes];
    float sum[kLanes];
    float squares[kLanes];
};

// The same in registers, while a tile's vectors are added.
template <class D>
class MomentsOf {
  public:
    using V = hwy::HWY_NAMESPACE::Vec<D>;

    // Goes on with `running`, or begins with the pixel in the first lane of `first`.
    HWY_INLINE MomentsOf(D d, RunningMoments* running) : m_d(d), m_running(running) {
        namespace hn = hwy::HWY_NAMESPACE;
        m_origin = hn::LoadU(d, running->origin);
        m_sum = hn::LoadU(d, running->sum);
        m_squares = hn::LoadU(d, running->squares);
    }
    HWY_INLINE void begin(V first) {
        namespace hn = hwy::HWY_NAMESPACE;
        m_origin = hn::Set(m_d, hn::GetLane(first));
        m_sum = m_squares = hn::Zero(m_d);
    }
    HWY_INLINE void add(V value) { addDistance(hwy::HWY_NAMESPACE::Sub(value, m_origin)); }
    HWY_INLINE void add(V value, int count) {
        namespace hn = hwy::HWY_NAMESPACE;
        addDistance(hn::IfThenElseZero(hn::FirstN(m_d, static_cast<std::size_t>(count)), hn::Sub(value, m_origin)));
    }
    HWY_INLINE void store() const {
        namespace hn = hwy::HWY_NAMESPACE;
        hn::StoreU(m_origin, m_d, m_running->origin);
        hn::StoreU(m_sum, m_d, m_running->sum);
        hn::StoreU(m_squares, m_d, m_running->squares);
    }

  private:
    HWY_INLINE void addDistance(V distance) {
        namespace hn = hwy::HWY_NAMESPACE;
        m_sum = hn::Add(m_sum, distance);
        m_squares = hn::MulAdd(distance, distance, m_squares);
    }

    D m_d;
    RunningMoments* m_running;
    V m_origin, m_sum, m_squares;
};

// The sum of a vector in memory.
HWY_INLINE double sumOfLanes(const float* lanes) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::LoadU(d, lanes))));
}

HWY_INLINE Moments momentsOf(const RunningMoments& running, std::int64_t count) {
    const double pixels = static_cast<double>(count), offset = sumOfLanes(running.sum) / pixels;
    const double squares = sumOfLanes(running.squares) - offset * offset * pixels;
    return {count, static_cast<double>(running.origin[0]) + offset, squares < 0 ? 0 : squares};  // a NaN stays one
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
