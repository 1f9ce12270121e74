#include "classify/picture_painting.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr int kSmall = 64;  // pixels: up to here single ones are worth seeing

}  // namespace

QRectF placeOfPicture(const QSize& picture, const QRectF& room, double pixelRatio) {
    if (picture.isEmpty() || room.isEmpty()) return {};
    double scale = std::min(room.width() / picture.width(), room.height() / picture.height());
    const double dots = scale * pixelRatio;  // of the screen, for a pixel
    if (std::max(picture.width(), picture.height()) <= kSmall && dots >= 1) scale = std::floor(dots) / pixelRatio;
    const QSizeF size = QSizeF(picture) * scale;
    // On whole dots, too.
    const auto whole = [&](double at) { return std::round(at * pixelRatio) / pixelRatio; };
    return {whole(room.left() + (room.width() - size.width()) / 2),
            whole(room.top() + (room.height() - size.height()) / 2), size.width(), size.height()};
}

void paintPicture(QPainter& painter, const QImage& picture, const QRectF& room) {
    const bool smooth = std::max(picture.width(), picture.height()) > kSmall;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);
    painter.drawImage(placeOfPicture(picture.size(), room, painter.device()->devicePixelRatioF()), picture);
}

void paintWithoutPicture(QPainter& painter, const QString& words, const QColor& ink, const QRectF& room) {
    constexpr double kMargin = 8;
    const QRectF inside = room.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    const QFontMetricsF metrics(painter.font());
    // Whole lines, and as many letters as fill them: the rest stands in the card and in the tool tip.
    const double lines = std::max(1.0, std::floor(inside.height() / metrics.lineSpacing()));
    QString text = metrics.elidedText(words, Qt::ElideRight, inside.width() * lines * 0.85);
    painter.setPen(ink);
    painter.drawText(inside, Qt::AlignCenter | Qt::TextWordWrap, text);
}

}  // namespace condenser
