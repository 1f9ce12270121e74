// What stands around the cells of a map: names of rows, columns and bands; the legend.
#pragma once

#include "maps/map_geometry.h"

class QPainter;

namespace condenser {

void paintHeads(QPainter& painter, const MapGeometry& geometry, const MapLook& look);
void paintLegend(QPainter& painter, const MapGeometry& geometry, const MapLook& look);

}  // namespace condenser
