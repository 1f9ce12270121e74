#include "report/stability_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/xml_text.h"
#include "connections/connection_layout.h"
#include "report/words.h"

namespace condenser::report {
namespace {

constexpr int kLevels = 6;  // of strength; the style sheet has a colour for each
// Cells that are told by name when pointed at, over all maps; more would make the file large.
constexpr std::size_t kMostNamed = 6000;

std::string correlation(double value) {
    return std::isfinite(value) ? fmt::format("{:.2f}", value) : kNone;
}

// The first layer of each block behind the first one.
std::vector<int> blockStarts(const ConnectionLayout& layout) {
    std::vector<int> starts;
    for (int layer = 1; layer < layout.layers(); ++layer) {
        if (layout.reader(layer).block != layout.reader(layer - 1).block) starts.push_back(layer);
    }
    return starts;
}

// Whether layer or source `number` of many is named, where `room` pixels are needed for a name.
bool isNamed(int number, double cell, double room) {
    const int every = std::max(1, static_cast<int>(std::ceil(room / cell)));
    return number % every == 0;
}

// What the longest name of a layer needs beside others.
double nameWidth(const ConnectionLayout& layout) {
    std::size_t longest = 0;
    for (int layer = 0; layer < layout.layers(); ++layer) longest = std::max(longest, layout.reader(layer).name.size());
    return 6.5 * static_cast<double>(longest) + 2;
}

std::string mapSvg(const ConnectionLayout& layout, const LayerMap& map, std::uint64_t seed, bool named) {
    const int rows = map.sources - 1;  // no layer reads the last source: only the classifier does
    const double cell = std::max(6.0, 270.0 / map.layers), left = 34, top = 18;
    const double width = left + cell * map.layers + 2, height = top + cell * rows + 2;
    std::string svg = fmt::format(
        "<figure><figcaption>Seed {0}</figcaption>\n<svg class=\"whole\" viewBox=\"0 0 {1:.0f} {2:.0f}\" role=\"img\" "
        "aria-label=\"Seed {0}: how strongly each layer (column) reads each source (row)\">\n",
        seed, width, height);
    for (int layer = 0; layer < map.layers; ++layer) {
        if (isNamed(layer, cell, nameWidth(layout)))
            svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                               left + cell * (layer + 0.5), top - 6, layout.reader(layer).name);
    }
    for (int source = 0; source < rows; ++source) {
        const SourceLayer& made = layout.source(source);
        if (isNamed(source, cell, 13))
            svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 4,
                               top + cell * (source + 0.5) + 4, made.name);
        for (int layer = 0; layer < map.layers; ++layer) {
            const double value = map.at(source, layer);
            if (std::isnan(value)) continue;
            svg += fmt::format("<rect class=\"q{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"",
                               std::clamp(static_cast<int>(std::ceil(kLevels * value)), 1, kLevels),
                               left + cell * layer + 0.5, top + cell * source + 0.5, cell - 1, cell - 1);
            svg += named ? fmt::format("><title>{} reads {}: {:.2f}</title></rect>\n", layout.reader(layer).name,
                                       made.name, value)
                         : "/>\n";
        }
    }
    for (const int start : blockStarts(layout)) {
        // A transition is what its next block begins with.
        const int firstSource = layout.source(start).transition ? start : start + 1;
        svg += fmt::format("<path class=\"mark\" d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {4:.1f}H{5:.1f}\"/>",
                           left + cell * start, top, height - 2, left, top + cell * firstSource, width - 2);
    }
    return svg + "</svg></figure>\n";
}

std::string mapsHtml(const Stability& stability, const ConnectionLayout& layout) {
    std::size_t cells = 0;
    for (const LayerMap& map : stability.maps)
        cells +=
            static_cast<std::size_t>(std::ranges::count_if(map.value, [](double value) { return !std::isnan(value); }));
    std::string html = "<p class=\"legend\"><span class=\"key\">a layer’s weakest source ";
    for (int level = 1; level <= kLevels; ++level) html += fmt::format("<span class=\"swatch f{}\"></span>", level);
    html += " its strongest</span></p>\n<div class=\"maps\">\n";
    for (std::size_t i = 0; i < stability.maps.size(); ++i)
        html += mapSvg(layout, stability.maps[i], stability.seeds[i], cells <= kMostNamed);
    return html +
           "</div>\n<p class=\"caption\">Column: a layer that reads. Row: the stem or the layer that made what it "
           "reads. Depth of colour: the sum over the layer’s filters of |w · m|, averaged over the channels that the "
           "row made and scaled in each column from 0 (least) to 1 (most); m is the mask, 0 where a connection was "
           "dropped. No square: the layer cannot read it. Dashed lines: between blocks.</p>\n";
}

std::string pairsHtml(const Stability& stability) {
    HtmlTable table;
    table.cssClass = "figures named";
    table.heading = {"Seeds",         "Correlation of the layer maps", "Shuffled: mean", "Shuffled: highest",
                     "Draws as high", "Connections in common",         "By chance"};
    for (const PairStability& pair : stability.pairs) {
        table.rows.push_back({fmt::format("{} and {}", pair.seedA, pair.seedB), correlation(pair.correlation),
                              correlation(pair.shuffled.mean), correlation(pair.shuffled.highest),
                              std::isfinite(pair.shuffled.reaching) ? percent(pair.shuffled.reaching) : kNone,
                              percent(pair.overlap), percent(pair.chance)});
    }
    return table.html() +
           element(
               "p",
               fmt::format("Correlation is Pearson’s, over the squares of two maps; layers that can read one source "
                           "only are left out. Shuffled: the same after the cells of each column were put in random "
                           "order, in {} draws; as high: the share of the draws that reach the runs’ own. In common: "
                           "of the connections kept (group and input), those that both runs keep, after the groups of "
                           "one run, which have no common numbering, are matched to those of the other so that most "
                           "are common. By chance: every group chooses as many inputs blindly, and is matched as well.",
                           Stability::kShuffles),
               "caption");
}

