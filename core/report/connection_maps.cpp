#include "report/connection_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/xml_text.h"
#include "connections/connection_layout.h"
#include "connections/feature_reuse.h"
#include "report/words.h"

namespace condenser::report {
namespace {

constexpr int kLevels = 6;        // of strength; the style sheet has a colour for each
constexpr double kRowPixels = 9;  // of a group in a layer's map

// 1 (weak) to kLevels: how `value` stands to the largest. What lives is never 0, which is empty.
int levelOf(double value, double largest) {
    if (!(largest > 0)) return 1;
    return std::clamp(static_cast<int>(std::ceil(kLevels * value / largest)), 1, kLevels);
}

double keptShare(const LayerConnections& layer) {
    const auto kept = std::ranges::count_if(layer.mask, [](std::uint8_t bit) { return bit != 0; });
    return layer.mask.empty() ? 0 : static_cast<double>(kept) / static_cast<double>(layer.mask.size());
}

double largestOf(const LayerConnections& layer) {
    return layer.importance.empty() ? 0 : double{*std::ranges::max_element(layer.importance)};
}

std::string wholeMap(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                     const ConnectionsRecord& record) {
    const std::size_t rows = layers.size();
    const double cell = std::clamp(760.0 / static_cast<double>(rows), 8.0, 28.0), left = 56, top = 34;
    const bool transitions = std::ranges::any_of(layout.sources, &SourceLayer::transition);
    const std::size_t everyOther = rows > 60 ? 5 : rows > 45 ? 2 : 1;
    const double width = left + cell * static_cast<double>(rows) + 8,
                 height = top + cell * static_cast<double>(rows) + 4;
    std::string svg = fmt::format(
        "<figure><svg class=\"whole\" viewBox=\"0 0 {0:.0f} {1:.0f}\" style=\"max-width:{0:.0f}px\" role=\"img\" "
        "aria-label=\"Connections of the whole network: source layer by reading layer\">\n"
        "<text class=\"axis\" x=\"{2}\" y=\"11\">source layer →</text><text class=\"axis\" x=\"2\" y=\"11\">reader "
        "↓</text>\n",
        width, height, left);
    for (std::size_t row = 0; row < rows; ++row) {
        const double y = top + cell * static_cast<double>(row), x = left + cell * static_cast<double>(row);
        const auto number = static_cast<int>(row);
        const SourceLayer& reader = layout.reader(number);
        // Blocks behind transitions stand apart by themselves.
        const bool newBlock = row > 0 && reader.layer == 0 && reader.readsFrom == 0;
        const double from = left + cell * reader.readsFrom;
        if (newBlock) svg += fmt::format("<path class=\"border\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", left, y, x + cell);
        if (newBlock)
            svg += fmt::format("<path class=\"border\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x + cell, y, height - 4);
        svg += fmt::format("<path class=\"room\" d=\"M{:.1f} {:.1f}H{:.1f}v{:.1f}H{:.1f}z\"/>", from, y + 0.5, x + cell,
                           cell - 1, from);
        if (row % everyOther == 0) {
            svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 5,
                               y + cell / 2 + 4, reader.name);
            if (cell >= 24 || row % 7 == 0) {
                svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                                   x + cell / 2, top - 6, layout.sources[row].name);
            }
        }
        const double filters = static_cast<double>(layers[row].outputs) / layers[row].groups,
                     largest = largestOf(record.layers[row]) / filters;
        for (const int source : layout.sourcesOf(number)) {
            const SourceLayer& made = layout.source(source);
            const Reuse reuse = reuseOf(layers[row], record.layers[row], layout.inputsFrom(number, made));
            if (reuse.kept == 0) continue;
            const double side = std::max(1.5, (cell - 2) * std::sqrt(reuse.share()));
            svg += fmt::format(
                "<rect class=\"q{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{} reads {}: "
                "{:.0f} "
                "% kept</title></rect>\n",
                levelOf(reuse.meanWeight, largest), left + cell * (source + 0.5) - side / 2, y + cell / 2 - side / 2,
                side, side, reader.name, made.name, 100 * reuse.share());
        }
    }
    return svg +
           "</svg>\n<figcaption>A square stands for what a layer (row) reads of the channels that an earlier "
           "layer, or the stem, made (column). Its area is the share of connections kept: live pairs (group, "
           "input) / all pairs. Its depth of colour is the mean importance of the live ones, as "
           "in the maps below. A place without a square: all of it was dropped." +
           (transitions ? " A transition (T) is a layer too; what is made before it, no layer behind it can read."
                        : "") +
           "</figcaption></figure>\n";
}

// Runs of equal level along each group, a path a level. `sources`: the inputs that each made.
std::string layerMap(const ConnectionsLayer& layer, const LayerConnections& connections,
                     const std::vector<InputRange>& sources, double widthPercent) {
    const double largest = largestOf(connections);
    std::string paths[kLevels + 1];
    double penX[kLevels + 1] = {}, penY[kLevels + 1] = {};
    const auto inputs = static_cast<std::size_t>(layer.inputs);
    for (int group = 0; group < layer.groups; ++group) {
        const std::size_t row = static_cast<std::size_t>(group) * inputs;
        const auto level = [&](std::size_t input) {
            if (connections.mask[row + input] == 0) return 0;
            return levelOf(double{connections.importance[row + input]}, largest);
        };
        for (std::size_t first = 0, end = 0; first < inputs; first = end) {
            const int here = level(first);
            for (end = first + 1; end < inputs && level(end) == here;) ++end;
            if (here == 0) continue;
            const double x = static_cast<double>(first), y = group + 0.5;
            paths[here] += fmt::format("m{:g} {:g}h{}", x - penX[here], y - penY[here], end - first);
            penX[here] = static_cast<double>(end);
            penY[here] = y;
        }
    }
    std::string strip;
    for (std::size_t s = 1; s < sources.size(); s += 2) {
        strip += fmt::format("M{} -.6h{}", sources[s].first, sources[s].count);
    }
    std::string svg = fmt::format(
        "<svg class=\"layer\" viewBox=\"0 -1 {0} {1}\" preserveAspectRatio=\"none\" "
        "style=\"width:{2:.1f}%;height:{3:.0f}px\" "
        "role=\"img\" aria-label=\"groups by inputs\"><path class=\"room\" d=\"M0 0h{0}v{4}H0z\"/>",
        layer.inputs, layer.groups + 1, widthPercent, kRowPixels * (layer.groups + 1), layer.groups);
    if (!strip.empty()) svg += fmt::format("<path class=\"strip\" d=\"{}\"/>", strip);
    for (int level = 1; level <= kLevels; ++level) {
        if (!paths[level].empty()) svg += fmt::format("<path class=\"p{}\" d=\"M0 0{}\"/>", level, paths[level]);
    }
    return svg + "</svg>";
}

// Every `stride`-th layer, so that they come to at most `limit` connections; 0: not even one.
std::size_t strideFor(const std::vector<ConnectionsLayer>& layers, std::size_t limit) {
    for (std::size_t stride = 1; stride <= layers.size(); ++stride) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < layers.size(); i += stride) {
            sum += static_cast<std::size_t>(layers[i].groups) * static_cast<std::size_t>(layers[i].inputs);
        }
        if (sum <= limit) return stride;
    }
    return 0;
}

