// Where ticks stand and what is written at them. For the .cpp files of this folder only: it brings in QCustomPlot.
#pragma once

#include <qcustomplot.h>

#include <functional>

namespace condenser {

using NumberFormat = std::function<QString(double)>;

// What an axis measures. Coordinates are in base units (seconds); ticks and their labels in `unit` of these (3600).
struct AxisMeasure {
    QString label = {};
    NumberFormat format = {};  // of a coordinate, at a tick; none: nothing is written
    double unit = 1;
    bool whole = false;  // whole units as long as there are enough of them
    bool clock = false;  // 15 and 30 are rounder than 20 and 50
    bool logarithmic = false;
    int ticks = 8;
};

// Of an axis in milliseconds that begins at 0 and reaches to `mostMs`, up or down: µs, ms or s, named at each tick.
AxisMeasure timeMeasure(double mostMs);

void measureAxis(QCPAxis& axis, const AxisMeasure& measure);

// The axis' range moved, and where it must be shrunk, into `whole`; never smaller than a small part of it.
QCPRange keepWithin(const QCPRange& range, const QCPRange& whole, bool logarithmic);

}  // namespace condenser
