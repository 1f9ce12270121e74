#include "ops/sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sgd.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void step(const SgdSettings& settings, float* parameter, const float* gradient, float* velocity, std::size_t count) {
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    const auto rate = hn::Set(d, settings.learningRate), momentum = hn::Set(d, settings.momentum),
               decay = hn::Set(d, settings.weightDecay);
    const std::size_t whole = count / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes) {
        const auto p = hn::LoadU(d, parameter + i);
        const auto g = hn::MulAdd(decay, p, hn::LoadU(d, gradient + i));
        const auto v = hn::MulAdd(momentum, hn::LoadU(d, velocity + i), g);
        hn::StoreU(v, d, velocity + i);
        hn::StoreU(hn::NegMulAdd(rate, hn::MulAdd(momentum, v, g), p), d, parameter + i);
    }
    for (std::size_t i = whole; i < count; ++i) {
        const float g = gradient[i] + settings.weightDecay * parameter[i];
        velocity[i] = settings.momentum * velocity[i] + g;
        parameter[i] -= settings.learningRate * (g + settings.momentum * velocity[i]);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(step);

void sgdStep(const SgdSettings& settings, float* parameter, const float* gradient, float* velocity, std::size_t count) {
    HWY_DYNAMIC_DISPATCH(step)(settings, parameter, gradient, velocity, count);
}

}  // namespace condenser
#endif  // HWY_ONCE
