#include "look/titled_exhibit.h"

#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

#include "look/fonts.h"

namespace condenser {
namespace {

constexpr double kTitle = 1.15;  // of the font
constexpr int kGap = 8;

QFont titleFont(const QFont& font) {
    QFont title = scaledFont(font, kTitle);
    title.setBold(true);
    return title;
}

// With the gap to the body; 0 without a text.
double heightOf(const QString& text, const QFont& font, double width) {
    if (text.isEmpty()) return 0;
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 1e4), Qt::TextWordWrap, text).height() + kGap;
}

}  // namespace

Exhibit titledExhibit(const ExhibitFrame& frame, const QString& name, const QSize& body,
                      const std::function<void(QPainter&, const QRectF& room)>& paint,
                      const std::function<QString()>& csv) {
    constexpr double kMargin = ExhibitFrame::kMargin;
    const double above = heightOf(frame.title, titleFont(frame.font), body.width()),
                 below = heightOf(frame.words, smallFont(frame.font), body.width());
    const QSize whole(body.width() + 2 * ExhibitFrame::kMargin,
                      static_cast<int>(std::ceil(body.height() + above + below + 2 * kMargin)));
    const auto paintAll = [=](QPainter& painter) {
        painter.fillRect(QRect(QPoint(), whole), frame.theme.panel);
        const QRectF room = QRectF(QPointF(), whole).adjusted(kMargin, kMargin, -kMargin, -kMargin);
        const auto write = [&](const QFont& font, const QColor& ink, const QRectF& rect, const QString& text) {
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(rect, Qt::TextWordWrap | Qt::AlignLeft, text);
        };
        write(titleFont(frame.font), frame.theme.text, room, frame.title);
        painter.setFont(frame.font);
        paint(painter, room.adjusted(0, above, 0, -below));
        write(smallFont(frame.font), frame.theme.muted, room.adjusted(0, room.height() - below + kGap, 0, kMargin),
              frame.words);
    };
    return {name, whole, paintAll, csv};
}

}  // namespace condenser
