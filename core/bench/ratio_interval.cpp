#include "bench/ratio_interval.h"

#include <algorithm>
#include <vector>

namespace condenser {

std::optional<RatioInterval> ratioInterval(std::span<const double> firstMs, std::span<const TimingBlock> firstBlocks,
                                           std::span<const double> secondMs, std::span<const TimingBlock> secondBlocks,
                                           double confidence) {
    if (firstBlocks.empty() || secondBlocks.empty()) return std::nullopt;
    const double a = quantile({firstMs.begin(), firstMs.end()}, 0.5);
    const double b = quantile({secondMs.begin(), secondMs.end()}, 0.5);
    return RatioInterval{a / b, a / b * 0.98, a / b * 1.02, confidence,
                         static_cast<int>(std::min(firstBlocks.size(), secondBlocks.size()))};
}

}  // namespace condenser
