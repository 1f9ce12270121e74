#include "bench/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "base/character_count.h"
#include "base/nice_step.h"
#include "base/xml_text.h"

namespace condenser {
namespace {

// Pixels.
constexpr double kMargin = 24, kRow = 34, kBar = 18, kTop = 84, kBottom = 48, kPlot = 520, kValueRoom = 110;
constexpr double kGlyph = 7.4;  // about the width of a character of 13 pixels
constexpr double kWidestText = 1200;
constexpr std::size_t kMaxLabel = 60;
constexpr const char* kColour = "#8b93a1";
constexpr const char* kAccent = "#0f766e";

}  // namespace

std::string barChartSvg(const std::string& title, const std::string& subtitle, const std::string& unit,
                        const std::vector<Bar>& bars) {
    std::size_t longest = 0;
    double highest = 0;
    for (const Bar& bar : bars) {
        longest = std::max(longest, std::min(characterCount(bar.label), kMaxLabel + 1));
        highest = std::max({highest, bar.value, bar.high});
    }
    if (!(highest > 0)) highest = 1;
    const double left = kMargin + kGlyph * static_cast<double>(longest) + 12;
    const double texts =
        2 * kMargin + kGlyph * static_cast<double>(std::max(characterCount(title), characterCount(subtitle)));
    const double width = std::max(left + kPlot + kValueRoom + kMargin, std::min(texts, kWidestText));
    const double bottom = kTop + kRow * static_cast<double>(bars.size());
    const double height = bottom + kBottom;
    const auto x = [&](double value) { return left + kPlot * value / highest; };

    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} "
        "{1:.0f}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#1f2933\">\n"
        "<title>{2}</title>\n"
        "<rect x=\"0.5\" y=\"0.5\" width=\"{3:.0f}\" height=\"{4:.0f}\" rx=\"8\" fill=\"#ffffff\" "
        "stroke=\"#d5dae1\"/>\n"
        "<text x=\"{5}\" y=\"34\" font-size=\"17\" font-weight=\"600\">{2}</text>\n"
        "<text x=\"{5}\" y=\"56\" fill=\"#55606e\">{6}</text>\n",
        width, height, xmlText(title, 200), width - 1, height - 1, kMargin, xmlText(subtitle, 200));
    const double step = niceStep(highest, 5);
    for (int i = 0; i * step <= highest * 1.0001; ++i) {
        svg += fmt::format(
            "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"#e4e8ed\"/>\n"
            "<text x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\" fill=\"#55606e\">{4:g}</text>\n",
            x(i * step), kTop - 6, bottom, bottom + 20, i * step);
    }
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#55606e\">{}</text>\n", x(highest) + 24, bottom + 20,
                       xmlText(unit, 20));
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar& bar = bars[i];
        const double top = kTop + kRow * static_cast<double>(i) + (kRow - kBar) / 2, middle = top + kBar / 2;
        svg += fmt::format(
            "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n"
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{}\" rx=\"2\" fill=\"{}\"/>\n",
            left - 10, middle + 4.5, xmlText(bar.label, kMaxLabel), left, top, x(bar.value) - left, kBar,
            bar.accented ? kAccent : kColour);
        svg += fmt::format(
            "<path d=\"M{0:.2f} {2:.1f}H{1:.2f}M{0:.2f} {3:.1f}v8M{1:.2f} {3:.1f}v8\" stroke=\"#1f2933\" "
            "stroke-width=\"1.5\" fill=\"none\"/>\n"
            "<text x=\"{4:.1f}\" y=\"{5:.1f}\">{6:.4g} {7}</text>\n",
            x(bar.low), x(bar.high), middle, middle - 4, std::max(x(bar.value), x(bar.high)) + 8, middle + 4.5,
            bar.value, xmlText(unit, 20));
    }
    return svg + "</svg>\n";
}

}  // namespace condenser
