// Where the parts of a map are, and which pixel is which cell.
#pragma once

#include <QFont>
#include <QRectF>
#include <memory>
#include <optional>

#include "maps/index_order.h"
#include "maps/map_painter.h"

class QFontMetricsF;

namespace condenser {

// All in the pixels of the area that it is made for; edges of cells lie on the dots of the screen.
class MapGeometry {
  public:
    // `pixelRatio`: dots per pixel; 0: there are no dots (SVG, PDF).
    MapGeometry(const CellGridPtr& grid, const MapLook& look, const QRectF& area, double pixelRatio);

    const CellGrid& grid() const { return *m_grid; }
    const QRectF& plot() const { return m_plot; }  // the cells
    QRectF bandHead() const;                       // above, names of the bands of columns
    QRectF columnHead() const;                     // between it and the cells, a column each
    QRectF rowHead() const;                        // left of the cells
    QRectF legend() const;                         // below; empty where there is no room
    const QFont& font() const { return m_font; }   // small
    double pixelRatio() const { return m_pixelRatio; }
    bool namesColumns() const { return m_namesColumns; }
    bool namesRows() const { return m_namesRows; }

    // Columns, or positions of the index layer. Between the two arrangements the whole is seen.
    double towardsIndex() const { return m_towardsIndex; }
    bool byIndex() const { return m_towardsIndex >= 1; }
    bool onTheWay() const { return m_towardsIndex > 0 && m_towardsIndex < 1; }
    int columnCount() const { return byIndex() ? m_order->positions() : m_grid->columns; }
    const IndexOrder* order() const { return m_order.get(); }  // null by source
    // The bands of what stands in columns.
    const std::vector<CellBand>& bands() const { return byIndex() ? m_order->bands : m_grid->columnBands; }

    const QRectF& seen() const { return m_seen; }
    double columnWidth() const { return m_plot.width() / m_seen.width(); }
    double rowHeight() const { return m_plot.height() / m_seen.height(); }
    // Smaller than a dot: what is seen is an average.
    bool averages() const { return m_pixelRatio > 0 && columnWidth() * m_pixelRatio < 1; }
    // Cells large enough for strokes and gaps.
    bool isCoarse() const { return columnWidth() >= kCoarse && rowHeight() >= kCoarse; }

    // First and behind the last that is seen; the first is the column (or position), not the channel.
    std::pair<int, int> seenColumns() const;
    std::pair<int, int> seenRows() const;
    double xOf(double column) const;  // of its left edge
    double yOf(double row) const;
    // Without the gap to the next cell.
    QRectF rowRect(int row) const;           // over the whole width
    QRectF columnRect(int) const;            // over the whole height; of a column or position
    QRectF cell(int row, int column) const;  // a channel; empty if it has no position
    // The column, or the position, in which a cell stands; -1: it is not there in this arrangement.
    int columnOf(int row, int column) const;
    int channelAt(int column) const;  // what stands in a column or position
    std::optional<CellPlace> cellAt(const QPointF& at) const;
    // -1: none.
    int rowAt(double y) const;
    int columnAt(double x) const;  // or position
    int bandAt(double x) const;

  private:
    static constexpr double kCoarse = 6;  // pixels

    void layOut();
    double rowHeadWidth(const QFontMetricsF& metrics) const;
    double snapped(double pixels) const;
    static double gapOf(double size);

    CellGridPtr m_grid;
    std::shared_ptr<const IndexOrder> m_order;
    QFont m_font;
    QRectF m_area, m_plot, m_seen;
    double m_pixelRatio = 1, m_towardsIndex = 0;
    double m_rowHead = 0, m_bandHead = 0, m_columnHead = 0, m_legend = 0;
    bool m_namesColumns = false, m_namesRows = false;
};

// The number or name of a head, without what follows it: "f 71" of "f 71 · made by 2.3".
QString shortName(const QString& name);

}  // namespace condenser
