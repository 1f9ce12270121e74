#include "maps/map_cells.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "maps/colour_scale.h"

namespace condenser {
namespace {

constexpr double kDimmed = 0.6;  // of the way from the surface to a border
constexpr int kMostSingly = 20'000;
constexpr double kNotchShare = 1.0 / 6, kLeastNotch = 2, kMostNotch = 5;  // of a row's height; pixels
constexpr double kNotchGap = 1;
constexpr double kLeastFrame = 8;  // of a cell, to have a frame

bool isLit(const MapLook& look, std::size_t cell) {
    return look.lit.empty() || (cell < look.lit.size() && look.lit[cell] != 0);
}

bool goes(const CellGrid& grid, std::size_t cell) {
    return !grid.going.empty() && grid.going[cell] != 0;
}

double notchOf(double rowHeight) {
    return std::round(std::clamp(rowHeight * kNotchShare, kLeastNotch, kMostNotch));
}

// Colours of one row of dots; where cells meet in a dot, by their shares of it.
class DotRow {
  public:
    explicit DotRow(int dots) : m_sums(static_cast<std::size_t>(dots)) {}
    void clear() { std::ranges::fill(m_sums, Sum{}); }
    // From and to in dots, of which the ends may be covered in part.
    void add(double from, double to, QRgb colour) {
        from = std::max(from, 0.0);
        to = std::min(to, static_cast<double>(m_sums.size()));
        for (auto dot = static_cast<std::size_t>(from); static_cast<double>(dot) < to; ++dot) {
            const double left = std::max(from, static_cast<double>(dot)),
                         right = std::min(to, static_cast<double>(dot) + 1);
            const auto cover = static_cast<float>(right - left);
            Sum& sum = m_sums[dot];
            sum.cover += cover;
            sum.red += cover * static_cast<float>(qRed(colour));
            sum.green += cover * static_cast<float>(qGreen(colour));
            sum.blue += cover * static_cast<float>(qBlue(colour));
        }
    }
    void write(QRgb* line) const {
        for (const Sum& sum : m_sums) {
            // On the way between two arrangements cells lie on each other.
            const float scale = sum.cover > 1 ? 1 / sum.cover : 1;
            const auto part = [&](float value) { return static_cast<int>(value * scale + 0.5f); };
            *line++ = sum.cover <= 0 ? 0u
                                     : qRgba(part(sum.red), part(sum.green), part(sum.blue),
                                             static_cast<int>(255 * std::min(sum.cover, 1.0f) + 0.5f));
        }
    }

