#include "condense/given_connections.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/rng.h"

namespace condenser {

std::vector<int> givenInputs(const LearnedGroupConv& layer, int group, Condensing condensing, std::uint64_t seed,
                             int number) {
    CORE_CHECK(condensing == Condensing::kFixed || condensing == Condensing::kRandom);
    const int inputs = layer.inputs(), factor = layer.condenseFactor();
    const int keep = inputs - inputs / factor * (factor - 1);
    std::vector<int> order(static_cast<std::size_t>(inputs));
    std::iota(order.begin(), order.end(), 0);
    if (condensing == Condensing::kFixed) {
        std::rotate(order.begin(), order.begin() + group * inputs / layer.groups(), order.end());
    } else {
        // The first `keep` cards of a deck that is shuffled no further than that.
        Rng rng(seed, RandomStream::kConnections, static_cast<std::uint64_t>(number),
                static_cast<std::uint64_t>(group));
        for (int i = 0; i < keep; ++i) {
            std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(rng.between(i, inputs - 1))]);
        }
    }
    order.resize(static_cast<std::size_t>(keep));
    std::sort(order.begin(), order.end());
    return order;
}

CondensingReport giveConnections(Network& network, Condensing condensing, std::uint64_t seed) {
    CondensingReport report;
    report.stage = network.spec().condenseFactor - 1;
    int number = 0;
    for (const Network::LearnedLayer& learned : network.learnedLayers()) {
        LearnedGroupConv& layer = *learned.conv;
        CORE_CHECK(layer.stage() == 0 && layer.droppedPerGroup() == 0);
        LayerDrop drop{learned.name, std::vector<std::vector<int>>(static_cast<std::size_t>(layer.groups()))};
        int dropped = 0;  // by each group
        for (int g = 0; g < layer.groups(); ++g) {
            const std::vector<int> kept = givenInputs(layer, g, condensing, seed, number);
            std::vector<int>& gone = drop.inputs[static_cast<std::size_t>(g)];
            for (int c = 0; c < layer.inputs(); ++c) {
                if (!std::binary_search(kept.begin(), kept.end(), c)) gone.push_back(c);
            }
            dropped = static_cast<int>(gone.size());
            report.dropped += dropped;
        }
        layer.drop(drop.inputs, dropped);
        layer.setStage(report.stage);
        layer.zeroDropped();
        report.layers.push_back(std::move(drop));
        ++number;
    }
    report.kept = keptShare(network);
    return report;
}

}  // namespace condenser
