#include "plots/time_text.h"

#include <cmath>

namespace condenser {
namespace {

constexpr QChar kNarrowSpace(0x202f), kMinus(0x2212);

QString threeFigures(double value) {
    const double size = std::abs(value);
    return QString::number(value, 'f', size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

}  // namespace

TimeUnit timeUnitOf(double ms) {
    const double size = std::abs(ms);
    if (size > 0 && size < 0.9995) return {1e-3, QStringLiteral("µs")};
    if (size < 999.5) return {1, QStringLiteral("ms")};
    return {1e3, QStringLiteral("s")};
}

QString timeText(double ms) {
    const TimeUnit unit = timeUnitOf(ms);
    return threeFigures(ms / unit.ms) + kNarrowSpace + unit.name;
}

QString timeChangeText(double ms) {
    return (ms < 0 ? kMinus : QChar(u'+')) + timeText(std::abs(ms));
}

QString timesText(double factor) {
    return threeFigures(factor) + QChar(0xd7);
}

}  // namespace condenser
