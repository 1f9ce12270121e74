#include "maps/map_view.h"

#include <algorithm>

namespace condenser {
namespace {

constexpr double kFewestRows = 4;
constexpr double kNearlyWhole = 0.999;

}  // namespace

void MapView::setBounds(double columns, double rows, bool zoomsRows, double closest) {
    m_columns = std::max(columns, 1.0);
    m_rows = std::max(rows, 1.0);
    m_zoomsRows = zoomsRows;
    m_closest = std::clamp(closest, 1.0, m_columns);
    if (m_seen) setSeen(*m_seen);
}

double MapView::zoom() const {
    return m_columns / current().width();
}

void MapView::setSeen(QRectF seen) {
    if (seen.width() >= m_columns * kNearlyWhole && seen.height() >= m_rows * kNearlyWhole) {
        m_seen.reset();
        return;
    }
    seen.setSize({std::min(seen.width(), m_columns), std::min(seen.height(), m_rows)});
    seen.moveLeft(std::clamp(seen.left(), 0.0, m_columns - seen.width()));
    seen.moveTop(std::clamp(seen.top(), 0.0, m_rows - seen.height()));
    m_seen = seen;
}

bool MapView::zoomAt(double factor, const QPointF& at) {
    const QRectF before = current();
    const double width = std::clamp(before.width() / factor, m_closest, m_columns);
    if (width == before.width()) return false;
    const double fewest = std::min(kFewestRows, m_rows);
    const double height = m_zoomsRows ? std::clamp(before.height() / factor, fewest, m_rows) : m_rows;
    // What is at the point stays there.
    const double left = at.x() - (at.x() - before.left()) * width / before.width();
    const double top = at.y() - (at.y() - before.top()) * height / before.height();
    // All columns are seen again: so is the rest, which had been kept from shrinking as much.
    if (width >= m_columns * kNearlyWhole) {
        m_seen.reset();
    } else {
        setSeen({left, top, width, height});
    }
    return true;
}

void MapView::pan(const QPointF& by) {
    if (m_seen) setSeen(m_seen->translated(by));
}

void MapView::bringIntoSight(const QRectF& cell) {
    if (!m_seen) return;
    QRectF seen = *m_seen;
    if (cell.left() < seen.left()) seen.moveLeft(cell.left());
    if (cell.right() > seen.right()) seen.moveRight(cell.right());
    if (cell.top() < seen.top()) seen.moveTop(cell.top());
    if (cell.bottom() > seen.bottom()) seen.moveBottom(cell.bottom());
    setSeen(seen);
}

}  // namespace condenser
