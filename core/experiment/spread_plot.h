// Means with their spreads as a picture: points with bars, along a number or along names.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace condenser {

struct SpreadPoint {
    std::string label;   // beside the point; empty: none
    std::string series;  // points of a series are joined, in their order, and named in the legend; empty: stands alone
    std::string hint;    // shown when pointed at
    double x = 0;
    double mean = 0, low = 0, high = 0;
    std::vector<double> values;  // a small dot each; one value alone is the mean
};

// The number of the colour of each point (or arm) of these series, in the order in which they first come; what has no
// series has a colour of its own.
std::vector<std::size_t> coloursOf(const std::vector<std::string>& series);

// Values are finite; what is not is left out. Points at one x are drawn side by side.
struct SpreadPlot {
    std::string title, subtitle, xName, yName;
    std::vector<std::string> places;  // names along the x axis, a point's x being a number of one; empty: numbers
    std::string empty;                // said where there is no point
    std::vector<SpreadPoint> points;

    // A whole SVG file with its own light background, and no font, picture or script from elsewhere.
    std::string file() const;
    // An <svg class="plot"> for a page whose style sheet has the classes that file() defines itself: plot-back,
    // plot-grid, plot-axis, plot-leader, plot-label, plot-c0 to plot-c7. Without title and subtitle.
    std::string figure() const;
};

}  // namespace condenser
