// How long a run will still take, from what it has measured so far.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace condenser {

// Speaks from the last epoch's worth of steps only, since a network gets faster as it condenses. Times are seconds of
// training: the caller leaves pauses out; evaluation counts, because it will come again.
class Eta {
  public:
    void start(std::int64_t firstStep, std::int64_t totalSteps, std::int64_t stepsPerEpoch, double seconds);
    // `steps` are done after `seconds`.
    void advance(std::int64_t steps, double seconds);
    // Nothing until there is enough to go by.
    std::optional<double> secondsLeft() const;

  private:
    struct Mark {
        std::int64_t steps;
        double seconds;
    };
    std::deque<Mark> m_marks;  // oldest first, about one epoch long
    std::int64_t m_totalSteps = 0, m_stepsPerEpoch = 0;
};

}  // namespace condenser
