// A grid without axes: a pixel for each cell.
#pragma once

#include <QImage>

#include "look/theme.h"
#include "maps/cell_grid.h"

namespace condenser {

// [rows, columns] pixels in the colours of cellColour, transparent where nothing lives; a share is the pixel's opacity.
// For small pictures, to be scaled down smoothly or up without smoothing. Null for an empty grid.
QImage gridPicture(const CellGrid& grid, const Theme& theme);

}  // namespace condenser
