#include "condense/condense_step.h"

#include <algorithm>
#include <numeric>

namespace condenser {
namespace {

// Inputs of one group in ascending importance; equal ones by channel.
std::vector<int> ascending(const std::vector<double>& importance, int group, int inputs) {
    const double* mine = importance.data() + static_cast<std::ptrdiff_t>(group) * inputs;
    std::vector<int> order(static_cast<std::size_t>(inputs));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return mine[a] < mine[b]; });
    return order;
}

}  // namespace

std::vector<std::vector<int>> condenseLayer(LearnedGroupConv& layer, int stage, CondensingRules rules) {
    std::vector<std::vector<int>> dropped(static_cast<std::size_t>(layer.groups()));
    const bool reference = rules == CondensingRules::kReference;
    const int portion = layer.inputs() / layer.condenseFactor();
    const bool there = stage == layer.stage() &&
                       (reference || layer.livePairs() <= layer.groups() * (layer.inputs() - portion * stage));
    if (stage < layer.stage() || there) return dropped;
    const std::vector<double> importance = layer.importance();
    const int due = reference ? portion : portion * stage - layer.droppedPerGroup();
    for (int g = 0; g < layer.groups(); ++g) {
        std::vector<int> order = ascending(importance, g, layer.inputs());
        std::vector<int>& mine = dropped[static_cast<std::size_t>(g)];
        if (reference) {
            const auto first = order.begin() + layer.droppedPerGroup();
            mine.assign(first, first + due);
        } else {
            // Among the live ones only: one whose weights are all 0 must not be confused with one that is gone.
            order.erase(std::remove_if(order.begin(), order.end(), [&](int c) { return !layer.isLive(g, c); }),
                        order.end());
            const int keep = layer.inputs() - portion * stage;
            mine.assign(order.begin(), order.begin() + std::max(0, static_cast<int>(order.size()) - keep));
        }
    }
    layer.drop(dropped, due);
    layer.setStage(stage);
    if (!reference) layer.zeroDropped();
    return dropped;
}

CondensingReport condenseNetwork(Network& network, int stage, CondensingRules rules) {
    CondensingReport report;
    report.stage = stage;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        const int before = layer.conv->livePairs();
        LayerDrop drop{layer.name, condenseLayer(*layer.conv, stage, rules)};
        report.dropped += before - layer.conv->livePairs();
        report.layers.push_back(std::move(drop));
    }
    report.kept = keptShare(network);
    return report;
}

int condensingStageOf(const Network& network) {
    int stage = network.spec().condenseFactor - 1;
    const auto lower = [&](const std::variant<LearnedGroupConv, CondenseConv>& conv) {
        const auto* learned = std::get_if<LearnedGroupConv>(&conv);
        if (learned != nullptr) stage = std::min(stage, learned->stage());
    };
    for (const DenseBlock& block : network.blocks()) {
        for (const DenseLayer& layer : block.layers) lower(layer.conv1);
        if (block.transition) lower(block.transition->conv);
    }
    return stage;
}

double keptShare(Network& network) {
    return keptShare(network, -1);
}

double keptShare(Network& network, int block) {
    std::int64_t live = 0, all = 0;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        if (block >= 0 && layer.block != block) continue;
        live += layer.conv->livePairs();
        all += static_cast<std::int64_t>(layer.conv->groups()) * layer.conv->inputs();
    }
    if (all == 0) return 1.0 / network.spec().condenseFactor;
    return static_cast<double>(live) / static_cast<double>(all);
}

}  // namespace condenser
