// Words, CSV and Markdown of stability.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "connections/connection_layout.h"
#include "experiment/stability.h"

namespace condenser {
namespace {

std::string figure(double value, const char* none = "–") {
    return std::isfinite(value) ? fmt::format("{:.2f}", value) : none;
}

std::string percent(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

// As exact as it is kept.
std::string cell(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "";
}

std::string countOf(std::size_t pairs) {
    return pairs == 1 ? "the one pair of runs" : fmt::format("{} pairs of runs", pairs);
}

}  // namespace

std::string layerLevelWords(const Stability& stability) {
    const std::size_t pairs = stability.pairs.size();
    const double correlation = stability.meanCorrelation();
    if (!std::isfinite(correlation) || !std::isfinite(stability.shuffledHighest))
        return "Layer level: a map has no variation at all, so that no correlation can be told.";
    double lowest = 1;
    for (const PairStability& pair : stability.pairs) lowest = std::min(lowest, pair.correlation);
    const std::string found =
        pairs == 1 ? fmt::format("Layer level: r = {} between the maps of the two runs", figure(correlation))
                   : fmt::format("Layer level: r = {} on average over the maps of {} (lowest {})", figure(correlation),
                                 countOf(pairs), figure(lowest));
    const std::string meaning =
        lowest > stability.shuffledHighest
            ? "the runs agree, more than by chance, on which sources each layer reads most strongly."
        : correlation > stability.shuffledHighest ? "on average the runs agree more than that, but not every pair does."
                                                  : "shuffled columns reach as much, so no agreement is shown.";
    return fmt::format("{}; with the cells of each column shuffled it is {} on average and at most {}: {}", found,
                       figure(stability.shuffledMean), figure(stability.shuffledHighest), meaning);
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
    std::string csv = "seed_a,seed_b,correlation,overlap,chance\n";
    for (const PairStability& pair : stability.pairs) {
        csv += fmt::format("{},{},{},{},{}\n", pair.seedA, pair.seedB, cell(pair.correlation), cell(pair.overlap),
                           cell(pair.chance));
    }
    return csv;
}

std::string stabilityMarkdown(const Stability& stability) {
    std::string text =
        "| Seeds | Correlation | Shuffled, mean | Shuffled, highest | Connections in common | By chance |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for (const PairStability& pair : stability.pairs) {
        text += fmt::format("| {} and {} | {} | {} | {} | {} | {} |\n", pair.seedA, pair.seedB,
                            figure(pair.correlation), figure(pair.shuffledMean), figure(pair.shuffledHighest),
                            percent(pair.overlap), percent(pair.chance));
    }
    text += fmt::format(
        "\n{}\n\n{}\n\nShuffled: {} draws a pair. In common: of all learned connections kept, those that both keep. By "
        "chance: every group keeps as many inputs, chosen blindly, and groups are matched as well.\n\n",
        layerLevelWords(stability), groupLevelWords(stability), Stability::kShuffles);
    text += "| Layer | Inputs | Connections in common | By chance |\n| --- | ---: | ---: | ---: |\n";
    const ConnectionLayout layout = layoutOf(stability.spec);
    const std::vector<ConnectionsLayer> layers = layersOf(stability.spec);
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const Overlap overlap = stability.overlapOfAll(layer);
        text += fmt::format("| {} | {} | {} | {} |\n", layout.reader(layer).name,
                            layers[static_cast<std::size_t>(layer)].inputs, percent(overlap.share()),
                            percent(overlap.shareByChance()));
    }
    return text;
}

}  // namespace condenser
