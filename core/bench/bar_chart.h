// Timings as a picture.
#pragma once

#include <string>
#include <vector>

namespace condenser {

struct Bar {
    std::string label;
    double value = 0;          // the bar's length
    double low = 0, high = 0;  // the whisker's ends
    bool accented = false;     // in the second of two colours
};

// Horizontal bars with whiskers, each labelled and with its value in `unit` behind it, as one SVG file of its own: with
// its own background, so that it reads on dark pages too, and no font, picture or script from elsewhere. Texts are
// UTF-8; what is not, or what XML forbids, is replaced.
std::string barChartSvg(const std::string& title, const std::string& subtitle, const std::string& unit,
                        const std::vector<Bar>& bars);

}  // namespace condenser
