#include "plots/time_text.h"

#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr QChar kNarrowSpace(0x202f), kMinus(0x2212);
constexpr double kWhole = 999.5;  // from here on three figures are a whole number

}  // namespace

TimeUnit timeUnitOf(double ms) {
    const double size = std::abs(ms);
    if (size > 0 && size < 0.9995) return {1e-3, QStringLiteral("µs")};
    if (size < kWhole) return {1, QStringLiteral("ms")};
    return {1e3, QStringLiteral("s")};
}

QString timeText(double ms) {
    const TimeUnit unit = timeUnitOf(ms);
    return threeFigures(ms / unit.ms) + kNarrowSpace + unit.name;
}

QString timeChangeText(double ms) {
    return (ms < 0 ? kMinus : QChar(u'+')) + timeText(std::abs(ms));
}

QString millisecondsText(double ms) {
    return threeFigures(ms) + kNarrowSpace + QStringLiteral("ms");
}

QString threeFigures(double value) {
    if (value >= kWhole) return formatCount(std::llround(value));
    return QString::number(value, 'f', value < 0.9995 ? 3 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

QString timesText(double factor) {
    return (factor < 0.9995 ? QString::number(factor, 'f', 2) : threeFigures(factor)) + QChar(0xd7);
}

}  // namespace condenser
