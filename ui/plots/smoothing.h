// A curve of noisy values made calm: an exponential moving average without the pull towards zero of its first values.
#pragma once

namespace condenser {

inline constexpr double kMostSmoothing = 0.99;

class Smoother {
  public:
    // `weight` of what was before, 0 to kMostSmoothing; 0: values pass as they are.
    explicit Smoother(double weight = 0);

    // What came before is no longer the same curve: at a condensing step.
    void restart();
    // A value that is not finite is not counted: the average stays.
    double next(double value);

  private:
    double m_weight;
    double m_sum = 0;    // of the values, weighted
    double m_total = 0;  // of the weights
};

}  // namespace condenser
