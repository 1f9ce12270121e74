#include "report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/nice_step.h"
#include "base/xml_text.h"

namespace condenser::report {
namespace {

// Pixels of the drawing, which is scaled to the room there is.
constexpr double kHalf = 560, kWhole = 1040, kHeight = 260, kLeft = 52, kRight = 16, kTop = 26, kBottom = 36;
constexpr double kPlotHeight = kHeight - kTop - kBottom;
constexpr std::size_t kBuckets = 360;

double widthOf(const LineChart& chart) {
    return chart.wide ? kWhole : kHalf;
}

double xOf(const LineChart& chart, double value) {
    return kLeft + (widthOf(chart) - kLeft - kRight) * value / chart.xEnd;
}

struct Scale {
    double low = 0, high = 1;
    std::vector<double> ticks;  // within them
    bool logarithmic = false;

    double y(double value) const {
        const double share = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
        return kTop + kPlotHeight * (1 - share);
    }
};

struct Range {
    double low = 0, high = 1;
};

Range rangeOf(const LineChart& chart) {
    Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const ChartCurve& curve : chart.curves) {
        for (const auto& [x, y] : curve.points) {
            if (!std::isfinite(y)) continue;
            range.low = std::min(range.low, y);
            range.high = std::max(range.high, y);
        }
    }
    return range.low > range.high ? Range{} : range;
}

Scale linearScale(const LineChart& chart, Range range) {
    auto [low, high] = range;
    if (chart.fromZero) low = std::min(low, 0.0);
    if (high - low < 1e-9 * std::max(1.0, std::abs(high))) {
        low -= chart.fromZero ? 0 : 0.5;
        high += 0.5;
    }
    const double step = niceStep(high - low, 5);
    Scale scale;
    scale.low = std::floor(low / step + 1e-9) * step;
    scale.high = std::ceil(high / step - 1e-9) * step;
    if (chart.shares) {
        scale.low = std::max(scale.low, 0.0);
        scale.high = std::min(std::max(scale.high, scale.low + step), 1.0);
        if (scale.low >= scale.high) scale.low = scale.high - step;
    }
    for (double value = scale.low; value <= scale.high + step * 1e-6; value += step) {
        scale.ticks.push_back(std::abs(value) < step * 1e-6 ? 0 : value);
    }
    return scale;
}

// From 1, 2 or 5 times a power of ten to another; over many powers, they alone.
Scale logarithmicScale(Range range) {
    std::vector<double> nice;
    const int first = static_cast<int>(std::floor(std::log10(range.low))) - 1;
    const int last = static_cast<int>(std::ceil(std::log10(range.high))) + 1;
    for (int power = first; power <= last; ++power) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (factor == 1 || last - first < 8) nice.push_back(factor * std::pow(10.0, power));
        }
    }
    const auto low = std::ranges::upper_bound(nice, range.low * 1.0001) - 1;
    const auto high = std::ranges::lower_bound(nice, range.high * 0.9999);
    Scale scale;
    scale.logarithmic = true;
    scale.ticks.assign(low, std::max(high, low + 1) + 1);
    scale.low = scale.ticks.front();
    scale.high = scale.ticks.back();
    return scale;
}

Scale scaleOf(const LineChart& chart) {
    const Range range = rangeOf(chart);
    const bool sensible = range.low >= 1e-6 && range.high <= 1e6;
    return chart.logarithmic && sensible ? logarithmicScale(range) : linearScale(chart, range);
}

std::string pathOf(const ChartCurve& curve, const LineChart& chart, const Scale& scale) {
    std::string path;
    bool pen = false;  // down
    for (const auto& [x, y] : curve.points) {
        if (!std::isfinite(y) || !std::isfinite(x)) {
            pen = false;
            continue;
        }
        const double px = xOf(chart, x), py = scale.y(std::clamp(y, scale.low, scale.high));
        if (pen && curve.levels) path += fmt::format("H{:.1f}", px);
        path += fmt::format("{}{:.1f} {:.1f}", pen ? 'L' : 'M', px, py);
        pen = true;
    }
    return path;
}

std::string legendOf(const std::vector<ChartCurve>& curves) {
    std::string html = "<p class=\"legend\">";
    for (const ChartCurve& curve : curves) {
        if (curve.name.empty()) continue;
        html += fmt::format(
            "<span class=\"key\"><svg class=\"sample\" viewBox=\"0 0 28 10\"><path class=\"curve {}\" d=\"M1 "
            "5H27\"/></svg> "
            "{}</span> ",
            curve.cssClass, xmlText(curve.name, 80));
    }
    return html + "</p>\n";
}

