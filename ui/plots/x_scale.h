// What the common x axis of a run's plots measures. Points are kept by epochs, a real number; an axis shows them by
// epochs, steps or time of training.
#pragma once

#include <vector>

namespace condenser {

enum class XUnit { kEpoch, kStep, kTime };

// When each moment of a run was, in seconds of training. Known at the ends of epochs, even in between; behind the last
// of them at the pace of the last epoch.
class TimeLine {
  public:
    void clear();
    // Both must rise from call to call; else the call is ignored.
    void add(double epoch, double seconds);
    // Seconds an epoch, while no epoch is done.
    void guessPace(double secondsPerEpoch);

    bool known() const { return m_pace > 0; }
    double secondsAt(double epoch) const;
    double epochAt(double seconds) const;

  private:
    struct Moment {
        double epoch, seconds;
    };
    std::vector<Moment> m_moments{{0, 0}};
    double m_pace = 0;  // seconds an epoch behind the last moment; 0: nothing is known
};

struct XScale {
    XUnit unit = XUnit::kEpoch;
    bool logarithmic = false;
    double stepsPerEpoch = 1;
    TimeLine time = {};

    // Time is not shown before it is known.
    XUnit shown() const { return unit == XUnit::kTime && !time.known() ? XUnit::kEpoch : unit; }
    double toAxis(double epoch) const;
    double toEpoch(double axis) const;
};

}  // namespace condenser
