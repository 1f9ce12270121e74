// Curves as SVG inside the report. Colours and dashes come from its style sheet.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace condenser::report {

using Points = std::vector<std::pair<double, double>>;

struct ChartCurve {
    std::string name;      // for the legend; empty: not in it
    std::string cssClass;  // of the style sheet: "train", "test", "s0 d1"
    Points points;         // x must not fall
    bool levels = false;   // a value holds until the next one
};

struct ChartMark {  // a dashed line from top to bottom
    double x = 0;
    std::string label;  // at its top; a few characters
};

struct ChartDot {
    double x = 0, y = 0;
    std::string label;
};

struct LineChart {
    std::string title, xName, unit;
    bool wide = false;    // as wide as the page, else as half of it
    double xEnd = 1;      // the axis goes from 0 to there
    bool shares = false;  // 0..1 shown as percent, the axis within them
    bool fromZero = false;
    bool logarithmic = false;  // where all values are above 0, and sensible: 1e-6 to 1e6
    std::vector<ChartCurve> curves;
    std::vector<ChartMark> marks;
    std::vector<ChartDot> dots;

    // A <figure>. Values that are not finite are left out.
    std::string html() const;
};

// At most about 2 * `buckets` points: the lowest and the highest of each part of the x axis, so that no peak is lost.
Points thinned(const Points& points, std::size_t buckets);

}  // namespace condenser::report
