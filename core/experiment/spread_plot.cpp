#include "experiment/spread_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include "base/character_count.h"
#include "base/nice_step.h"
#include "base/xml_text.h"
#include "experiment/label_places.h"

namespace condenser {
namespace {

// Pixels.
constexpr double kWidth = 760, kLeft = 66, kRight = 28, kPlotHeight = 340, kTop = 16, kTitles = 52, kLegendRow = 24;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kSide = 17;  // from point to point at one x
constexpr double kDots = 7;   // of the single values, beside their mean
constexpr double kMarker = 5.5;
constexpr double kGlyph = 6.9, kLine = 15;  // of a text of 12 pixels
constexpr std::size_t kColours = 8, kMaxLabel = 60, kMaxSeries = 40;

constexpr const char* kStyle =
    "text { font: 12px system-ui, \"DejaVu Sans\", sans-serif; fill: #4a5560 }\n"
    ".plot-title { font-size: 16px; font-weight: 600; fill: #1b2128 }\n"
    ".plot-back { fill: #ffffff }\n"
    ".plot-grid { stroke: #e6eaef; fill: none } .plot-axis { stroke: #7a8694; fill: none }\n"
    ".plot-leader { stroke: #7a8694; stroke-width: .8; fill: none }\n"
    ".plot-label { fill: #1b2128; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke }\n"
    ".plot-c0 { color: #0072b2 } .plot-c1 { color: #b86a00 } .plot-c2 { color: #007a59 } .plot-c3 { color: #a8508a }\n"
    ".plot-c4 { color: #7d6f00 } .plot-c5 { color: #bf4400 } .plot-c6 { color: #4a55c4 } .plot-c7 { color: #505860 }\n";

double widthOf(std::string_view text) {
    return kGlyph * static_cast<double>(std::min(characterCount(text), kMaxLabel));
}

struct Axis {
    double low = 0, high = 1, step = 1;

    // 0..1 of what it shows.
    double at(double value) const { return (value - low) / (high - low); }
};

// Digits behind the point that tell steps apart.
std::string tickText(double value, double step) {
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
    return fmt::format("{:.{}f}", std::abs(value) < step * 1e-6 ? 0.0 : value, digits);
}

// Where the points are within a third of the way to 0, the axis begins near them, else at 0.
Axis xAxisOf(const std::vector<SpreadPoint>& points) {
    double low = points.front().x, high = low;
    for (const SpreadPoint& point : points) low = std::min(low, point.x), high = std::max(high, point.x);
    if (!(high > 0)) high = low + 1;
    const bool near = low > 0 && high > low && high - low < high / 3;
    const double room = near ? (high - low) / 4 : high * 0.12;
    Axis axis;
    axis.low = near ? low - room : std::min(low, 0.0);
    axis.high = high + room;
    axis.step = niceStep(axis.high - axis.low, 7);
    if (near) axis.low = std::max(0.0, std::floor(axis.low / axis.step) * axis.step);
    return axis;
}

// Around all bars, not from 0: what differs is what is asked.
Axis yAxisOf(const std::vector<SpreadPoint>& points) {
    double low = points.front().mean, high = low;
    for (const SpreadPoint& point : points) low = std::min(low, point.low), high = std::max(high, point.high);
    if (high - low < 1e-9 * std::max(1.0, std::abs(high))) low -= low >= 0.5 || low < 0 ? 0.5 : low, high += 0.5;
    const double room = 0.08 * (high - low);
    Axis axis;
    axis.step = niceStep(high - low + 2 * room, 6);
    axis.high = std::ceil((high + room) / axis.step - 1e-9) * axis.step;
    const double bottom = std::floor((low - room) / axis.step + 1e-9) * axis.step;
    axis.low = low >= 0 ? std::max(0.0, bottom) : bottom;
    return axis;
}

bool isFinite(const SpreadPoint& point) {
    return std::isfinite(point.x) && std::isfinite(point.mean) && std::isfinite(point.low) && std::isfinite(point.high);
}

// The shape is filled; shapes differ, for those who print in grey.
std::string markerAt(double x, double y, std::size_t style) {
    const double r = kMarker;
    switch (style % 4) {
        case 1:
            return fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}z\" fill=\"currentColor\"/>", x - 0.88 * r,
                               y - 0.88 * r, 1.76 * r, 1.76 * r, -1.76 * r);
        case 2:
            return fmt::format("<path d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z\" fill=\"currentColor\"/>", x,
                               y - 1.2 * r, 1.15 * r, 2 * r, -2.3 * r);
        case 3:
            return fmt::format(
                "<path d=\"M{:.1f} {:.1f}l{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}z\" "
                "fill=\"currentColor\"/>",
                x, y - 1.3 * r, 1.3 * r, 1.3 * r, -1.3 * r, 1.3 * r, -1.3 * r, -1.3 * r);
        default:
            return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"currentColor\"/>", x, y, r);
    }
}

