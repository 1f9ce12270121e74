#include "ops/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "peak.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Two multiply-adds a cycle with a latency of 4 to 6 cycles want 8 to 12 chains; with factor and summand they fit into
// 16 registers. Named variables, because an array of vectors may land in memory. They begin with different numbers, or
// the compiler would find them equal and compute one.
MultiplyAdds chains(std::int64_t rounds, float factor, float summand) {
    const D d;
    const V m = hn::Set(d, factor), a = hn::Set(d, summand);
    V x0 = hn::Set(d, 0.0f), x1 = hn::Set(d, 1.0f), x2 = hn::Set(d, 2.0f), x3 = hn::Set(d, 3.0f);
    V x4 = hn::Set(d, 4.0f), x5 = hn::Set(d, 5.0f), x6 = hn::Set(d, 6.0f), x7 = hn::Set(d, 7.0f);
    V x8 = hn::Set(d, 8.0f), x9 = hn::Set(d, 9.0f), x10 = hn::Set(d, 10.0f), x11 = hn::Set(d, 11.0f);
    for (std::int64_t round = 0; round < rounds; ++round) {
        x0 = hn::MulAdd(x0, m, a);
        x1 = hn::MulAdd(x1, m, a);
        x2 = hn::MulAdd(x2, m, a);
        x3 = hn::MulAdd(x3, m, a);
        x4 = hn::MulAdd(x4, m, a);
        x5 = hn::MulAdd(x5, m, a);
        x6 = hn::MulAdd(x6, m, a);
        x7 = hn::MulAdd(x7, m, a);
        x8 = hn::MulAdd(x8, m, a);
        x9 = hn::MulAdd(x9, m, a);
        x10 = hn::MulAdd(x10, m, a);
        x11 = hn::MulAdd(x11, m, a);
    }
    const V lower = hn::Add(hn::Add(hn::Add(x0, x1), hn::Add(x2, x3)), hn::Add(x4, x5));
    const V upper = hn::Add(hn::Add(hn::Add(x6, x7), hn::Add(x8, x9)), hn::Add(x10, x11));
    constexpr int kChains = 12;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    return {2 * kChains * lanes * rounds,
            hn::GetLane(hn::SumOfLanes(d, hn::Add(lower, upper))) / static_cast<float>(kChains * lanes)};
}

float sum(const float* x, std::size_t count) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    std::size_t i = 0;
    for (; i + 8 * lanes <= count; i += 8 * lanes) {
        s0 = hn::Add(s0, hn::LoadU(d, x + i));
        s1 = hn::Add(s1, hn::LoadU(d, x + i + lanes));
        s2 = hn::Add(s2, hn::LoadU(d, x + i + 2 * lanes));
        s3 = hn::Add(s3, hn::LoadU(d, x + i + 3 * lanes));
        s4 = hn::Add(s4, hn::LoadU(d, x + i + 4 * lanes));
        s5 = hn::Add(s5, hn::LoadU(d, x + i + 5 * lanes));
        s6 = hn::Add(s6, hn::LoadU(d, x + i + 6 * lanes));
        s7 = hn::Add(s7, hn::LoadU(d, x + i + 7 * lanes));
    }
    for (; i + lanes <= count; i += lanes) s0 = hn::Add(s0, hn::LoadU(d, x + i));
    if (i < count) s1 = hn::Add(s1, loadTail(d, x + i, count - i));
    const V lower = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), upper = hn::Add(hn::Add(s4, s5), hn::Add(s6, s7));
    return hn::GetLane(hn::SumOfLanes(d, hn::Add(lower, upper)));
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(chains);
HWY_EXPORT(sum);

MultiplyAdds multiplyAdds(std::int64_t rounds, float factor, float summand) {
    return HWY_DYNAMIC_DISPATCH(chains)(rounds, factor, summand);
}

float sumFloats(const float* x, std::size_t count) {
    return HWY_DYNAMIC_DISPATCH(sum)(x, count);
}

}  // namespace condenser
#endif  // HWY_ONCE
