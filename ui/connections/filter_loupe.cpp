#include "connections/filter_loupe.h"

#include <QPainter>

#include "connections/weight_colours.h"
#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kPadding = 4;  // pixels

}  // namespace

FilterLoupe::FilterLoupe(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void FilterLoupe::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void FilterLoupe::show(const std::array<float, 9>& weights, double most) {
    m_weights = weights;
    m_most = most;
    update();
}

QSize FilterLoupe::sizeHint() const {
    const QFontMetrics metrics(smallFont(font()));
    return {3 * (metrics.horizontalAdvance(weightText(-8.888)) + 2 * kPadding), 3 * (metrics.height() + kPadding)};
}

QSize FilterLoupe::minimumSizeHint() const {
    return sizeHint();
}

void FilterLoupe::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setFont(smallFont(font()));
    for (int tap = 0; tap < 9; ++tap) {
        const int left = tap % 3 * (width() + 1) / 3, top = tap / 3 * (height() + 1) / 3;
        const int right = (tap % 3 + 1) * (width() + 1) / 3 - 1, bottom = (tap / 3 + 1) * (height() + 1) / 3 - 1;
        const QRect cell(left, top, right - left, bottom - top);
        const double weight = m_weights[static_cast<std::size_t>(tap)];
        const QColor colour = signedColour(m_theme, m_most > 0 ? weight / m_most : 0);
        painter.fillRect(cell, colour);
        painter.setPen(textOn(m_theme, colour));
        painter.drawText(cell, Qt::AlignCenter, weightText(weight));
    }
}

}  // namespace condenser