// At spaces, into two lines at most, the first as long as it may be.
std::vector<std::string> wrapped(const std::string& text, double width) {
    if (widthOf(text) <= width) return {text};
    std::size_t cut = std::string::npos;
    for (std::size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 1)) {
        if (cut == std::string::npos || widthOf(std::string_view(text).substr(0, at)) <= width) cut = at;
    }
    if (cut == std::string::npos) return {text};
    return {text.substr(0, cut), text.substr(cut + 1)};
}

class Drawing {
  public:
    Drawing(const SpreadPlot& plot, bool whole) : m_plot(plot), m_whole(whole) {
        std::ranges::copy_if(plot.points, std::back_inserter(m_points), isFinite);
        std::vector<std::string> series;
        for (const SpreadPoint& point : m_points) series.push_back(point.series);
        m_styles = coloursOf(series);
        for (std::size_t i = 0; i < series.size(); ++i) {
            if (m_styles[i] == m_series.size()) m_series.push_back(series[i]);
        }
        layLegend();
        m_top = kTop + (whole ? kTitles : 0) + m_legendHeight;
        m_bottom = m_top + kPlotHeight;
        if (!m_points.empty()) {
            m_x =
                plot.places.empty() ? xAxisOf(m_points) : Axis{-0.5, static_cast<double>(plot.places.size()) - 0.5, 1};
            m_y = yAxisOf(m_points);
        }
        placePoints();
    }

    std::string svg() {
        std::string svg = m_points.empty() ? nothing() : axes() + lines() + marks() + labels();
        const double height = m_bottom + (m_plot.places.empty() ? 54 : 70);
        const std::string name = xmlText(m_plot.title, 200);
        std::string head = fmt::format(
            "<svg {}viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n",
            m_whole ? fmt::format("xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0f}\" height=\"{:.0f}\" ", kWidth,
                                  height)
                    : "class=\"plot\" ",
            kWidth, height, name);
        if (m_whole) {
            head += fmt::format(
                "<title>{0}</title>\n<style>\n{1}</style>\n<rect class=\"plot-back\" width=\"{2:.0f}\" "
                "height=\"{3:.0f}\"/>\n<text class=\"plot-title\" x=\"{4}\" y=\"32\">{0}</text>\n<text x=\"{4}\" "
                "y=\"53\">{5}</text>\n",
                name, kStyle, kWidth, height, kLeft, xmlText(m_plot.subtitle, 200));
        }
        return head + m_legend + svg + "</svg>\n";
    }

  private:
    struct Place {
        double x = 0, y = 0, low = 0, high = 0;  // pixels
    };

    double yOf(double value) const { return m_bottom - kPlotHeight * m_y.at(value); }
    double xOf(double value) const { return kLeft + kPlotWidth * m_x.at(value); }

    // One series alone needs no name: the title tells what it is.
    void layLegend() {
        std::vector<std::size_t> named;
        for (std::size_t i = 0; i < m_series.size(); ++i) {
            if (!m_series[i].empty()) named.push_back(i);
        }
        if (m_series.size() < 2 || named.empty()) return;
        double x = kLeft, y = kTop + (m_whole ? kTitles : 0) + 8;
        for (const std::size_t style : named) {
            const double width = 42 + widthOf(m_series[style]) + 14;
            if (x > kLeft && x + width > kWidth - kRight) x = kLeft, y += kLegendRow;
            m_legend += fmt::format(
                "<g class=\"plot-c{}\"><path d=\"M{:.1f} {:.1f}h28\" stroke=\"currentColor\" "
                "stroke-width=\"1.6\"/>{}</g><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                style % kColours, x, y, markerAt(x + 14, y, style), x + 36, y + 4,
                xmlText(m_series[style], kMaxSeries));
            x += width;
        }
        m_legendHeight = y + kLegendRow - 4 - kTop - (m_whole ? kTitles : 0);
    }

