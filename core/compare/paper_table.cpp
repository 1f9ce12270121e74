#include "compare/paper_table.h"

#include <fmt/format.h>

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
        {"VGG-16", "vgg-16", false, {"15,300M", 15300e6}, 354},
        {"ResNet-18", "resnet-18", false, {"1,818M", 1818e6}, 8.14},
        {"MobileNet 1.0", "mobilenet-1.0", false, {"569M", 569e6}, 1.96},
        {"CondenseNet-74 C=G=4", "condensenet-74-g4", true, {"529M", 529e6}, 1.89},
        {"CondenseNet-74 C=G=8", "condensenet-74-g8", true, {"274M", 274e6}, 0.99},
    };
    return networks;
}

const PaperNetwork* findPaperNetwork(std::string_view preset) {
    const auto& all = paperNetworks();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& known) { return known.preset == preset; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<PaperRatio> paperRatios(const BenchReport& report, const BenchRow& row) {
    const PaperNetwork* network = findPaperNetwork(row.model);
    std::vector<PaperRatio> ratios;
    if (network == nullptr) return ratios;
    for (const PaperNetwork& to : paperNetworks()) {
        if (!to.condensed) continue;
        const auto partner = std::find_if(report.rows.begin(), report.rows.end(), [&](const BenchRow& other) {
            return other.model == to.preset && other.batch == row.batch && other.threads == row.threads;
        });
        if (partner == report.rows.end()) continue;
        PaperRatio& ratio = ratios.emplace_back();
        ratio.to = &to;
        ratio.measured = row.medianMs / partner->medianMs;
        ratio.published = network->publishedSeconds / to.publishedSeconds;
        if (&*partner != &row)
            ratio.interval = ratioInterval(row.samplesMs, row.blocks, partner->samplesMs, partner->blocks);
    }
    return ratios;
}

std::vector<std::string> paperRatioTexts(const BenchReport& report, const BenchRow& row) {
    std::vector<std::string> cells;
    for (const PaperRatio& ratio : paperRatios(report, row)) {
        cells.push_back(fmt::format("{:.2f} x", ratio.measured));
        cells.push_back(ratio.interval ? fmt::format("{:.2f}-{:.2f}", ratio.interval->low, ratio.interval->high) : "");
        cells.push_back(fmt::format("{:.2f} x", ratio.published));
    }
    return cells;
}

std::string paperNotes(const BenchReport& report) {
    std::string text =
        "Published: the times printed with the paper, of an ARM processor; they were not measured here.\n"
        "Neither that processor nor its threads or framework are named: compare ratios, never times.\n"
        "Published FLOPs are as printed; those of CondenseNets count ReLU and pooling, too (condenser-cli inspect "
        "--paper).\n";
    const bool changed = std::any_of(report.rows.begin(), report.rows.end(), [&](const BenchRow& row) {
        const auto ratios = paperRatios(report, row);
        return std::any_of(ratios.begin(), ratios.end(), [](const PaperRatio& ratio) { return ratio.paceChanged(); });
    });
    if (changed) text += fmt::format("Ratios of medians lie outside of their intervals: {}.\n", kPaceChanged);
    return text;
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