// A dot for each pair, a larger one for all, a dash for chance.
std::string overlapChart(const Stability& stability, const ConnectionLayout& layout) {
    double highest = 0;
    for (int layer = 0; layer < layout.layers(); ++layer) {
        highest = std::max(highest, stability.overlapOfAll(layer).shareByChance());
        for (const PairStability& pair : stability.pairs)
            highest = std::max(highest, pair.layers[static_cast<std::size_t>(layer)].share());
    }
    const int tenths = std::max(1, static_cast<int>(std::ceil(10 * highest - 1e-9)));
    constexpr double kWidth = 1040, kHeight = 220, kLeft = 52, kTop = 12, kBottom = 40;
    const double bottom = kHeight - kBottom, column = (kWidth - kLeft - 8) / layout.layers();
    const auto y = [&](double share) { return bottom - (bottom - kTop) * share * 10 / tenths; };
    std::string svg = fmt::format(
        "<svg class=\"chart\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Connections in common and by "
        "chance, layer by layer\">\n",
        kWidth, kHeight);
    for (int tenth = 0; tenth <= tenths; tenth += tenths > 5 ? 2 : 1) {
        svg += fmt::format(
            "<path class=\"grid\" d=\"M{0:.1f} {1:.1f}H{2:.1f}\"/><text class=\"tick\" x=\"{3:.1f}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5} %</text>\n",
            kLeft, y(0.1 * tenth), kWidth - 8, kLeft - 6, y(0.1 * tenth) + 4, 10 * tenth);
    }
    for (const int start : blockStarts(layout))
        svg += fmt::format("<path class=\"mark\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", kLeft + column * start, kTop, bottom);
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const double x = kLeft + column * (layer + 0.5), half = std::min(11.0, 0.4 * column);
        const Overlap all = stability.overlapOfAll(layer);
        if (isNamed(layer, column, nameWidth(layout)))
            svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x,
                               bottom + 16, layout.reader(layer).name);
        svg += fmt::format("<path class=\"curve train\" style=\"stroke-dasharray:none\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>",
                           x - half, y(all.shareByChance()), 2 * half);
        for (const PairStability& pair : stability.pairs)
            svg += fmt::format("<circle class=\"q2\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\"/>", x,
                               y(pair.layers[static_cast<std::size_t>(layer)].share()));
        svg += fmt::format(
            "<circle class=\"q4\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"><title>{}: {} in common, {} by "
            "chance</title></circle>\n",
            x, y(all.share()), std::min(4.0, 0.35 * column), layout.reader(layer).name, percent(all.share()),
            percent(all.shareByChance()));
    }
    return svg + fmt::format("<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">layer</text></svg>\n",
                             kWidth - 8, kHeight - 4);
}

std::string layersHtml(const Stability& stability, const ConnectionLayout& layout) {
    return "<p class=\"legend\"><span class=\"key\"><svg class=\"sample\" viewBox=\"0 0 28 10\"><circle class=\"q4\" "
           "cx=\"14\" cy=\"5\" r=\"4\"/></svg> in common</span> <span class=\"key\"><svg class=\"sample\" viewBox=\"0 "
           "0 28 10\"><circle class=\"q2\" cx=\"14\" cy=\"5\" r=\"2.5\"/></svg> each pair of runs</span> <span "
           "class=\"key\"><svg class=\"sample\" viewBox=\"0 0 28 10\"><path class=\"curve train\" "
           "style=\"stroke-dasharray:none\" d=\"M3 5H25\"/></svg> by chance</span></p>\n" +
           overlapChart(stability, layout) +
           element("p",
                   "Of the connections that a layer keeps, those that two runs have in common. The fewer inputs a "
                   "layer has, the more do matched groups share for no reason: dots are to be read against their "
                   "dashes. What runs prefer as whole layers (the maps above) lifts a dot above its dash, too.",
                   "caption");
}

// `missing`: what else is to be said of the runs.
std::string partOf(const Stability& stability, const std::string& missing) {
    const ConnectionLayout layout = layoutOf(stability.spec);
    return section("What it shows", missing + element("p", layerLevelWords(stability)) + "\n" +
                                        element("p", groupLevelWords(stability)) + "\n") +
           section("Which layer reads which", mapsHtml(stability, layout)) +
           section("Pairs of runs", pairsHtml(stability)) +
           section("Connections in common, layer by layer", layersHtml(stability, layout));
}

}  // namespace

std::string stabilityPart(const Stability& stability) {
    return partOf(stability, {});
}

std::string stabilityPart(const ExperimentRecord& record, const std::vector<std::filesystem::path>& runs) {
    const std::size_t planned = record.plan.seeds.size();
    std::string missing;
    if (runs.size() < planned)
        missing = element("p", fmt::format("{} of {} runs are finished.", runs.size(), planned), "muted") + "\n";
    if (runs.size() < 2)
        return section("What it shows",
                       missing + element("p", "Connections are compared once two runs are finished.", "muted") + "\n");
    const auto stability = stabilityOf(runs);
    if (!stability) return section("What it shows", missing + element("p", stability.error().text(), "problem") + "\n");
    return partOf(*stability, missing);
}

}  // namespace condenser::report
