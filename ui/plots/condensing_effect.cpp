#include "plots/condensing_effect.h"

#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr std::ptrdiff_t kBatches = 10;  // on each side: enough to tell a jump from noise, few enough to see it

std::optional<double> mean(std::span<const double> values) {
    if (values.empty()) return {};
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

// The first point behind `epoch`. What is reported at `epoch` itself happened before it.
std::ptrdiff_t firstAfter(const CurvePoints& points, double epoch) {
    return std::upper_bound(points.epochs.begin(), points.epochs.end(), epoch) - points.epochs.begin();
}

}  // namespace

CondensingEffect measureEffect(const CurvePoints& batchLoss, const CurvePoints& testTop1, double at, double previous,
                               double next) {
    CondensingEffect effect;
    const auto part = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
        return batchLoss.values.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    };
    const std::ptrdiff_t step = firstAfter(batchLoss, at);
    effect.lossBefore = mean(part(std::max(firstAfter(batchLoss, previous), step - kBatches), step));
    effect.lossAfter = mean(part(step, std::max(step, std::min(firstAfter(batchLoss, next), step + kBatches))));

    const std::ptrdiff_t first = firstAfter(testTop1, at), end = firstAfter(testTop1, next);
    const auto value = [&](std::ptrdiff_t i) { return testTop1.values[static_cast<std::size_t>(i)]; };
    // An epoch's end before `previous` saw another network.
    if (first > 0 && first > firstAfter(testTop1, previous)) effect.top1Before = value(first - 1);
    if (first < end) effect.top1After = value(first);
    if (!effect.top1Before || !effect.top1After) return effect;
    for (std::ptrdiff_t i = first; i < end; ++i) {
        if (value(i) < *effect.top1Before) continue;
        effect.recovery = i == first ? CondensingEffect::Recovery::kNoDrop : CondensingEffect::Recovery::kRecovered;
        effect.epochs = static_cast<int>(std::ceil(testTop1.epochs[static_cast<std::size_t>(i)] - at));
        return effect;
    }
    const bool over = !batchLoss.epochs.empty() ? batchLoss.epochs.back() > next
                                                : !testTop1.epochs.empty() && testTop1.epochs.back() > next;
    effect.recovery = over ? CondensingEffect::Recovery::kNextStepFirst : CondensingEffect::Recovery::kNotYet;
    return effect;
}

}  // namespace condenser
