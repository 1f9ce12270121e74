// inspect: what a network costs, layer by layer, and which connections of it live.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/inspect_baseline.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/summary_of.h"
#include "condense/condense_step.h"
#include "infer/baselines.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string variant;  // dense, learned, condensed; empty: the form stored
    bool layers = false;
    std::string connections;  // a learned convolution's name; empty: none
};

// The connections of one 1x1 convolution.
struct Connections {
    std::string layer;
    int groups = 0, inputs = 0, outputs = 0;
    int condenseFactor = 1, stepsDone = 0;
    std::vector<std::vector<int>> index;  // per group, the inputs that it reads, in the order of the weights
};

struct Inspection {
    NetworkSpec spec;
    std::string variant;
    NetworkSummary summary;
    int stepsDone = 0;                 // of condenseFactor - 1 condensing steps
    std::vector<std::string> classes;  // empty where the model does not name them
    std::optional<Connections> connections;
};

// "features.denseblock_1.denselayer_2.conv_1" may be given in full, without "features." or as "1.2".
bool isNamed(const std::string& name, int block, int layer, const std::string& asked) {
    constexpr std::string_view kPrefix = "features.";
    return asked == name || asked == name.substr(kPrefix.size()) || asked == fmt::format("{}.{}", block + 1, layer + 1);
}

Result<Connections> connectionsOf(Network& network, const std::string& asked) {
    const int factor = network.spec().condenseFactor;
    std::string last;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        last = layer.name;
        if (!isNamed(layer.name, layer.block, layer.layer, asked)) continue;
        Connections found{
            layer.name, layer.conv->groups(), layer.conv->inputs(), layer.conv->outputs(), factor, layer.conv->stage(),
            {}};
        for (int group = 0; group < found.groups; ++group) {
            std::vector<int>& inputs = found.index.emplace_back();
            for (int input = 0; input < found.inputs; ++input) {
                if (layer.conv->isLive(group, input)) inputs.push_back(input);
            }
        }
        return found;
    }
    for (const Network::CondensedLayer& layer : network.condensedLayers()) {
        last = layer.name;
        if (!isNamed(layer.name, layer.block, layer.layer, asked)) continue;
        Connections found{layer.name,
                          layer.conv->groups(),
                          network.spec().layerInputs(layer.block, layer.layer),
                          layer.conv->outputs(),
                          factor,
                          factor - 1,
                          {}};
        const std::vector<std::int64_t>& index = layer.conv->index();
        const std::size_t perGroup = index.size() / static_cast<std::size_t>(found.groups);
        for (std::size_t group = 0; group < static_cast<std::size_t>(found.groups); ++group) {
            const auto first = index.begin() + static_cast<std::ptrdiff_t>(group * perGroup);
            found.index.emplace_back(first, first + static_cast<std::ptrdiff_t>(perGroup));
        }
        return found;
    }
    return fail(ErrorCode::kUsage, "cannot show the connections", asked, "there is no learned convolution of that name",
                fmt::format("the layers are features.denseblock_1.denselayer_1.conv_1 to {}", last));
}

// A model that is only a preset or spec is counted without making it.
bool needsNetwork(const Options& options) {
    return !looksLikeSpec(options.model.model) || !options.model.weights.empty() || !options.connections.empty();
}

Result<Inspection> inspectSpec(const Options& options) {
    const Result<NetworkSpec> spec = parseNetworkSpec(options.model.model);
    if (!spec) return tl::unexpected(spec.error());
    const std::string variant = options.variant.empty() ? "dense" : options.variant;
    const CountingMode mode = variant == "dense"     ? CountingMode::kDense
                              : variant == "learned" ? CountingMode::kLearned
                                                     : CountingMode::kCondensed;
    return Inspection{*spec,
                      variant,
                      summarize(*spec, mode, options.model.classifierKeep.value_or(1.0)),
                      mode == CountingMode::kCondensed ? spec->condenseFactor - 1 : 0,
                      {},
                      {}};
}

Result<Inspection> inspectNetwork(const Options& options, const Common& common) {
    ModelOptions request = options.model;
    // Counting at 1/C is a way to count a dense network.
    request.variant = options.variant == "learned" ? "dense" : options.variant;
    Result<OpenedModel> model = openModel(request, common);
    if (!model) return tl::unexpected(model.error());
    const NetworkSpec& spec = model->info.spec;
    const bool dense = model->network.variant() == Variant::kDense;
    Inspection inspection{spec,
                          variantName(model->network.variant()),
                          summaryOf(model->network),
                          dense ? condensingStageOf(model->network) : spec.condenseFactor - 1,
                          hasClassNames(model->info) ? model->info.classes : std::vector<std::string>{},
                          {}};
    if (options.variant == "learned") {
        inspection.variant = options.variant;
        inspection.summary = summarize(inspection.spec, CountingMode::kLearned);
    }
    if (!options.connections.empty()) {
        Result<Connections> connections = connectionsOf(model->network, options.connections);
        if (!connections) return tl::unexpected(connections.error());
        inspection.connections = std::move(*connections);
    }
    return inspection;
}

std::vector<int> maskOf(const Connections& connections, std::size_t group) {
    std::vector<int> mask(static_cast<std::size_t>(connections.inputs));
    for (const int input : connections.index[group]) mask[static_cast<std::size_t>(input)] = 1;
    return mask;
}

