#include "maps/map_geometry.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "look/fonts.h"

namespace condenser {
namespace {

constexpr double kGap = 4, kBar = 4;
constexpr double kTick = 8;              // the head of a column that has no room for its name
constexpr double kLongestRowHead = 110;  // pixels
constexpr double kTallestRow = 120, kLongestCell = 1.6;
constexpr double kRoomForLegend = 150, kRoomForTicks = 110;  // height of the whole

// Any name is as wide as one with as many digits; asking all 2000 would take longer than to paint them.
double widestName(const std::function<QString(int)>& nameOf, int count, const QFontMetricsF& metrics) {
    if (!nameOf || count <= 0) return 0;
    double widest = 0;
    for (const int number : {0, count / 2, count - 1})
        widest = std::max(widest, metrics.horizontalAdvance(shortName(nameOf(number))));
    return widest;
}

}  // namespace

QString shortName(const QString& name) {
    return name.section(QStringLiteral(" · "), 0, 0);
}

MapGeometry::MapGeometry(const CellGridPtr& grid, const MapLook& look, const QRectF& area, double pixelRatio)
    : m_grid(grid), m_font(smallFont(look.font)), m_area(area), m_pixelRatio(pixelRatio) {
    if (look.towardsIndex > 0 && hasIndexOrder(*grid)) {
        m_order = std::make_shared<const IndexOrder>(*grid);
        if (m_order->positions() > 0) m_towardsIndex = std::min(look.towardsIndex, 1.0);
    }
    const QRectF whole(0, 0, std::max(columnCount(), 1), std::max(grid->rows, 1));
    m_seen = look.seen && !onTheWay() ? look.seen->intersected(whole) : whole;
    if (m_seen.isEmpty()) m_seen = whole;
    layOut();
}

void MapGeometry::layOut() {
    const QFontMetricsF metrics(m_font);
    const double line = std::ceil(metrics.height());
    m_rowHead = rowHeadWidth(metrics);
    m_bandHead = line + 6;
    const double width = std::max(m_area.width() - m_rowHead, 1.0);
    m_legend = m_area.height() >= kRoomForLegend ? line + 3 * kGap : 0;
    const double named = widestName(m_grid->columnName, m_grid->columns, metrics) + 2 * kGap;
    double height = 0, wide = 0;
    for (const bool names : {!byIndex() && !onTheWay(), false}) {
        m_namesColumns = names;
        m_columnHead = names ? line + 2 : m_area.height() >= kRoomForTicks ? kTick : 2;
        height = std::max(m_area.height() - m_bandHead - m_columnHead - m_legend, 1.0);
        wide = width;
        if (m_grid->share.empty()) {
            height = std::min(height, kTallestRow * m_seen.height());
        } else {
            // Squares, or nearly: their areas are compared.
            const double cellWidth = wide / m_seen.width(), cellHeight = height / m_seen.height();
            wide = std::min(wide, cellHeight * kLongestCell * m_seen.width());
            height = std::min(height, cellWidth * kLongestCell * m_seen.height());
        }
        if (wide / m_seen.width() >= named) break;  // each name has room above its column
    }
    const double left = snapped(m_area.left() + m_rowHead), top = snapped(m_area.top() + m_bandHead + m_columnHead);
    m_plot = QRectF(left, top, snapped(wide), snapped(height));
    if (m_pixelRatio > 0) {
        // No dot beyond the m_area.
        m_plot.setWidth(std::floor(wide * m_pixelRatio) / m_pixelRatio);
        m_plot.setHeight(std::floor(height * m_pixelRatio) / m_pixelRatio);
    }
    m_namesRows = rowHeight() >= line;
}

double MapGeometry::rowHeadWidth(const QFontMetricsF& metrics) const {
    double widest = widestName(m_grid->rowName, m_grid->rows, metrics);
    for (const CellBand& band : m_grid->rowBands) widest = std::max(widest, metrics.horizontalAdvance(band.name));
    return std::ceil(std::min({widest, kLongestRowHead, m_area.width() * 0.3})) + 2 * kGap + kBar;
}

double MapGeometry::snapped(double pixels) const {
    return m_pixelRatio > 0 ? std::round(pixels * m_pixelRatio) / m_pixelRatio : pixels;
}

double MapGeometry::gapOf(double size) {
    return size >= 24 ? 2 : size >= kCoarse ? 1 : 0;
}

QRectF MapGeometry::bandHead() const {
    return {m_plot.left(), m_area.top(), m_plot.width(), m_bandHead};
}

QRectF MapGeometry::columnHead() const {
    return {m_plot.left(), m_area.top() + m_bandHead, m_plot.width(), m_columnHead};
}

QRectF MapGeometry::rowHead() const {
    return {m_area.left(), m_plot.top(), m_rowHead, m_plot.height()};
}

QRectF MapGeometry::legend() const {
    if (m_legend <= 0) return {};
    return {m_area.left() + kGap, m_plot.bottom() + 2 * kGap, m_area.width() - kGap, m_legend - 2 * kGap};
}

std::pair<int, int> MapGeometry::seenColumns() const {
    return {static_cast<int>(std::floor(m_seen.left())),
            std::min(static_cast<int>(std::ceil(m_seen.right())), columnCount())};
}

std::pair<int, int> MapGeometry::seenRows() const {
    return {static_cast<int>(std::floor(m_seen.top())),
            std::min(static_cast<int>(std::ceil(m_seen.bottom())), m_grid->rows)};
}

double MapGeometry::xOf(double column) const {
    const double x = m_plot.left() + (column - m_seen.left()) * columnWidth();
    return averages() ? x : snapped(x);
}

double MapGeometry::yOf(double row) const {
    return snapped(m_plot.top() + (row - m_seen.top()) * rowHeight());
}

QRectF MapGeometry::rowRect(int row) const {
    const double top = yOf(row);
    return {m_plot.left(), top, m_plot.width(), yOf(row + 1) - top - gapOf(rowHeight())};
}

QRectF MapGeometry::columnRect(int column) const {
    const double left = xOf(column);
    return {left, m_plot.top(), xOf(column + 1) - left - gapOf(columnWidth()), m_plot.height()};
}

int MapGeometry::channelAt(int column) const {
    return byIndex() ? m_order->channels[static_cast<std::size_t>(column)] : column;
}

int MapGeometry::columnOf(int row, int column) const {
    if (m_towardsIndex > 0) return m_order->positionOf(row, column);
    return m_grid->isThere(row, column) ? column : -1;
}

QRectF MapGeometry::cell(int row, int column) const {
    const QRectF inRow = rowRect(row);
    const int position = m_towardsIndex > 0 ? m_order->positionOf(row, column) : column;
    if (position < 0) return {};
    if (!onTheWay()) {
        const QRectF inColumn = columnRect(position);
        return {inColumn.left(), inRow.top(), inColumn.width(), inRow.height()};
    }
    const double from = m_plot.width() / m_grid->columns, to = m_plot.width() / m_order->positions();
    return {m_plot.left() + std::lerp(column * from, position * to, m_towardsIndex), inRow.top(),
            std::lerp(from - gapOf(from), to - gapOf(to), m_towardsIndex), inRow.height()};
}

int MapGeometry::rowAt(double y) const {
    if (y < m_plot.top() || y >= m_plot.bottom()) return -1;
    const auto row = static_cast<int>(std::floor(m_seen.top() + (y - m_plot.top()) / rowHeight()));
    return row < m_grid->rows ? row : -1;
}

int MapGeometry::columnAt(double x) const {
    if (onTheWay() || x < m_plot.left() || x >= m_plot.right()) return -1;
    const auto column = static_cast<int>(std::floor(m_seen.left() + (x - m_plot.left()) / columnWidth()));
    return column < columnCount() ? column : -1;
}

int MapGeometry::bandAt(double x) const {
    const int column = columnAt(x);
    const auto& all = bands();
    for (std::size_t band = 0; band < all.size(); ++band) {
        if (column >= all[band].first && column < all[band].first + all[band].count) return static_cast<int>(band);
    }
    return -1;
}

std::optional<CellPlace> MapGeometry::cellAt(const QPointF& at) const {
    const int row = rowAt(at.y()), column = columnAt(at.x());
    if (row < 0 || column < 0) return std::nullopt;
    const CellPlace place{row, channelAt(column)};
    return columnOf(place.row, place.column) == column ? std::optional(place) : std::nullopt;
}

}  // namespace condenser
