// Which part of a grid is seen: zooming at a point, panning, bringing a cell into sight.
#pragma once

#include <QPointF>
#include <QRectF>
#include <optional>

namespace condenser {

// In cells. As long as nobody zooms, the whole is seen, whatever its size becomes.
class MapView {
  public:
    // `closest`: columns that are seen at least. What is seen stays where it was, as far as it still exists.
    void setBounds(double columns, double rows, bool zoomsRows, double closest);

    bool isWhole() const { return !m_seen.has_value(); }
    const std::optional<QRectF>& seen() const { return m_seen; }
    double zoom() const;
    // Whether anything changed: false at the closest and at the widest.
    bool zoomAt(double factor, const QPointF& at);
    void pan(const QPointF& by);
    void bringIntoSight(const QRectF& cell);
    void reset() { m_seen.reset(); }

  private:
    QRectF current() const { return m_seen.value_or(QRectF(0, 0, m_columns, m_rows)); }
    void setSeen(QRectF seen);

    double m_columns = 1, m_rows = 1, m_closest = 1;
    bool m_zoomsRows = false;
    std::optional<QRectF> m_seen;
};

}  // namespace condenser