Json asJson(const Options& options, const Inspection& inspection) {
    Json json{{"model", options.model.model},        {"spec", inspection.spec.text()},
              {"variant", inspection.variant},       {"steps", inspection.spec.condenseFactor - 1},
              {"steps_done", inspection.stepsDone},  {"macs", inspection.summary.macs},
              {"params", inspection.summary.params}, {"ref_flops", inspection.summary.refFlops}};
    if (!inspection.classes.empty()) json["classes"] = inspection.classes;
    if (options.layers) {
        json["layers"] = Json::array();
        for (const LayerSummary& layer : inspection.summary.layers) {
            json["layers"].push_back({{"name", layer.name},
                                      {"op", layer.op},
                                      {"channels", layer.channels},
                                      {"height", layer.height},
                                      {"width", layer.width},
                                      {"inputs", layer.inputs},
                                      {"kernel", layer.kernel},
                                      {"groups", layer.groups},
                                      {"stride", layer.stride},
                                      {"macs", layer.macs},
                                      {"params", layer.params},
                                      {"ref_flops", layer.refOps}});
        }
    }
    if (const auto& connections = inspection.connections) {
        Json masks = Json::array();
        for (std::size_t group = 0; group < connections->index.size(); ++group)
            masks.push_back(maskOf(*connections, group));
        json["connections"] = {{"layer", connections->layer},
                               {"groups", connections->groups},
                               {"inputs", connections->inputs},
                               {"outputs", connections->outputs},
                               {"steps", connections->condenseFactor - 1},
                               {"steps_done", connections->stepsDone},
                               {"masks", masks},
                               {"index", connections->index}};
    }
    return json;
}

std::string layersText(const NetworkSummary& summary) {
    using Align = Table::Align;
    Table table({{"layer"},
                 {"op"},
                 {"output", Align::kRight},
                 {"kernel", Align::kRight},
                 {"groups", Align::kRight},
                 {"multiply-adds", Align::kRight},
                 {"parameters", Align::kRight}});
    for (const LayerSummary& layer : summary.layers) {
        const bool conv = layer.op == "conv";
        table.row({layer.name, layer.op, fmt::format("{} x {} x {}", layer.channels, layer.height, layer.width),
                   conv ? fmt::format("{0} x {0}", layer.kernel) : "", conv ? std::to_string(layer.groups) : "",
                   layer.macs > 0 ? std::to_string(layer.macs) : "",
                   layer.params > 0 ? std::to_string(layer.params) : ""});
    }
    return table.text();
}

std::string connectionsText(const Connections& connections) {
    std::string text = fmt::format("{}: {} inputs, {} outputs, {} groups, {} of {} condensing steps done\n",
                                   connections.layer, connections.inputs, connections.outputs, connections.groups,
                                   connections.stepsDone, connections.condenseFactor - 1);
    Table table({{"group", Table::Align::kRight},
                 {"live", Table::Align::kRight},
                 {"mask (# live, . dropped)"},
                 {"live inputs, counted from 0"}});
    for (std::size_t group = 0; group < connections.index.size(); ++group) {
        std::string mask;
        for (const int live : maskOf(connections, group)) mask += live != 0 ? '#' : '.';
        table.row({std::to_string(group), std::to_string(connections.index[group].size()), mask,
                   fmt::format("{}", fmt::join(connections.index[group], " "))});
    }
    return text + table.text();
}

// "3: arrow, checker, cross"; of many only the first.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 12;
    const std::size_t shown = std::min(names.size(), kShown);
    return fmt::format("{}: {}{}", names.size(),
                       fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       names.size() > shown ? ", ..." : "");
}

std::string asText(const Options& options, const Inspection& inspection) {
    std::string text = fmt::format(
        "model       {}\nspec        {}\nvariant     {}\ncondensing  {} of {} steps done\nmacs        {} "
        "multiply-adds\n"
        "params      {} parameters\nref_flops   {} operations, as the reference counts\n",
        options.model.model, inspection.spec.text(), inspection.variant, inspection.stepsDone,
        inspection.spec.condenseFactor - 1, scaled(inspection.summary.macs), scaled(inspection.summary.params),
        scaled(inspection.summary.refFlops));
    if (!inspection.classes.empty()) text += "classes     " + listed(inspection.classes) + "\n";
    if (options.layers) text += "\n" + layersText(inspection.summary);
    if (inspection.connections) text += "\n" + connectionsText(*inspection.connections);
    return text;
}

Outcome inspect(const Options& options, const Common& common) {
    if (isBaseline(options.model.model)) {
        if (!options.connections.empty()) {
            return fail(ErrorCode::kUsage, "cannot show the connections", options.connections,
                        options.model.model + " has no learned convolution", "leave out --connections");
        }
        ModelOptions request = options.model;
        request.variant = options.variant;
        return inspectBaseline(request, options.layers, common);
    }
    const Result<Inspection> inspection =
        needsNetwork(options) ? inspectNetwork(options, common) : inspectSpec(options);
    if (!inspection) return tl::unexpected(inspection.error());
    const auto printed =
        common.json ? printJson(asJson(options, *inspection)) : printText(asText(options, *inspection));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addInspect(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("inspect", "Multiply-adds and parameters, per layer; masks, steps, index layers",
                                    "condenser-cli inspect --model condensenet-86 --variant condensed --layers",
                                    [options, &frame] { return inspect(*options, frame.common()); });
    addModelFlags(command, options->model);
    command.choice(
        {"--variant", "V", "dense, condensed or learned: a learned convolution at 1/C (default: the form stored)"},
        {"dense", "learned", "condensed"}, options->variant);
    addConversionFlags(command, options->model);
    command.yes("--layers", "Lists every layer", options->layers);
    command.text({"--connections", "LAYER", "Shows which inputs each group of this 1x1 convolution reads"},
                 options->connections);
}

}  // namespace condenser::cli
