#include "session/eta.h"

#include <algorithm>
#include <utility>

namespace condenser {
namespace {

// The first steps warm up caches and clocks: many short ones are needed, or a few long ones.
constexpr std::int64_t kFewestSteps = 3, kEnoughSteps = 20;
constexpr double kFewestSeconds = 3, kEnoughSeconds = 20;

}  // namespace

void Eta::start(std::int64_t firstStep, std::int64_t totalSteps, std::int64_t stepsPerEpoch, double seconds,
                std::vector<Stretch> stretches) {
    m_stretches = std::move(stretches);
    m_totalSteps = totalSteps;
    m_stepsPerEpoch = stepsPerEpoch;
    m_marks.assign(1, Mark{firstStep, seconds});
}

void Eta::advance(std::int64_t steps, double seconds) {
    if (m_marks.empty() || steps <= m_marks.back().steps) return;
    m_marks.push_back({steps, seconds});
    while (m_marks.size() > 2 && steps - m_marks[1].steps >= m_stepsPerEpoch) m_marks.pop_front();
}

std::optional<double> Eta::secondsLeft() const {
    if (m_marks.size() < 2) return {};
    const auto steps = m_marks.back().steps - m_marks.front().steps;
    const double seconds = m_marks.back().seconds - m_marks.front().seconds;
    if (steps < kFewestSteps || seconds < kFewestSeconds) return {};
    if (steps < kEnoughSteps && seconds < kEnoughSeconds) return {};
    return seconds / costBetween(m_marks.front().steps, m_marks.back().steps) *
           costBetween(m_marks.back().steps, m_totalSteps);
}

double Eta::costBetween(std::int64_t from, std::int64_t to) const {
    double sum = 0, cost = 1;
    for (const Stretch& stretch : m_stretches) {
        const std::int64_t end = std::clamp(stretch.firstStep, from, to);
        sum += cost * static_cast<double>(end - from);
        from = end;
        cost = stretch.cost;
    }
    return sum + cost * static_cast<double>(to - from);
}

}  // namespace condenser
