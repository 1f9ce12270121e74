// What the choice of tiles depends on: the registers of the instruction set in force.
#pragma once

namespace condenser {

// Floats in a vector.
int vectorLanes();

// Rows that the next register tile of the inference kernels takes of `rows`: 8 or 4 at most, then 4, 2, 1.
int largestTileRows(int rows);

// Inputs that the next tile of a 1x1 convolution's backward pass takes of `left`.
int nextGradientTile(int left);

}  // namespace condenser
