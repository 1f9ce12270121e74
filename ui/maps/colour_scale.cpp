#include "maps/colour_scale.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "look/magnitude.h"
#include "maps/map_painter.h"

namespace condenser {
namespace {

// Of the weakest cell against the surface, with something to spare over the 1.4 that is promised.
constexpr double kLeastContrast = 1.5;
constexpr int kSearchSteps = 64;

struct Lab {
    double l, a, b;
};

double toLinear(double v) {
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

double fromLinear(double v) {
    const double shown = v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
    return std::clamp(shown, 0.0, 1.0);
}

// OKLab, after Björn Ottosson (https://bottosson.github.io/posts/oklab/).
Lab labOf(const QColor& colour) {
    const double r = toLinear(colour.redF()), g = toLinear(colour.greenF()), b = toLinear(colour.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

QColor colourOf(const Lab& lab) {
    const auto cube = [](double v) { return v * v * v; };
    const double l = cube(lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b);
    const double m = cube(lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b);
    const double s = cube(lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b);
    const auto shown = [](double v) { return static_cast<float>(fromLinear(v)); };
    return QColor::fromRgbF(shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                            shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                            shown(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

// The first colour on the way from `weak` to `strong` that nobody takes for the ground.
double firstVisible(const QColor& ground, const QColor& weak, const QColor& strong) {
    for (int step = 0; step < kSearchSteps; ++step) {
        const double share = static_cast<double>(step) / kSearchSteps;
        if (contrastRatio(mixColours(weak, strong, share), ground) >= kLeastContrast) return share;
    }
    return 1;
}

}  // namespace

QColor mixColours(const QColor& from, const QColor& to, double share) {
    const Lab a = labOf(from), b = labOf(to);
    return colourOf({std::lerp(a.l, b.l, share), std::lerp(a.a, b.a, share), std::lerp(a.b, b.b, share)});
}

ColourScale::ColourScale(const QColor& ground, const QColor& weak, const QColor& strong) {
    const double first = firstVisible(ground, weak, strong);
    for (int i = 0; i < kSteps; ++i) {
        const double share = std::lerp(first, 1.0, static_cast<double>(i) / (kSteps - 1));
        m_colours[static_cast<std::size_t>(i)] = mixColours(weak, strong, share).rgb();
    }
}

const ColourScale& ColourScale::of(const Theme& theme, int series) {
    const MagnitudeEnds ends =
        series < 0 ? magnitudeEnds(theme) : MagnitudeEnds{theme.panel, theme.seriesColour(series)};
    thread_local std::map<std::tuple<QRgb, QRgb, QRgb>, ColourScale> scales;
    const std::tuple key(theme.panel.rgb(), ends.weak.rgb(), ends.strong.rgb());
    auto found = scales.find(key);
    if (found == scales.end()) found = scales.emplace(key, ColourScale(theme.panel, ends.weak, ends.strong)).first;
    return found->second;
}

QRgb ColourScale::at(double share) const {
    const double step = std::clamp(share, 0.0, 1.0) * (kSteps - 1);
    return m_colours[static_cast<std::size_t>(std::lround(step))];
}

QColor cellColour(const Theme& theme, const CellBand& band, double strength, double strongest) {
    return QColor::fromRgb(ColourScale::of(theme, band.series).at(strongest > 0 ? strength / strongest : 0));
}

}  // namespace condenser
