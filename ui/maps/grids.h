// The three levels of the connection map, from a record.
#pragma once

#include "connections/connection_layout.h"
#include "connections/layer_weights.h"
#include "maps/cell_grid.h"

namespace condenser {

// Rows: source layers. Columns: reading layers. A cell's filled area is the share of connections kept, its colour mean
// |w| of those: two channels that cannot be taken for each other.
CellGridPtr networkGrid(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                        const ConnectionsRecord& record);

// Rows: groups. Columns: inputs, in bands by the layer that made them. Strength: mean |w| over the group's filters.
// `nextStage`: marks what the next condensing step would take, if that many (0..C-2) are done; -1: marks nothing.
CellGridPtr layerGrid(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                      const ConnectionsRecord& record, int layer, int nextStage = -1, int condenseFactor = 1);

// Rows: the filters of one group. Columns: inputs. Strength: |w|.
CellGridPtr groupGrid(const ConnectionLayout& layout, const LayerWeights& weights, int layer, int group);

}  // namespace condenser