  private:
    struct Sum {
        float cover = 0, red = 0, green = 0, blue = 0;
    };
    std::vector<Sum> m_sums;
};

// Calls with each live cell of a row that can be seen: its number, its column.
template <class Call>
void forLiveCells(const MapGeometry& geometry, int row, const Call& call) {
    const CellGrid& grid = geometry.grid();
    const auto visit = [&](int column) {
        if (grid.isLive(row, column)) call(grid.at(row, column), column);
    };
    if (geometry.onTheWay()) {
        for (int column = 0; column < grid.columns; ++column) visit(column);
        return;
    }
    const auto [first, last] = geometry.seenColumns();
    if (!geometry.byIndex()) {
        for (int column = first; column < last; ++column) visit(column);
        return;
    }
    const IndexOrder& order = *geometry.order();
    const CellBand& band = order.bands[static_cast<std::size_t>(order.bandOfRow(row))];
    for (int position = std::max(first, band.first); position < std::min(last, band.first + band.count); ++position)
        visit(order.channels[static_cast<std::size_t>(position)]);
}

const CellBand& bandOf(const CellGrid& grid, int row) {
    const auto behind = std::ranges::upper_bound(grid.rowBands, row, {}, &CellBand::first);
    return *std::prev(behind);
}

void paintPlaces(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const CellGrid& grid = geometry.grid();
    const auto [firstRow, lastRow] = geometry.seenRows();
    const auto [firstColumn, lastColumn] = geometry.seenColumns();
    for (int row = firstRow; row < lastRow; ++row) {
        for (int column = firstColumn; column < lastColumn; ++column) {
            if (!grid.isThere(row, column)) continue;
            paintPlace(painter, look.theme, geometry.cell(row, column));
        }
    }
}

// Thin lines between bands, which show where nothing lives.
void paintSeparators(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const QRectF& plot = geometry.plot();
    const auto clipped = [&](const QRectF& line) {
        if (plot.intersects(line)) painter.fillRect(line & plot, look.theme.border);
    };
    for (const CellBand& band : geometry.onTheWay() ? std::vector<CellBand>() : geometry.bands()) {
        if (band.first > 0) clipped({geometry.xOf(band.first) - 1, plot.top(), 1, plot.height()});
    }
    for (const CellBand& band : geometry.grid().rowBands) {
        if (band.first > 0) clipped({plot.left(), geometry.yOf(band.first) - 1, plot.width(), 1});
    }
}

QRectF filledPart(const CellGrid& grid, std::size_t cell, const QRectF& rect) {
    if (grid.share.empty()) return rect;
    const double side = std::sqrt(std::clamp(double{grid.share[cell]}, 0.0, 1.0));
    // What lives is seen, however little of it.
    const double width = std::max(rect.width() * side, std::min(1.0, rect.width())),
                 height = std::max(rect.height() * side, std::min(1.0, rect.height()));
    return {rect.center().x() - width / 2, rect.center().y() - height / 2, width, height};
}

bool paintsSingly(const MapGeometry& geometry) {
    if (!geometry.grid().share.empty()) return true;
    return geometry.pixelRatio() <= 0 && geometry.grid().live.size() <= kMostSingly;
}

void paintSingly(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const CellGrid& grid = geometry.grid();
    const QColor dimmed = dimmedColour(look.theme);
    const auto [first, last] = geometry.seenRows();
    const bool notched = !geometry.isCoarse();
    for (int row = first; row < last; ++row) {
        const CellBand& band = bandOf(grid, row);
        forLiveCells(geometry, row, [&](std::size_t cell, int column) {
            const QRectF whole = geometry.cell(row, column);
            QRectF rect = filledPart(grid, cell, whole);
            if (goes(grid, cell) && notched) {
                paintNotch(painter, look.theme, rect);
                rect.setBottom(rect.bottom() - notchOf(rect.height()) - kNotchGap);
            }
            const QColor colour =
                isLit(look, cell) ? cellColour(look.theme, band, double{grid.strength[cell]}, grid.strongest) : dimmed;
            painter.fillRect(rect, colour);
        });
    }
}

void paintRows(QPainter& painter, const MapGeometry& geometry, const CellRows& rows) {
    const auto [first, last] = geometry.seenRows();
    const auto stretch = [&](const QImage& image, int row, double top, double height) {
        if (height <= 0) return;
        painter.drawImage(QRectF(geometry.plot().left(), top, geometry.plot().width(), height), image,
                          QRectF(0, row - first, image.width(), 1));
    };
    for (int row = first; row < last; ++row) {
        const QRectF rect = geometry.rowRect(row);
        if (rows.going.isNull()) {
            stretch(rows.all, row, rect.top(), rect.height());
            continue;
        }
        const double notch = notchOf(rect.height()), above = rect.height() - notch - kNotchGap;
        stretch(rows.all, row, rect.top(), above);
        stretch(rows.staying, row, rect.top() + above, notch + kNotchGap);
        stretch(rows.going, row, rect.bottom() - notch, notch);
    }
}

// Around a rectangle, without touching what is inside.
void frame(QPainter& painter, const QRectF& rect, double width, const QColor& colour) {
    const QRectF around = rect.adjusted(-width, -width, width, width);
    painter.fillRect(QRectF(around.left(), around.top(), around.width(), width), colour);
    painter.fillRect(QRectF(around.left(), rect.bottom(), around.width(), width), colour);
    painter.fillRect(QRectF(around.left(), rect.top(), width, rect.height()), colour);
    painter.fillRect(QRectF(rect.right(), rect.top(), width, rect.height()), colour);
}

// With a halo, so that it is seen beside cells of any colour.
void outline(QPainter& painter, const QRectF& rect, double width, const QColor& colour, const QColor& halo) {
    frame(painter, rect, width, colour);
    frame(painter, rect.adjusted(-width, -width, width, width), 1, halo);
}

}  // namespace

QColor dimmedColour(const Theme& theme) {
    return mixColours(theme.panel, theme.border, kDimmed);
}

CellRows cellRows(const MapGeometry& geometry, const MapLook& look) {
    const CellGrid& grid = geometry.grid();
    const double ratio = geometry.pixelRatio() > 0 ? geometry.pixelRatio() : 1;
    const double left = geometry.plot().left();
    const auto dots = static_cast<int>(std::lround(geometry.plot().width() * ratio));
    const auto [first, last] = geometry.seenRows();
    if (dots <= 0 || last <= first || paintsSingly(geometry)) return {};
    CellRows rows;
    const auto make = [&] { return QImage(dots, last - first, QImage::Format_ARGB32_Premultiplied); };
    rows.all = make();
    const bool notched = !grid.going.empty() && !geometry.isCoarse();
    if (notched) {
        rows.staying = make();
        rows.going = make();
    }
    const QRgb dimmed = dimmedColour(look.theme).rgb(), warning = look.theme.warning.rgb();
    const double scale = grid.strongest > 0 ? 1 / grid.strongest : 0;
    DotRow all(dots), staying(dots), going(dots);
    for (int row = first; row < last; ++row) {
        const ColourScale& colours = ColourScale::of(look.theme, bandOf(grid, row).series);
        for (DotRow* line : {&all, &staying, &going}) line->clear();
        forLiveCells(geometry, row, [&](std::size_t cell, int column) {
            const QRectF rect = geometry.cell(row, column);
            const double from = (rect.left() - left) * ratio, to = (rect.right() - left) * ratio;
            const QRgb colour = isLit(look, cell) ? colours.at(double{grid.strength[cell]} * scale) : dimmed;
            all.add(from, to, colour);
            if (notched) goes(grid, cell) ? going.add(from, to, warning) : staying.add(from, to, colour);
        });
        const auto lineOf = [&](QImage& image) { return reinterpret_cast<QRgb*>(image.scanLine(row - first)); };
        all.write(lineOf(rows.all));
        if (notched) {
            staying.write(lineOf(rows.staying));
            going.write(lineOf(rows.going));
        }
    }
    return rows;
}

void paintPlace(QPainter& painter, const Theme& theme, const QRectF& cell) {
    if (std::min(cell.width(), cell.height()) < kLeastFrame) {
        painter.fillRect(cell, theme.grid);
        return;
    }
    painter.fillRect(cell, theme.border);
    painter.fillRect(cell.adjusted(1, 1, -1, -1), theme.field);
}

void paintNotch(QPainter& painter, const Theme& theme, const QRectF& cell) {
    const double notch = notchOf(cell.height());
    painter.fillRect(QRectF(cell.left(), cell.bottom() - notch, cell.width(), notch), theme.warning);
}

void paintGoing(QPainter& painter, const Theme& theme, const QRectF& cell) {
    const double side = std::min({cell.width(), cell.height(), 14.0});
    QRectF square(0, 0, side, side);
    square.moveCenter(cell.center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& [ink, width] : {std::pair(theme.panel, 4.0), std::pair(theme.warning, 2.0)}) {
        painter.setPen(QPen(ink, width, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(square.bottomLeft(), square.topRight());
    }
    painter.restore();
}

void paintCells(QPainter& painter, const MapGeometry& geometry, const MapLook& look, const CellRows& rows) {
    const CellGrid& grid = geometry.grid();
    painter.save();
    painter.setClipRect(geometry.plot(), Qt::IntersectClip);
    // Edges lie on dots; smoothed they would let the surface through.
    if (geometry.pixelRatio() > 0) painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (!grid.exists.empty()) paintPlaces(painter, geometry, look);
    paintSeparators(painter, geometry, look);
    rows.all.isNull() ? paintSingly(painter, geometry, look) : paintRows(painter, geometry, rows);
    if (!grid.going.empty() && geometry.isCoarse()) {
        const auto [first, last] = geometry.seenRows();
        for (int row = first; row < last; ++row) {
            forLiveCells(geometry, row, [&](std::size_t cell, int column) {
                if (goes(grid, cell)) paintGoing(painter, look.theme, geometry.cell(row, column));
            });
        }
    }
    painter.restore();
}

void paintMarks(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const CellGrid& grid = geometry.grid();
    const Theme& theme = look.theme;
    const auto inside = [&](const CellPlace& place) {
        return place.row >= 0 && place.row < grid.rows && place.column >= 0 && place.column < grid.columns;
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(geometry.plot().adjusted(-4, -4, 4, 4), Qt::IntersectClip);
    if (look.markedRow && inside({*look.markedRow, 0}))
        outline(painter, geometry.rowRect(*look.markedRow), 1, theme.text, theme.panel);
    if (look.markedColumn && inside({0, *look.markedColumn}) && !geometry.onTheWay()) {
        if (!geometry.byIndex()) {
            outline(painter, geometry.columnRect(*look.markedColumn), 1, theme.text, theme.panel);
        } else {
            // Once for each group that reads the channel.
            for (const CellBand& band : grid.rowBands) {
                QRectF rect;
                for (int row = band.first; row < band.first + band.count; ++row)
                    rect |= geometry.cell(row, *look.markedColumn);
                if (!rect.isEmpty()) outline(painter, rect, 1, theme.text, theme.panel);
            }
        }
    }
    if (look.hovered && inside(*look.hovered) && !geometry.onTheWay()) {
        const QRectF rect = geometry.cell(look.hovered->row, look.hovered->column);
        if (!rect.isEmpty()) outline(painter, rect, 1, theme.muted, theme.panel);
    }
    if (look.cursor && inside(*look.cursor) && !geometry.onTheWay()) {
        // Around the cell, whose own colour stays to be seen even where it is a dot wide.
        const QRectF rect = geometry.cell(look.cursor->row, look.cursor->column);
        if (!rect.isEmpty()) {
            frame(painter, rect, 1, theme.panel);
            outline(painter, rect.adjusted(-1, -1, 1, 1), look.focused ? 2 : 1, look.focused ? theme.text : theme.muted,
                    theme.panel);
        }
    }
    painter.restore();
}

}  // namespace condenser
