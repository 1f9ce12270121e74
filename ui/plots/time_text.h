// Times of computing in words, from microseconds to seconds.
#pragma once

#include <QString>

namespace condenser {

struct TimeUnit {
    double ms;
    QString name;
};
// The one in which `ms` has one to three digits before the point, as far as there is one.
TimeUnit timeUnitOf(double ms);

// Three figures: "412 µs", "5.91 ms", "1.30 s".
QString timeText(double ms);
// As a change: "+0.21 ms", "−3.60 ms".
QString timeChangeText(double ms);
// "2.56×".
QString timesText(double factor);

}  // namespace condenser
