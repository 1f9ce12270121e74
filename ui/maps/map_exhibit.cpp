#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <cmath>

#include "maps/map_cells.h"
#include "maps/map_heads.h"

namespace condenser {
namespace {

constexpr double kMargin = 12, kGap = 8;
constexpr double kTitle = 1.15, kSmall = 0.9;  // of the font

QFont scaled(QFont font, double scale, bool bold = false) {
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(bold);
    return font;
}

// Pictures have dots; SVG and PDF have none, nor has what is recorded to be played back on either.
double pixelRatioOf(const QPainter& painter) {
    const QPaintEngine* engine = painter.paintEngine();
    return engine != nullptr && engine->type() == QPaintEngine::Raster ? painter.device()->devicePixelRatioF() : 0;
}

struct Parts {
    QFont titleFont, formulaFont;
    double titleHeight = 0, formulaHeight = 0;

    Parts(const MapLook& look, const QString& title, const QString& formula, double width)
        : titleFont(scaled(look.font, kTitle, true)), formulaFont(scaled(look.font, kSmall)) {
        const QRectF room(0, 0, width - 2 * kMargin, 1e4);
        if (!title.isEmpty()) {
            titleHeight = QFontMetricsF(titleFont).boundingRect(room, Qt::TextWordWrap, title).height() + kGap;
        }
        if (!formula.isEmpty()) {
            formulaHeight = QFontMetricsF(formulaFont).boundingRect(room, Qt::TextWordWrap, formula).height() + kGap;
        }
    }
};

}  // namespace

Exhibit mapExhibit(const CellGridPtr& grid, const MapLook& look, const QString& title, QSize size) {
    if (grid == nullptr) return {};
    const QString formula = grid->formula;
    const Parts parts(look, title, formula, size.width());
    Exhibit exhibit;
    exhibit.name = grid->name;
    exhibit.size =
        QSize(size.width(),
              static_cast<int>(std::ceil(size.height() + parts.titleHeight + parts.formulaHeight + 2 * kMargin)));
    exhibit.paint = [grid, look, title, formula, parts, whole = exhibit.size](QPainter& painter) {
        const QRectF all(0, 0, whole.width(), whole.height());
        painter.fillRect(all, look.theme.panel);
        QRectF room = all.adjusted(kMargin, kMargin, -kMargin, -kMargin);
        const auto write = [&](const QFont& font, const QColor& ink, const QRectF& rect, const QString& text) {
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(rect, Qt::TextWordWrap | Qt::AlignLeft, text);
        };
        write(parts.titleFont, look.theme.text, room, title);
        room.setTop(room.top() + parts.titleHeight);
        room.setBottom(room.bottom() - parts.formulaHeight);
        paintMap(painter, grid, look, room, pixelRatioOf(painter));
        room.setTop(room.bottom() + kGap);
        room.setBottom(all.bottom());
        write(parts.formulaFont, look.theme.muted, room, formula);
    };
    exhibit.csv = [grid] { return grid->csv(); };
    return exhibit;
}

void paintMap(QPainter& painter, const CellGridPtr& grid, const MapLook& look, const QRectF& area, double pixelRatio) {
    const MapGeometry geometry(grid, look, area, pixelRatio);
    const CellRows rows = paintsSingly(geometry) ? CellRows() : cellRows(geometry, look);
    paintCells(painter, geometry, look, &rows);
    paintHeads(painter, geometry, look);
    paintLegend(painter, geometry, look);
    paintMarks(painter, geometry, look);
}

}  // namespace condenser
