#include "connections/weight_colours.h"

#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr std::size_t kNegative = 6, kPositive = 5;  // of Theme::series

QColor between(const QColor& a, const QColor& b, double t) {
    const auto mix = [t](int from, int to) { return static_cast<int>(std::lround(from + t * (to - from))); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace

QColor signedColour(const Theme& theme, double value) {
    const double t = std::isnan(value) ? 0 : std::clamp(value, -1.0, 1.0);
    return between(theme.border, theme.series[t < 0 ? kNegative : kPositive], std::abs(t));
}

QColor brightness(const Theme& theme, double value) {
    const double t = std::isnan(value) ? 0 : std::clamp(value, 0.0, 1.0);
    const QColor &dark = theme.dark ? theme.window : theme.text, &bright = theme.dark ? theme.text : theme.window;
    return between(dark, bright, t);
}

QColor textOn(const Theme& theme, const QColor& colour) {
    const QColor& other = theme.dark ? theme.accentText : theme.panel;
    return contrastRatio(theme.text, colour) >= contrastRatio(other, colour) ? theme.text : other;
}

QString weightText(double weight) {
    const double size = std::abs(weight);
    QString text = size == 0 || size >= 5e-4 ? QString::number(weight, 'f', 3) : QString::number(weight, 'e', 1);
    return text.replace(u'-', QChar(0x2212));
}

}  // namespace condenser
