#include "plots/x_scale.h"

#include <algorithm>

namespace condenser {

void TimeLine::clear() {
    m_moments.assign(1, {0, 0});
    m_pace = 0;
}

void TimeLine::add(double epoch, double seconds) {
    const Moment last = m_moments.back();
    if (!(epoch > last.epoch) || !(seconds > last.seconds)) return;
    m_moments.push_back({epoch, seconds});
    m_pace = (seconds - last.seconds) / (epoch - last.epoch);
}

void TimeLine::guessPace(double secondsPerEpoch) {
    if (m_moments.size() == 1 && m_pace == 0 && secondsPerEpoch > 0) m_pace = secondsPerEpoch;
}

double TimeLine::secondsAt(double epoch) const {
    const Moment last = m_moments.back();
    if (epoch >= last.epoch) return last.seconds + (epoch - last.epoch) * m_pace;
    const auto right = std::upper_bound(m_moments.begin(), m_moments.end(), epoch,
                                        [](double at, const Moment& moment) { return at < moment.epoch; });
    if (right == m_moments.begin()) return 0;
    const Moment a = *(right - 1), b = *right;
    return a.seconds + (b.seconds - a.seconds) * (epoch - a.epoch) / (b.epoch - a.epoch);
}

double TimeLine::epochAt(double seconds) const {
    const Moment last = m_moments.back();
    if (seconds >= last.seconds) return m_pace > 0 ? last.epoch + (seconds - last.seconds) / m_pace : last.epoch;
    const auto right = std::upper_bound(m_moments.begin(), m_moments.end(), seconds,
                                        [](double at, const Moment& moment) { return at < moment.seconds; });
    if (right == m_moments.begin()) return 0;
    const Moment a = *(right - 1), b = *right;
    return a.epoch + (b.epoch - a.epoch) * (seconds - a.seconds) / (b.seconds - a.seconds);
}

double XScale::toAxis(double epoch) const {
    switch (shown()) {
        case XUnit::kStep:
            return epoch * stepsPerEpoch;
        case XUnit::kTime:
            return time.secondsAt(epoch);
        default:
            return epoch;
    }
}

double XScale::toEpoch(double axis) const {
    switch (shown()) {
        case XUnit::kStep:
            return axis / stepsPerEpoch;
        case XUnit::kTime:
            return time.epochAt(axis);
        default:
            return axis;
    }
}

}  // namespace condenser
