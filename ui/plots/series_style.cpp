#include "plots/series_style.h"

#include <array>

namespace condenser {

QColor SeriesStyle::color(const Theme& theme) const {
    return series < 0 ? theme.ink(ink) : theme.seriesColour(series);
}

QPen SeriesStyle::pen(const Theme& theme) const {
    const bool thin = shape == Shape::kThinLine || shape == Shape::kPlan;
    QPen pen(color(theme), thin ? 1 : 2);
    pen.setJoinStyle(Qt::RoundJoin);
    if (shape == Shape::kPlan) pen.setStyle(Qt::DotLine);
    if (!dash.isEmpty()) {
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(dash);
        pen.setDashOffset(dashOffset);
    }
    return pen;
}

SeriesStyle smoothedStyle() {
    constexpr int kPeriwinkle = 6;  // in Theme::series: next to no other curve's colour
    // Thin: a wide line of 200 000 steps takes three times as long to paint.
    return {.shape = SeriesStyle::Shape::kThinLine, .series = kPeriwinkle};
}

QVector<qreal> dashOf(int index) {
    static const std::array<QVector<qreal>, kDashes> dashes{
        QVector<qreal>{},           QVector<qreal>{5, 2},  QVector<qreal>{1.5, 1.5},
        QVector<qreal>{8, 2, 2, 2}, QVector<qreal>{10, 4}, QVector<qreal>{6, 2, 1.5, 2, 1.5, 2}};
    return dashes[static_cast<std::size_t>(index % kDashes)];
}

}  // namespace condenser
