#include "session/eta.h"

namespace condenser {
namespace {

// The first steps warm up caches and clocks.
constexpr std::int64_t kFewestSteps = 20;
constexpr double kFewestSeconds = 3;

}  // namespace

void Eta::start(std::int64_t firstStep, std::int64_t totalSteps, std::int64_t stepsPerEpoch, double seconds) {
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
    return seconds / static_cast<double>(steps) * static_cast<double>(m_totalSteps - m_marks.back().steps);
}

}  // namespace condenser
