#include "pages/thumbnail_strip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <utility>

namespace condenser {
namespace {

constexpr int kColumns = 10;
constexpr int kSmallest = 20, kLargest = 32, kGap = 3;  // pixels

// Ten in a row, unless they would become too small to see or too large for what they are.
int sideFor(int width) {
    return std::clamp((width + kGap) / kColumns - kGap, kSmallest, kLargest);
}

int columns(int width) {
    return std::max(1, (width + kGap) / (sideFor(width) + kGap));
}

}  // namespace

ThumbnailStrip::ThumbnailStrip(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("One picture of each class"));
}

void ThumbnailStrip::setPictures(std::vector<QImage> pictures, const QStringList& names) {
    m_pictures = std::move(pictures);
    m_names = names;
    setAccessibleDescription(names.join(QStringLiteral(", ")));
    setVisible(!m_pictures.empty());
    updateGeometry();
    update();
}

int ThumbnailStrip::heightForWidth(int width) const {
    if (m_pictures.empty()) return 0;
    const int count = static_cast<int>(m_pictures.size());
    const int rows = (count + columns(width) - 1) / columns(width);
    return rows * (sideFor(width) + kGap) - kGap;
}

QSize ThumbnailStrip::sizeHint() const {
    const int width = kColumns * (kSmallest + kGap) - kGap;
    return {width, heightForWidth(width)};
}

QSize ThumbnailStrip::minimumSizeHint() const {
    return {kSmallest, m_pictures.empty() ? 0 : kSmallest};
}

QRect ThumbnailStrip::place(int index, int width) const {
    const int across = columns(width), side = sideFor(width);
    return {index % across * (side + kGap), index / across * (side + kGap), side, side};
}

void ThumbnailStrip::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    for (int i = 0; i < static_cast<int>(m_pictures.size()); ++i) {
        const QImage& picture = m_pictures[static_cast<std::size_t>(i)];
        const QRect at = place(i, width());
        if (picture.isNull()) {
            painter.setPen(palette().color(QPalette::Mid));
            painter.drawRect(at.adjusted(0, 0, -1, -1));
        } else {
            painter.drawImage(at, picture);
        }
    }
}

bool ThumbnailStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int i = 0; i < static_cast<int>(m_pictures.size()); ++i) {
        if (!place(i, width()).contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(), m_names.value(i).toHtmlEscaped(), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace condenser
