#include "compare/paper_table.h"

#include <algorithm>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "infer/baselines.h"
#include "network/summary_of.h"

namespace condenser {
namespace {

constexpr int kSide = 224;
constexpr double kPublishedClassifier = 0.5;  // the share that the published counts keep

Result<BenchModel> openCondensed(const char* preset, std::uint64_t seed) {
    const auto spec = parseNetworkSpec(preset);
    if (!spec) return tl::unexpected(spec.error());
    Network network(*spec, seed);
    condenseNetwork(network, spec->condenseFactor - 1, CondensingRules::kCorrected);
    const auto condensed = condensedNetwork(network, {kPublishedClassifier});
    if (!condensed) return tl::unexpected(condensed.error());
    return BenchModel{preset, "condensed", graphOf(*condensed, kSide, kSide, DroppedConnections::kSkip),
                      summaryOf(*condensed).params};
}

Result<BenchModel> openDense(const char* name, std::uint64_t seed) {
    auto graph = baselineGraph(name, kSide, kSide, seed);
    if (!graph) return tl::unexpected(graph.error());
    const std::int64_t params = graph->params;
    return BenchModel{name, "dense", std::move(*graph), params};
}

}  // namespace

const std::vector<PaperNetwork>& paperNetworks() {
    static const std::vector<PaperNetwork> networks{
        {"VGG-16", "vgg-16", false, 354},
        {"ResNet-18", "resnet-18", false, 8.14},
        {"MobileNet 1.0", "mobilenet-1.0", false, 1.96},
        {"CondenseNet-74 C=G=4", "condensenet-74-g4", true, 1.89},
        {"CondenseNet-74 C=G=8", "condensenet-74-g8", true, 0.99},
    };
    return networks;
}

const PaperNetwork* findPaperNetwork(std::string_view preset) {
    const auto& all = paperNetworks();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& known) { return known.preset == preset; });
    return found == all.end() ? nullptr : &*found;
}

Result<std::vector<BenchModel>> openPaperNetworks(std::uint64_t seed, const std::stop_token& stop) {
    std::vector<BenchModel> models;
    for (const PaperNetwork& network : paperNetworks()) {
        if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
        auto model = network.condensed ? openCondensed(network.preset, seed) : openDense(network.preset, seed);
        if (!model) return tl::unexpected(model.error());
        models.push_back(std::move(*model));
    }
    return models;
}

}  // namespace condenser
