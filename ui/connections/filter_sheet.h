// The 3x3 filters of one layer, as a sheet of rows (the channels that they make) and columns (those that a group
// reads).
#pragma once

#include <QString>
#include <memory>

#include "connections/layer_weights.h"

namespace condenser {

// One 3x3 filter: row: the layer's output, from 0; column: the place among the inputs of the row's group, from 0.
struct FilterPlace {
    int row = 0, column = 0;
    bool operator==(const FilterPlace&) const = default;
};

struct FilterSheet {
    LayerWeights weights;
    QString layer;    // "2.5"
    int first = 0;    // the channel that row 0 makes, counted through the whole network
    double most = 0;  // the end of the one scale of the layer: 99 of 100 weights lie within -most..most

    FilterSheet(LayerWeights of, QString layerName, int firstChannel);

    int rows() const { return weights.channels3x3; }
    int columns() const { return weights.outputs / weights.groups3x3; }
    int rowsOfGroup() const { return rows() / weights.groups3x3; }
    int groupOf(int row) const { return row / rowsOfGroup(); }  // of the 3x3, from 0
    // The output of the 1x1 that a filter reads, and its group there, from 0: the 1x1's groups lie interleaved.
    int bottleneck(const FilterPlace& place) const { return groupOf(place.row) * columns() + place.column; }
    int group1x1(const FilterPlace& place) const { return bottleneck(place) % weights.groups; }
    float weight(const FilterPlace& place, int tap) const;  // tap: 0..8, row-major

    // "output f 133, from bottleneck channel 7: [nine numbers]".
    QString words(const FilterPlace& place) const;
    QString csv() const;  // a line for each filter
};
using FilterSheetPtr = std::shared_ptr<const FilterSheet>;

}  // namespace condenser
