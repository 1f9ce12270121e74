#include "run/condensing_effect.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace condenser {
namespace {

// Means over windows of a run's losses, each in constant time.
class LossMeans {
  public:
    LossMeans(std::span<const StepRecord> steps, std::size_t window) : m_window(window), m_sums{0} {
        m_sums.reserve(steps.size() + 1);
        for (const StepRecord& step : steps) {
            // A loss that is no number belongs to a run that failed there.
            m_sums.push_back(m_sums.back() + (std::isfinite(step.loss) ? double{step.loss} : 0.0));
        }
    }

    // Of the window that begins with step `first`; none where it does not fit in.
    std::optional<double> from(std::size_t first) const {
        if (first + m_window >= m_sums.size()) return std::nullopt;
        return (m_sums[first + m_window] - m_sums[first]) / static_cast<double>(m_window);
    }

  private:
    std::size_t m_window;
    std::vector<double> m_sums;  // of the first k losses
};

void putLosses(const LossMeans& means, std::size_t window, std::size_t step, std::int64_t stepsPerEpoch,
               CondensingEffect& effect) {
    effect.lossAfter = means.from(step);
    if (step < window) return;
    effect.lossBefore = means.from(step - window);
    if (!effect.lossBefore) return;
    for (std::size_t first = step;; ++first) {
        const auto mean = means.from(first);
        if (!mean) return;
        if (*mean > *effect.lossBefore) continue;
        const std::size_t steps = first == step ? 0 : first + window - step;
        effect.epochsToRecover = static_cast<double>(steps) / static_cast<double>(stepsPerEpoch);
        return;
    }
}

void putAccuracies(std::span<const MetricsRow> epochs, std::int64_t step, CondensingEffect& effect) {
    for (const MetricsRow& row : epochs) {
        if (row.step <= step) {
            effect.top1Before = row.testTop1;
        } else {
            effect.top1After = row.testTop1;
            return;
        }
    }
}

}  // namespace

std::vector<CondensingEffect> condensingEffects(std::span<const CondensingStep> plan, std::int64_t stepsPerEpoch,
                                                std::span<const MetricsRow> epochs, std::span<const StepRecord> steps) {
    const auto window = static_cast<std::size_t>(std::clamp<std::int64_t>(stepsPerEpoch / 5, 5, 100));
    const LossMeans means(steps, window);
    std::vector<CondensingEffect> effects;
    for (const CondensingStep& planned : plan) {
        CondensingEffect effect;
        effect.step = planned;
        effect.window = static_cast<int>(window);
        const auto first = static_cast<std::size_t>(planned.step);
        effect.done = first < steps.size() || (!epochs.empty() && epochs.back().step > planned.step);
        if (effect.done) {
            putLosses(means, window, first, stepsPerEpoch, effect);
            putAccuracies(epochs, planned.step, effect);
        }
        effects.push_back(effect);
    }
    return effects;
}

std::vector<CondensingEffect> condensingEffects(const RunRecord& record, std::span<const MetricsRow> epochs,
                                                std::span<const StepRecord> steps) {
    const auto plan = planCondensing(record);
    return condensingEffects(plan, record.stepsPerEpoch, epochs, steps);
}

}  // namespace condenser
