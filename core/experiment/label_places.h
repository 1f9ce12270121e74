// Where the words beside the points of a plot stand, so that none covers another.
#pragma once

#include <vector>

namespace condenser {

// Pixels, y downwards.
struct LabelBox {
    double left = 0, top = 0, right = 0, bottom = 0;
};

struct LabelSegment {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};

struct LabelPoint {
    double x = 0, y = 0;
    LabelBox drawn;                // what is drawn of it
    double width = 0, height = 0;  // of its label; a width of 0: it has none
};

struct PlacedLabel {
    LabelBox box;
    bool leader = false;  // it stands apart: a line leads to its point
};

// In the order of the points: right, left, above, below or at a corner of it where neither a point nor a label stands,
// away from the lines that join points where that can be had; else the nearest free place around, with a leader. Where
// all is taken it covers what it must. Labels stay within `room` where they fit into it.
std::vector<PlacedLabel> placeLabels(const std::vector<LabelPoint>& points, const std::vector<LabelSegment>& lines,
                                     const LabelBox& room);

}  // namespace condenser
