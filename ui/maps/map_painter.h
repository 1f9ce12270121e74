// How a CellGrid looks, and its picture to be taken out: for the map, for animations alike.
#pragma once

#include <QFont>
#include <QRectF>
#include <optional>
#include <vector>

#include "look/exhibit.h"
#include "look/theme.h"
#include "maps/cell_grid.h"

namespace condenser {

struct CellPlace {
    int row = 0, column = 0;
    bool operator==(const CellPlace&) const = default;
};

// Which part of the grid is seen, in cells; the whole grid: {0, 0, columns, rows}.
struct MapLook {
    Theme theme;
    QFont font;
    double towardsIndex = 0;          // 0: by source, 1: by index layer, between: on the way
    std::optional<QRectF> seen;       // nothing: all of it
    std::vector<std::uint8_t> lit;    // row-major, 1: traced; all else is dimmed; empty: nothing is traced
    std::optional<CellPlace> cursor;  // of the keyboard
    bool focused = true;              // else the cursor is there but keys go elsewhere
    std::optional<CellPlace> hovered;
    std::optional<int> markedRow, markedColumn;
};

// The colour of a live cell of a row of that band. Never the background's, however weak (contrast at least 1.4).
QColor cellColour(const Theme& theme, const CellBand& band, double strength, double strongest);

// Title, map, legend, formula: what Ctrl+E takes out.
Exhibit mapExhibit(const CellGridPtr& grid, const MapLook& look, const QString& title, QSize size);

}  // namespace condenser
