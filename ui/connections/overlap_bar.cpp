#include "connections/overlap_bar.h"

#include <QPainter>

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kThick = 8, kMarkReach = 4;
constexpr int kUsualWidth = 160, kHeight = 20;

}  // namespace

OverlapBar::OverlapBar(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void OverlapBar::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void OverlapBar::setOverlap(const std::optional<Overlap>& overlap) {
    m_overlap = overlap;
    setToolTip(overlap ? tr("Shared: %1. The mark is at what chance would share: %2.")
                             .arg(formatWholeShare(overlap->share()), formatWholeShare(overlap->shareByChance()))
                       : QString());
    update();
}

QSize OverlapBar::sizeHint() const {
    return {kUsualWidth, kHeight};
}

void OverlapBar::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF whole(0, (height() - kThick) / 2, width(), kThick);
    painter.setBrush(m_theme.border);
    painter.drawRoundedRect(whole, kThick / 2, kThick / 2);
    if (!m_overlap) return;
    QRectF shared = whole;
    shared.setWidth(whole.width() * m_overlap->share());
    painter.setClipRect(shared);
    painter.setBrush(m_theme.condensed);
    painter.drawRoundedRect(whole, kThick / 2, kThick / 2);
    painter.setClipping(false);
    const double chance = whole.width() * m_overlap->shareByChance();
    painter.setBrush(m_theme.text);
    painter.drawRect(QRectF(chance - 1, whole.top() - kMarkReach, 2, kThick + 2 * kMarkReach));
}

}  // namespace condenser
