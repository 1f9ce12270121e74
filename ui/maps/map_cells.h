// The cells of a map, without its heads.
#pragma once

#include <QImage>

#include "maps/map_geometry.h"

class QPainter;

namespace condenser {

// Rows as images of one dot's height, to be stretched: what a scrub makes anew at each step. None where cells are
// painted one by one: for vector formats, for squares whose areas tell something.
struct CellRows {
    QImage all;      // [seen rows, dots of the plot's width]
    QImage staying;  // the same without the cells that go next; null where no marks are drawn this way
    QImage going;    // marks of those
};
CellRows cellRows(const MapGeometry& geometry, const MapLook& look);

void paintCells(QPainter& painter, const MapGeometry& geometry, const MapLook& look, const CellRows& rows);

// The outlines of the marked row and column, of the cursor and of what the pointer is over.
void paintMarks(QPainter& painter, const MapGeometry& geometry, const MapLook& look);

// A place in which a source could be read, kept or not.
void paintPlace(QPainter& painter, const Theme& theme, const QRectF& cell);

// The sign of a cell that the next condensing step would take: a stroke through it where there is room, else a notch at
// its foot.
void paintGoing(QPainter& painter, const Theme& theme, const QRectF& cell);
void paintNotch(QPainter& painter, const Theme& theme, const QRectF& cell);

// A live cell that is not traced.
QColor dimmedColour(const Theme& theme);

}  // namespace condenser
