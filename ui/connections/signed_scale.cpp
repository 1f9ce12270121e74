#include "connections/signed_scale.h"

#include <QPainter>

#include "connections/weight_colours.h"

namespace condenser {
namespace {

constexpr int kBar = 8;  // pixels

}  // namespace

void paintSignedScale(QPainter& painter, const Theme& theme, const QRect& at, double most) {
    const int line = QFontMetrics(painter.font()).height();
    const QRect bar(at.left(), at.top(), at.width(), at.height() - line);
    for (int x = 0; x < bar.width(); ++x) {
        const double value = bar.width() > 1 ? 2.0 * x / (bar.width() - 1) - 1 : 0;
        painter.fillRect(bar.left() + x, bar.top(), 1, bar.height(), signedColour(theme, value));
    }
    painter.setPen(theme.muted);
    const QRect below(at.left(), bar.top() + bar.height(), at.width(), line);
    painter.drawText(below, Qt::AlignLeft, weightText(-most));
    painter.drawText(below, Qt::AlignHCenter, QStringLiteral("0"));
    painter.drawText(below, Qt::AlignRight, weightText(most));
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
    setToolTip(tr("One scale for all filters of the layer: from %1 to %2").arg(weightText(-most), weightText(most)));
    update();
}

QSize SignedScale::sizeHint() const {
    return {120, kBar + fontMetrics().height()};
}

void SignedScale::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paintSignedScale(painter, m_theme, rect(), m_most);
}

}  // namespace condenser