std::string gridOf(const LineChart& chart, const Scale& scale) {
    std::string svg;
    const double bottom = kTop + kPlotHeight;
    for (const double value : scale.ticks) {
        svg += fmt::format(
            "<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/><text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" "
            "text-anchor=\"end\">{}</text>\n",
            kLeft, scale.y(value), widthOf(chart) - kRight, kLeft - 6, scale.y(value) + 4,
            chart.shares ? fmt::format("{:.4g} %", 100 * value) : fmt::format("{:.5g}", value));
    }
    const double step = std::max(1.0, niceStep(chart.xEnd, 6));
    for (double value = 0; value <= chart.xEnd * 1.0001; value += step) {
        svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:g}</text>\n",
                           xOf(chart, value), bottom + 16, value);
    }
    return svg + fmt::format(
                     "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>"
                     "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                     widthOf(chart) - kRight, kHeight - 4, xmlText(chart.xName), 4.0, 12.0, xmlText(chart.unit));
}

}  // namespace

Points thinned(const Points& points, std::size_t buckets) {
    if (points.size() <= 2 * buckets || buckets == 0) return points;
    const double first = points.front().first, width = (points.back().first - first) / static_cast<double>(buckets);
    Points kept;
    std::size_t i = 0;
    for (std::size_t bucket = 1; bucket <= buckets; ++bucket) {
        const double end =
            bucket == buckets ? std::numeric_limits<double>::infinity() : first + width * static_cast<double>(bucket);
        std::size_t low = points.size(), high = points.size();
        for (; i < points.size() && points[i].first < end; ++i) {
            if (!std::isfinite(points[i].second)) continue;
            if (low == points.size() || points[i].second < points[low].second) low = i;
            if (high == points.size() || points[i].second > points[high].second) high = i;
        }
        if (low == points.size()) continue;
        kept.push_back(points[std::min(low, high)]);
        if (low != high) kept.push_back(points[std::max(low, high)]);
    }
    return kept;
}

std::string LineChart::html() const {
    LineChart chart = *this;
    for (ChartCurve& curve : chart.curves) curve.points = thinned(curve.points, kBuckets);
    chart.xEnd = std::max(chart.xEnd, 1e-9);
    const Scale scale = scaleOf(chart);
    const auto x = [&](double value) { return xOf(chart, value); };
    std::string html = fmt::format(
        "<figure><figcaption>{0}</figcaption>\n{1}"
        "<svg class=\"chart\" viewBox=\"0 0 {2} {3}\" role=\"img\" aria-label=\"{0}\">\n",
        xmlText(scale.logarithmic ? title + ", logarithmic" : title), legendOf(curves), widthOf(chart), kHeight);
    html += gridOf(chart, scale);
    for (const ChartMark& mark : marks) {
        html += fmt::format(
            "<path class=\"mark\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/><circle class=\"badge\" cx=\"{0:.1f}\" "
            "cy=\"{3:.1f}\" "
            "r=\"8\"/><text class=\"badge-text\" x=\"{0:.1f}\" y=\"{4:.1f}\" text-anchor=\"middle\">{5}</text>\n",
            x(mark.x), kTop, kTop + kPlotHeight, kTop - 9, kTop - 5, xmlText(mark.label, 4));
    }
    for (const ChartCurve& curve : chart.curves) {
        const std::string path = pathOf(curve, chart, scale);
        if (!path.empty()) html += fmt::format("<path class=\"curve {}\" d=\"{}\"/>\n", curve.cssClass, path);
        if (curve.points.size() == 1 && !path.empty()) {
            html += fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>\n", curve.cssClass,
                                x(curve.points[0].first), scale.y(curve.points[0].second));
        }
    }
    for (const ChartDot& dot : dots) {
        const bool leftOfIt = x(dot.x) > widthOf(chart) - kRight - 110;
        html += fmt::format(
            "<circle class=\"best\" cx=\"{0:.1f}\" cy=\"{1:.1f}\" r=\"4\"/><text class=\"best-text\" x=\"{2:.1f}\" "
            "y=\"{3:.1f}\" text-anchor=\"{4}\">{5}</text>\n",
            x(dot.x), scale.y(dot.y), x(dot.x) + (leftOfIt ? -8 : 8),
            std::min(scale.y(dot.y) + 18, kTop + kPlotHeight - 4), leftOfIt ? "end" : "start", xmlText(dot.label));
    }
    return html + "</svg></figure>\n";
}

}  // namespace condenser::report
