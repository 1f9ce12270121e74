// Words, CSV and Markdown of stability.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/markdown_text.h"
#include "connections/connection_layout.h"
#include "experiment/stability.h"

namespace condenser {
namespace {

std::string figure(double value, const char* none = "–") {
    return std::isfinite(value) ? fmt::format("{:.2f}", value) : none;
}

std::string percent(double share) {
    return std::isfinite(share) ? fmt::format("{:.1f} %", 100 * share) : "–";
}

// As exact as it is kept.
std::string cell(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "";
}

}  // namespace

std::string layerLevelWords(const Stability& stability) {
    const std::size_t pairs = stability.pairs.size();
    const double correlation = stability.meanCorrelation();
    const Shuffled shuffled = stability.shuffled();
    if (!std::isfinite(correlation) || !std::isfinite(shuffled.highest))
        return "Layer level: a map has no variation at all, so that no correlation can be told.";
    std::string words = fmt::format("Layer level: r = {} ", figure(correlation));
    if (pairs == 1) {
        words += "between the maps of the two runs";
    } else {
        const auto [lowest, highest] = std::ranges::minmax(stability.pairs, {}, &PairStability::correlation);
        words += fmt::format("on average between the maps of two runs ({} to {} in {} pairs)",
                             figure(lowest.correlation), figure(highest.correlation), pairs);
    }
    words += fmt::format("; with the cells of each column shuffled it is {} on average and at most {}, and ",
                         figure(shuffled.mean), figure(shuffled.highest));
    return words + (shuffled.reaching > 0
                        ? fmt::format("{} of the draws are as high as the runs’ own.", percent(shuffled.reaching))
                        : fmt::format("none of the {} draws is as high as the runs’ own.",
                                      pairs * std::size_t{Stability::kShuffles}));
}

std::string groupLevelWords(const Stability& stability) {
    const Overlap all = stability.overlapOfAll();
    const double share = all.share(), chance = all.shareByChance();
    std::string words = fmt::format(
        "Group level: {} of the kept connections are common to two runs, their groups matched; groups that choose "
        "blindly would have {} in common",
        percent(share), percent(chance));
    if (chance > 0) words += fmt::format(", so the runs share {:.2f} times what chance gives", share / chance);
    return words + ".";
}

std::string stabilityCsv(const Stability& stability) {
    std::string csv = "seed_a,seed_b,correlation,shuffled_mean,shuffled_highest,shuffled_reaching,overlap,chance\n";
    for (const PairStability& pair : stability.pairs) {
        csv += fmt::format("{},{},{},{},{},{},{},{}\n", pair.seedA, pair.seedB, cell(pair.correlation),
                           cell(pair.shuffled.mean), cell(pair.shuffled.highest), cell(pair.shuffled.reaching),
                           cell(pair.overlap), cell(pair.chance));
    }
    return csv;
}

std::string stabilityMarkdown(const Stability& stability) {
    std::string text = markdownHeading({"Seeds", "Correlation", "Shuffled, mean", "Shuffled, highest", "Draws as high",
                                        "Connections in common", "By chance"});
    for (const PairStability& pair : stability.pairs) {
        text += markdownRow({fmt::format("{} and {}", pair.seedA, pair.seedB), figure(pair.correlation),
                             figure(pair.shuffled.mean), figure(pair.shuffled.highest), percent(pair.shuffled.reaching),
                             percent(pair.overlap), percent(pair.chance)});
    }
    text += fmt::format(
        "\n{}\n\n{}\n\nShuffled: {} draws a pair. In common: of all learned connections kept, those that both keep. By "
        "chance: every group keeps as many inputs, chosen blindly, and groups are matched as well.\n\n",
        layerLevelWords(stability), groupLevelWords(stability), Stability::kShuffles);
    text += markdownHeading({"Layer", "Inputs", "Connections in common", "By chance"});
    const ConnectionLayout layout = layoutOf(stability.spec);
    const std::vector<ConnectionsLayer> layers = layersOf(stability.spec);
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const Overlap overlap = stability.overlapOfAll(layer);
        text += markdownRow({layout.reader(layer).name, std::to_string(layers[static_cast<std::size_t>(layer)].inputs),
                             percent(overlap.share()), percent(overlap.shareByChance())});
    }
    return text;
}

}  // namespace condenser
