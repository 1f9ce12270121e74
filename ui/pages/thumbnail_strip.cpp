#include "pages/thumbnail_strip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QResizeEvent>
#include <QToolTip>
#include <algorithm>
#include <utility>

namespace condenser {
namespace {

constexpr int kSide = 48, kGap = 4;  // pixels

int columns(int width) {
    return std::max(1, (width + kGap) / (kSide + kGap));
}

}  // namespace

ThumbnailStrip::ThumbnailStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("One picture of each class"));
}

void ThumbnailStrip::setPictures(std::vector<QImage> pictures, const QStringList& names) {
    m_pictures = std::move(pictures);
    m_names = names;
    setAccessibleDescription(names.join(QStringLiteral(", ")));
    setVisible(!m_pictures.empty());
    fitHeight();
    update();
}

// Not a height for a width: layouts in a scroll area do not ask for one.
void ThumbnailStrip::fitHeight() {
    const int count = static_cast<int>(m_pictures.size());
    const int rows = (count + columns(width()) - 1) / columns(width());
    setFixedHeight(std::max(0, rows * (kSide + kGap) - kGap));
}

void ThumbnailStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) fitHeight();
}

QRect ThumbnailStrip::place(int index) const {
    const int across = columns(width());
    return {index % across * (kSide + kGap), index / across * (kSide + kGap), kSide, kSide};
}

void ThumbnailStrip::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    for (int i = 0; i < static_cast<int>(m_pictures.size()); ++i) {
        const QImage& picture = m_pictures[static_cast<std::size_t>(i)];
        const QRect at = place(i);
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
        if (!place(i).contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(), m_names.value(i).toHtmlEscaped(), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace condenser
