// What training kernels do to vectors of pixels and of gradients on their way in. Included once a target (Highway).
#if defined(CONDENSER_OPS_FOLDED_NORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_FOLDED_NORM_INL_H_
#undef CONDENSER_OPS_FOLDED_NORM_INL_H_
#else
#define CONDENSER_OPS_FOLDED_NORM_INL_H_
#endif

#include "hwy/highway.h"
#include "ops/batch_norm.h"
#include "ops/folded_norm.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// relu(norm(x)) / scale, for x at p.
class Normalise {
  public:
    HWY_INLINE explicit Normalise(const FoldedNorm& norm)
        : m_bound(hwy::HWY_NAMESPACE::Set(Tag(), norm.bound)), m_sign(hwy::HWY_NAMESPACE::Set(Tag(), norm.sign)) {}
    HWY_INLINE auto operator()(const float* p) const {
        namespace hn = hwy::HWY_NAMESPACE;
        const Tag d;
        return maxOrNan(hn::Zero(d), hn::Sub(hn::Xor(hn::LoadU(d, p), m_sign), m_bound));
    }

  private:
    using Tag = hwy::HWY_NAMESPACE::ScalableTag<float>;
    hwy::HWY_NAMESPACE::Vec<Tag> m_bound, m_sign;
};

// The whole gradient, for a value and the gradient as it stands in memory.
class Correct {
  public:
    HWY_INLINE explicit Correct(const GradientCorrection& correction)
        : m_mean(hwy::HWY_NAMESPACE::Set(Tag(), correction.mean)),
          m_a(hwy::HWY_NAMESPACE::Set(Tag(), correction.a)),
          m_b(hwy::HWY_NAMESPACE::Set(Tag(), correction.b)) {}
    HWY_INLINE auto operator()(const float* value, const float* gradient) const {
        namespace hn = hwy::HWY_NAMESPACE;
        const Tag d;
        const auto distance = hn::Sub(hn::LoadU(d, value), m_mean);
        return hn::Sub(hn::LoadU(d, gradient), hn::MulAdd(m_b, distance, m_a));
    }

  private:
    using Tag = hwy::HWY_NAMESPACE::ScalableTag<float>;
    hwy::HWY_NAMESPACE::Vec<Tag> m_mean, m_a, m_b;
};

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
