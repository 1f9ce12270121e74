// What stands around the cells of a map: names of rows, columns and bands; the legend. And the whole of it.
#pragma once

#include "maps/map_cells.h"

namespace condenser {

void paintHeads(QPainter& painter, const MapGeometry& geometry, const MapLook& look);
void paintLegend(QPainter& painter, const MapGeometry& geometry, const MapLook& look);

void paintMap(QPainter& painter, const MapGeometry& geometry, const MapLook& look, const CellRows& rows);

}  // namespace condenser
