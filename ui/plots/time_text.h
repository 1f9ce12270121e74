// Times of computing in words, from microseconds to seconds, with three figures that count.
#pragma once

#include <QString>

namespace condenser {

struct TimeUnit {
    double ms;
    QString name;
};
// The one in which `ms` has one to three digits before the point, as far as there is one.
TimeUnit timeUnitOf(double ms);

// "412 µs", "5.91 ms", "1.30 s".
QString timeText(double ms);
// As a change: "+0.21 ms", "−3.60 ms".
QString timeChangeText(double ms);
// Always in milliseconds, as columns and rows of them are: "0.123 ms", "5.91 ms", "1 204 ms"; and without the unit.
QString millisecondsText(double ms);
QString threeFigures(double value);
// "2.56×", "31.2×"; here two places count also below 1: "0.98×".
QString timesText(double factor);

}  // namespace condenser
