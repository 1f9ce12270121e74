// Where each weight of a FilterSheet is drawn, and the drawing: for the widget and for pictures alike.
#pragma once

#include <QFont>
#include <QRect>
#include <optional>
#include <vector>

#include "connections/filter_sheet.h"
#include "look/titled_exhibit.h"

namespace condenser {

// A block for each group of the 3x3, of a row for each output. Above a block the names of its outputs and a tick for
// each column, in the colour of the 1x1's group that makes its channel: colours mean the same groups here as in the
// maps of connections. Left of a row its handle.
class FilterDrawing {
  public:
    // `width`: what there is. A weight is as many whole pixels wide as fit, but two at least: the sheet may be wider.
    FilterDrawing(FilterSheetPtr sheet, const Theme& theme, const QFont& font, int width);

    const FilterSheet& sheet() const { return *m_sheet; }
    QSize size() const;
    QRect weightRect(const FilterPlace& place, int tap) const;
    QRect filterRect(const FilterPlace& place) const;
    std::optional<FilterPlace> filterAt(const QPoint& at) const;
    std::optional<int> rowAt(const QPoint& at) const;  // whose handle lies there

    // Framed: all filters that read one output of the 1x1, and all of one row; -1: none.
    struct Marks {
        int bottleneck = -1, row = -1;
    };
    void paint(QPainter& painter, const QRect& clip, const Marks& marks) const;
    void frame(QPainter& painter, const FilterPlace& place, const QColor& colour) const;

  private:
    int pitch() const;
    int headHeight() const;
    int blockTop(int group) const;

    FilterSheetPtr m_sheet;
    Theme m_theme;
    QFont m_font;
    std::vector<QRgb> m_colours;  // of each weight
    int m_side = 0;               // pixels a weight
};

// Filters and their scale.
Exhibit filterExhibit(const FilterSheetPtr& sheet, const ExhibitFrame& frame, const FilterDrawing::Marks& marks);

}  // namespace condenser
