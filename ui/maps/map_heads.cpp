#include "maps/map_heads.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

namespace condenser {
namespace {

constexpr double kPadding = 2, kGap = 4, kBar = 4, kStripe = 3;  // pixels

// Neighbouring bands under one label.
struct Label {
    QString text;
    QRectF rect;
    int series = -1;
    bool odd = false;
};

// "2.3" is a layer of block "2"; empty for what is in no block.
QString blockOf(const CellBand& band) {
    const qsizetype dot = band.name.indexOf(u'.');
    return dot > 0 ? band.name.left(dot) : QString();
}

// The first text that has room; nothing where none has.
QString fitting(const QStringList& texts, double room, const QFontMetricsF& metrics) {
    for (const QString& text : texts) {
        if (metrics.horizontalAdvance(text) <= room) return text;
    }
    return {};
}

// The layers of an earlier block stand under one label where a layer is too narrow for its own.
std::vector<Label> bandLabels(const MapGeometry& geometry, const QFontMetricsF& metrics) {
    const auto& bands = geometry.bands();
    const QRectF head = geometry.bandHead();
    std::vector<Label> labels;
    for (std::size_t first = 0; first < bands.size();) {
        const QString block = blockOf(bands[first]);
        std::size_t last = first + 1;
        bool fit = true;
        const auto widthOf = [&](std::size_t band) {
            return bands[band].count * geometry.columnWidth() - 2 * kPadding;
        };
        if (!block.isEmpty()) {
            while (last < bands.size() && blockOf(bands[last]) == block) ++last;
            for (std::size_t band = first; band < last; ++band)
                fit = fit && metrics.horizontalAdvance(bands[band].name) <= widthOf(band);
        }
        const std::size_t step = fit ? 1 : last - first;
        for (std::size_t band = first; band < last; band += step) {
            const CellBand& end = bands[band + step - 1];
            const double left = std::max(geometry.xOf(bands[band].first), head.left()),
                         right = std::min(geometry.xOf(end.first + end.count), head.right());
            if (right - left < 1) continue;
            const QString merged = QCoreApplication::translate("maps", "block %1").arg(block);
            const QString& name = bands[band].name;
            const QStringList texts = fit ? QStringList{name, name.section(u' ', -1)} : QStringList{merged, block};
            labels.push_back({fitting(texts, right - left - 2 * kPadding, metrics),
                              QRectF(left, head.top(), right - left - (right < head.right() ? 1 : 0), head.height()),
                              bands[band].series, (labels.size() % 2) != 0});
        }
        first = last;
    }
    return labels;
}

void paintColumnHeads(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const Theme& theme = look.theme;
    const QFontMetricsF metrics(geometry.font());
    if (geometry.onTheWay()) {
        painter.fillRect(geometry.bandHead(), theme.field);
        return;
    }
    const std::vector<Label> labels = bandLabels(geometry, metrics);
    for (const Label& label : labels) {
        painter.fillRect(label.rect, label.odd ? theme.hover : theme.selected);
        if (label.series >= 0) {
            painter.fillRect(QRectF(label.rect.left(), label.rect.bottom() - kStripe, label.rect.width(), kStripe),
                             theme.seriesColour(label.series));
        }
        painter.setPen(theme.text);
        painter.drawText(label.rect.adjusted(0, 0, 0, -kStripe), Qt::AlignCenter | Qt::TextSingleLine, label.text);
    }
    const QRectF head = geometry.columnHead();
    painter.save();
    painter.setClipRect(head, Qt::IntersectClip);
    const auto [first, last] = geometry.seenColumns();
    const CellGrid& grid = geometry.grid();
    for (int column = first; column < last && geometry.namesColumns(); ++column) {
        const QRectF rect(geometry.xOf(column), head.top(), geometry.columnWidth(), head.height());
        if (rect.left() < head.left() - 1 || rect.right() > head.right() + 1) continue;
        painter.setPen(look.markedColumn == column ? theme.text : theme.muted);
        painter.drawText(rect, Qt::AlignCenter | Qt::TextSingleLine, shortName(grid.columnName(column)));
    }
    // A pointer at the column that is marked or under the cursor, which alone may be a dot wide.
    const auto point = [&](const std::optional<int>& column, const QColor& colour) {
        if (!column || geometry.byIndex() || geometry.namesColumns() || *column >= grid.columns) return;
        const double x = geometry.columnRect(*column).center().x();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{{x - 4, head.top() + 1}, {x + 4, head.top() + 1}, {x, head.bottom() - 1}});
    };
    if (look.hovered) point(look.hovered->column, theme.muted);
    if (look.cursor) point(look.cursor->column, look.focused ? theme.text : theme.muted);
    point(look.markedColumn, theme.text);
    painter.restore();
}

void paintRowHeads(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const Theme& theme = look.theme;
    const CellGrid& grid = geometry.grid();
    const QRectF head = geometry.rowHead();
    const QFontMetricsF metrics(geometry.font());
    const double barLeft = head.right() - kGap - kBar, room = barLeft - kGap - head.left();
    const auto drawText = [&](const QString& text, double top, double bottom) {
        if (bottom - top < metrics.height() * 0.8) return;
        painter.drawText(QRectF(head.left(), top, room, bottom - top),
                         Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine,
                         metrics.elidedText(text, Qt::ElideRight, room));
    };
    for (const CellBand& band : grid.rowBands) {
        const double top = std::max(geometry.yOf(band.first), head.top()),
                     bottom = std::min(geometry.yOf(band.first + band.count), head.bottom());
        if (bottom <= top) continue;
        const bool coloured = band.series >= 0;
        const QColor& colour = coloured ? theme.seriesColour(band.series) : theme.border;
        painter.fillRect(QRectF(barLeft, top, kBar, bottom - top - (bottom < head.bottom() ? 1 : 0)), colour);
        const auto inkOf = [&](int row) {
            return look.markedRow == row ? theme.text : coloured ? colour : theme.muted;
        };
        if (band.count == 1 || !geometry.namesRows()) {
            painter.setPen(inkOf(band.count == 1 ? band.first : -1));
            drawText(band.name, top, bottom);
            continue;
        }
        for (int row = band.first; row < band.first + band.count; ++row) {
            const double rowTop = geometry.yOf(row), rowBottom = geometry.yOf(row + 1);
            if (rowTop < head.top() - 1 || rowBottom > head.bottom() + 1) continue;
            painter.setPen(inkOf(row));
            drawText(grid.rowName ? shortName(grid.rowName(row)) : band.name, rowTop, rowBottom);
        }
    }
}

}  // namespace

void paintMap(QPainter& painter, const MapGeometry& geometry, const MapLook& look, const CellRows& rows) {
    paintCells(painter, geometry, look, rows);
    paintHeads(painter, geometry, look);
    paintLegend(painter, geometry, look);
    paintMarks(painter, geometry, look);
}

void paintHeads(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    painter.save();
    painter.setFont(geometry.font());
    paintColumnHeads(painter, geometry, look);
    paintRowHeads(painter, geometry, look);
    painter.restore();
}

}  // namespace condenser
