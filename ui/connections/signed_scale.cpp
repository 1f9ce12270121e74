#include "connections/signed_scale.h"

#include <QPainter>

#include "connections/weight_colours.h"
#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kGap = 6, kLeastBar = 24;  // pixels

QString endText(double value) {
    return (value < 0 ? QStringLiteral("≤ ") : QStringLiteral("≥ ")) + weightText(value);
}

}  // namespace

void paintSignedScale(QPainter& painter, const Theme& theme, const QRect& at, double most) {
    const QString low = endText(-most), high = endText(most);
    const QFontMetrics metrics(painter.font());
    const int left = metrics.horizontalAdvance(low) + kGap, right = metrics.horizontalAdvance(high) + kGap;
    const QRect bar = at.adjusted(left, metrics.descent(), -right, -metrics.descent());
    for (int x = 0; x < bar.width(); ++x) {
        const double value = bar.width() > 1 ? 2.0 * x / (bar.width() - 1) - 1 : 0;
        painter.fillRect(bar.left() + x, bar.top(), 1, bar.height(), signedColour(theme, value));
    }
    painter.setPen(theme.muted);
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, low);
    painter.drawText(at, Qt::AlignRight | Qt::AlignVCenter, high);
}

SignedScale::SignedScale(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SignedScale::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void SignedScale::setMost(double most) {
    m_most = most;
    setToolTip(tr("One scale for all filters of the layer; 99 of 100 weights lie within it"));
    updateGeometry();
    update();
}

QSize SignedScale::sizeHint() const {
    const QFontMetrics metrics(smallFont(font()));
    return {2 * (metrics.horizontalAdvance(endText(-m_most)) + kGap) + kLeastBar, metrics.height()};
}

void SignedScale::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setFont(smallFont(font()));
    paintSignedScale(painter, m_theme, rect(), m_most);
}

}  // namespace condenser