    void placePoints() {
        for (const SpreadPoint& point : m_points) {
            m_places.push_back({xOf(point.x), yOf(point.mean), yOf(point.low), yOf(point.high)});
        }
        // Points at one x stand side by side, in their order.
        std::vector<double> moved(m_places.size(), 0);
        for (std::size_t i = 0; i < m_places.size(); ++i) {
            int before = 0, all = 0;
            for (std::size_t k = 0; k < m_places.size(); ++k) {
                if (std::abs(m_places[k].x - m_places[i].x) > 2) continue;
                ++all;
                if (k < i) ++before;
            }
            moved[i] = kSide * (before - (all - 1) / 2.0);
        }
        for (std::size_t i = 0; i < m_places.size(); ++i) m_places[i].x += moved[i];
    }

    std::string nothing() const {
        return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", kLeft + kPlotWidth / 2,
                           m_top + kPlotHeight / 2, xmlText(m_plot.empty, 100));
    }

    std::string axes() const {
        std::string svg;
        for (int i = 0; i < 100; ++i) {
            const double value = m_y.low + i * m_y.step;
            if (value > m_y.high + m_y.step * 1e-6) break;
            svg += fmt::format(
                "<path class=\"plot-grid\" d=\"M{0} {1:.1f}H{2}\"/><text x=\"{3}\" y=\"{4:.1f}\" "
                "text-anchor=\"end\">{5}</text>\n",
                kLeft, yOf(value), kWidth - kRight, kLeft - 9, yOf(value) + 4, tickText(value, m_y.step));
        }
        svg += fmt::format("<path class=\"plot-axis\" d=\"M{0} {1:.1f}V{2:.1f}H{3}\"/>\n", kLeft, m_top, m_bottom,
                           kWidth - kRight);
        const auto tick = [&](double x, const std::string& text, double below) {
            return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x,
                               m_bottom + below, xmlText(text, kMaxLabel));
        };
        double below = 44;  // the axis' name
        if (m_plot.places.empty()) {
            const double first = std::ceil(m_x.low / m_x.step - 1e-9) * m_x.step;
            for (int i = 0; i < 100; ++i) {
                const double value = first + i * m_x.step;
                if (value > m_x.high + m_x.step * 1e-6) break;
                svg += fmt::format("<path class=\"plot-axis\" d=\"M{:.1f} {:.1f}v5\"/>", xOf(value), m_bottom);
                svg += tick(xOf(value), tickText(value, m_x.step), 19);
            }
        } else {
            const double room = kPlotWidth / static_cast<double>(m_plot.places.size()) - 8;
            for (std::size_t i = 0; i < m_plot.places.size(); ++i) {
                double y = 19;
                for (const std::string& line : wrapped(m_plot.places[i], room)) {
                    svg += tick(xOf(static_cast<double>(i)), line, y);
                    below = std::max(below, y + 25);
                    y += kLine;
                }
            }
        }
        return svg + fmt::format(
                         "<text x=\"{0:.1f}\" y=\"{1:.1f}\" text-anchor=\"middle\">{2}</text>\n<text "
                         "transform=\"translate(18 {3:.1f}) rotate(-90)\" text-anchor=\"middle\">{4}</text>\n",
                         kLeft + kPlotWidth / 2, m_bottom + below, xmlText(m_plot.xName, 100), m_top + kPlotHeight / 2,
                         xmlText(m_plot.yName, 100));
    }

    std::string lines() const {
        std::string svg;
        for (std::size_t style = 0; style < m_series.size(); ++style) {
            if (m_series[style].empty()) continue;
            std::string path;
            for (std::size_t i = 0; i < m_points.size(); ++i) {
                if (m_styles[i] != style) continue;
                path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', m_places[i].x, m_places[i].y);
            }
            if (path.find('L') == std::string::npos) continue;
            svg += fmt::format(
                "<path class=\"plot-c{}\" d=\"{}\" stroke=\"currentColor\" stroke-width=\"1.6\" fill=\"none\" "
                "stroke-linejoin=\"round\"/>\n",
                style % kColours, path);
        }
        return svg;
    }

    std::string marks() const {
        std::string svg;
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            const SpreadPoint& point = m_points[i];
            const Place& at = m_places[i];
            svg += fmt::format("<g class=\"plot-c{}\"><title>{}</title>", m_styles[i] % kColours,
                               xmlText(point.hint, 400));
            if (point.high > point.low) {
                svg += fmt::format(
                    "<path d=\"M{0:.1f} {1:.1f}h8M{2:.1f} {1:.1f}V{3:.1f}M{0:.1f} {3:.1f}h8\" stroke=\"currentColor\" "
                    "stroke-width=\"1.4\" fill=\"none\"/>",
                    at.x - 4, at.high, at.x, at.low);
            }
            if (point.values.size() > 1) {
                for (const double value : point.values) {
                    if (!std::isfinite(value)) continue;
                    svg += fmt::format(
                        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"currentColor\" fill-opacity=\".6\"/>",
                        at.x + kDots, yOf(value));
                }
            }
            svg += markerAt(at.x, at.y, m_styles[i]) + "</g>\n";
        }
        return svg;
    }

    std::string labels() const {
        std::vector<LabelPoint> points;
        std::vector<LabelSegment> joined;
        std::map<std::size_t, std::size_t> last;  // of each series
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            const Place& at = m_places[i];
            const bool dots = m_points[i].values.size() > 1;
            points.push_back({at.x,
                              at.y,
                              {at.x - kMarker - 1, std::min(at.high, at.y - kMarker) - 1,
                               at.x + (dots ? kDots + 2 : kMarker) + 1, std::max(at.low, at.y + kMarker) + 1},
                              widthOf(m_points[i].label),
                              kLine});
            if (const auto before = last.find(m_styles[i]); before != last.end()) {
                joined.push_back({m_places[before->second].x, m_places[before->second].y, at.x, at.y});
            }
            last[m_styles[i]] = i;
        }
        const std::vector<PlacedLabel> placed =
            placeLabels(points, joined, {kLeft + 2, m_top, kWidth - 4, m_bottom - 2});
        std::string svg;
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            if (m_points[i].label.empty()) continue;
            const LabelBox& box = placed[i].box;
            if (placed[i].leader) {
                const double x = std::clamp(m_places[i].x, box.left, box.right);
                const double y = std::clamp(m_places[i].y, box.top, box.bottom);
                svg += fmt::format("<path class=\"plot-leader\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", m_places[i].x,
                                   m_places[i].y, x, y);
            }
            // Words are as wide as the reader's font makes them: they stay at the side where their point is.
            const bool right = box.left >= m_places[i].x, left = box.right <= m_places[i].x;
            const double x = right ? box.left : left ? box.right : (box.left + box.right) / 2;
            svg += fmt::format("<text class=\"plot-label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x,
                               box.bottom - 3.5,
                               right  ? "start"
                               : left ? "end"
                                      : "middle",
                               xmlText(m_points[i].label, kMaxLabel));
        }
        return svg;
    }

    const SpreadPlot& m_plot;
    bool m_whole;
    std::vector<SpreadPoint> m_points;
    std::vector<std::size_t> m_styles;  // colour and shape of each point
    std::vector<std::string> m_series;  // name of each style, empty for a point that stands alone
    std::string m_legend;
    double m_legendHeight = 0, m_top = 0, m_bottom = 0;
    Axis m_x, m_y;
    std::vector<Place> m_places;
};

}  // namespace

std::vector<std::size_t> coloursOf(const std::vector<std::string>& series) {
    std::vector<std::size_t> colours;
    std::map<std::string, std::size_t> known;
    std::size_t next = 0;
    for (const std::string& name : series) {
        const std::size_t colour = name.empty() ? next : known.emplace(name, next).first->second;
        if (colour == next) ++next;
        colours.push_back(colour);
    }
    return colours;
}

std::string SpreadPlot::file() const {
    return Drawing(*this, /*whole=*/true).svg();
}

std::string SpreadPlot::figure() const {
    return Drawing(*this, /*whole=*/false).svg();
}

}  // namespace condenser
