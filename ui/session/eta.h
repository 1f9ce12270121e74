// How long a run will still take, from what it has measured so far.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace condenser {

// Speaks from the last epoch's worth of steps only. Steps that are known to get cheaper, as a network's do when it
// condenses, are weighed beforehand, so that the answer does not fall at each condensing step. Times are seconds of
// training: the caller leaves pauses out; evaluation counts, because it will come again.
class Eta {
  public:
    // From `firstStep` on, up to the next stretch, a step costs so much, in any unit.
    struct Stretch {
        std::int64_t firstStep = 0;
        double cost = 1;  // > 0
    };

    // `stretches` in order; none, or before the first: each step costs 1.
    void start(std::int64_t firstStep, std::int64_t totalSteps, std::int64_t stepsPerEpoch, double seconds,
               std::vector<Stretch> stretches = {});
    // `steps` are done after `seconds`.
    void advance(std::int64_t steps, double seconds);
    // Nothing until there is enough to go by.
    std::optional<double> secondsLeft() const;

  private:
    struct Mark {
        std::int64_t steps;
        double seconds;
    };
    double costBetween(std::int64_t from, std::int64_t to) const;

    std::vector<Stretch> m_stretches;
    std::deque<Mark> m_marks;  // oldest first, about one epoch long
    std::int64_t m_totalSteps = 0, m_stepsPerEpoch = 0;
};

}  // namespace condenser