std::string layerMaps(const std::optional<ConnectionLayout>& layout, const std::vector<ConnectionsLayer>& layers,
                      const ConnectionsRecord& record, std::size_t& connectionsLeft) {
    const std::size_t stride = strideFor(layers, connectionsLeft);
    if (stride == 0) return element("p", "The maps of the single layers are left out, to keep this file small.");
    std::string html;
    for (std::size_t i = 0; i < layers.size(); i += stride) {
        const ConnectionsLayer& layer = layers[i];
        const auto blockOf = [&](std::size_t number) {
            return layout ? layout->reader(static_cast<int>(number)).block : 0;
        };
        int widest = layer.inputs;  // of its block: columns of a block are equally wide
        for (std::size_t other = 0; other < layers.size(); ++other) {
            if (blockOf(other) == blockOf(i)) widest = std::max(widest, layers[other].inputs);
        }
        const auto number = static_cast<int>(i);
        const std::string name = layout ? "layer " + layout->reader(number).name : xmlText(layer.name, 80);
        std::vector<InputRange> sources;
        if (layout) {
            for (const int source : layout->sourcesOf(number))
                sources.push_back(layout->inputsFrom(number, layout->source(source)));
        }
        html +=
            fmt::format("<div class=\"layer-row\"><p><b>{}</b><br/>{} inputs, {}<br/>{} kept</p><div>{}</div></div>\n",
                        name, layer.inputs, layer.groups == 1 ? "1 group" : fmt::format("{} groups", layer.groups),
                        percent(keptShare(record.layers[i])),
                        layerMap(layer, record.layers[i], sources, 100.0 * layer.inputs / widest));
        connectionsLeft -= static_cast<std::size_t>(layer.groups) * static_cast<std::size_t>(layer.inputs);
    }
    if (stride > 1) {
        html += element("p", fmt::format("One layer in {} is drawn, to keep this file small.", stride));
    }
    return html;
}

std::string scaleHtml() {
    std::string html =
        "<p class=\"legend\"><span class=\"key\"><span class=\"swatch room\"></span> dropped</span> "
        "<span class=\"key\">weak ";
    for (int level = 1; level <= kLevels; ++level) html += fmt::format("<span class=\"swatch f{}\"></span>", level);
    return html + " strong</span></p>\n";
}

std::string momentOf(const ConnectionsKey& key) {
    switch (key.moment) {
        case ConnectionsMoment::kBeforeStep:
            return fmt::format("just before condensing step {}", key.stage + 1);
        case ConnectionsMoment::kAfterStep:
            return fmt::format("just after condensing step {}", key.stage);
        case ConnectionsMoment::kEpochEnd:
            break;
    }
    return fmt::format("at the end of epoch {}", key.epoch);
}

}  // namespace

std::string connectionMaps(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers,
                           const ConnectionsRecord& record, std::size_t& connectionsLeft) {
    const auto layout = layoutOf(spec, layers);
    std::string html = fmt::format("<p class=\"muted\">As they were {}, after {} training steps.</p>\n",
                                   momentOf(record.key), record.key.step);
    html += scaleHtml();
    if (layout) html += wholeMap(*layout, layers, record);
    html += "<h4>Layer by layer</h4>\n" + layerMaps(layout, layers, record, connectionsLeft);
    return html +
           "<p class=\"caption\">One row a group of the learned 1×1 convolution, one column an input channel, in the "
           "order "
           "in which the network made them; the bar above marks, in turns, the channels of each layer before. Drawn is "
           "the "
           "importance Σ<sub>o</sub> |w<sub>o,i</sub> · m<sub>g,i</sub>|, summed over the filters o of "
           "group g, in proportion to the layer's largest, in six levels. m is the mask: where it is 0 the connection "
           "was "
           "dropped and nothing is drawn.</p>\n";
}

}  // namespace condenser::report
