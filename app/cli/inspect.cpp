// inspect: what a network costs, layer by layer, and which connections of it live.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/inspect_baseline.h"
#include "cli/inspect_connections.h"
#include "cli/inspect_paper.h"
#include "cli/inspect_tables.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "condense/condense_step.h"
#include "infer/baselines.h"
#include "network/summary_of.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string variant;  // dense, learned, condensed; empty: the form stored
    bool layers = false, paper = false;
    std::string connections, at, csv;  // as in ConnectionsRequest; empty: not given
};

struct Inspection {
    NetworkSpec spec;
    std::string variant;
    NetworkSummary summary;
    int stepsDone = 0;                 // of condenseFactor - 1 condensing steps
    std::vector<std::string> classes;  // empty where the model does not name them
    std::optional<ShownConnections> connections;
};

// What is asked about the connections; nothing if nothing is.
std::optional<ConnectionsRequest> requestOf(const Options& options) {
    if (options.connections.empty() && options.at.empty() && options.csv.empty()) return std::nullopt;
    ConnectionsRequest request;
    if (!options.connections.empty()) request.layer = options.connections;
    if (!options.at.empty()) request.at = options.at;
    request.csv = options.csv;
    return request;
}

// A model that is only a preset or spec is counted without making it.
bool needsNetwork(const Options& options) {
    return !looksLikeSpec(options.model.model) || !options.model.weights.empty() || requestOf(options);
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
    if (!model) {
        if (isRunFolder(request.model))
            model.error().remedy += ", or add --connections all to see what the run recorded";
        return tl::unexpected(model.error());
    }
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
    if (const auto asked = requestOf(options)) {
        if (auto allowed = refuseSource(options.model, asked->csv, "cannot write the table"); !allowed)
            return tl::unexpected(allowed.error());
        Result<ShownConnections> connections = showConnections(model->info, *asked, common.json);
        if (!connections) return tl::unexpected(connections.error());
        inspection.connections = std::move(*connections);
    }
    return inspection;
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
    if (inspection.connections) json.update(inspection.connections->members);
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
        "model       {}\nspec        {}\nvariant     {}\ncondensing  {}\nmacs        {} "
        "multiply-adds\n"
        "params      {} parameters\nref_flops   {} operations, as the reference counts\n",
        options.model.model, inspection.spec.text(), inspection.variant,
        stepsText(inspection.stepsDone, inspection.spec), scaled(inspection.summary.macs),
        scaled(inspection.summary.params), scaled(inspection.summary.refFlops));
    if (!inspection.classes.empty()) text += "classes     " + listed(inspection.classes) + "\n";
    if (options.layers) text += "\n" + layersText(inspection.summary);
    if (inspection.connections) text += "\n" + inspection.connections->text;
    return text;
}

// A run's record is of the network in training, as it is: there is nothing to convert or to count.
Result<> refuseModelFlags(const Options& options) {
    const ModelOptions& model = options.model;
    const char* flag = !options.variant.empty() ? "--variant"
                       : !model.weights.empty() ? "--weights"
                       : model.classifierKeep   ? "--classifier-keep"
                       : model.referenceQuirks  ? "--reference-quirks"
                       : options.layers         ? "--layers"
                                                : nullptr;
    if (flag == nullptr) return {};
    return fail(ErrorCode::kUsage, "cannot show the connections", flag, "it is about a model, and --model names a run",
                fmt::format("leave it out, or give a model of the run: {}",
                            (std::filesystem::path(model.model) / "model.safetensors").string()));
}

// The table's networks are its own.
Result<> refuseWithPaper(const Options& options) {
    const ModelOptions& model = options.model;
    const char* flag = !model.model.empty()           ? "--model"
                       : !model.weights.empty()       ? "--weights"
                       : !options.variant.empty()     ? "--variant"
                       : model.classifierKeep         ? "--classifier-keep"
                       : model.referenceQuirks        ? "--reference-quirks"
                       : options.layers               ? "--layers"
                       : !options.connections.empty() ? "--connections"
                       : !options.at.empty()          ? "--at"
                       : !options.csv.empty()         ? "--csv"
                                                      : nullptr;
    if (flag == nullptr) return {};
    return fail(ErrorCode::kUsage, "wrong usage", flag, "--paper has networks of its own, in both forms",
                "leave one of them out");
}

Outcome inspect(const Options& options, const Common& common) {
    if (options.paper) {
        if (auto allowed = refuseWithPaper(options); !allowed) return tl::unexpected(allowed.error());
        return inspectPaper(common);
    }
    if (options.model.model.empty()) {
        return fail(ErrorCode::kUsage, "wrong usage", "--model", "it is required", "name a model, or give --paper");
    }
    if (isBaseline(options.model.model)) {
        if (const auto asked = requestOf(options)) {
            return fail(ErrorCode::kUsage, "cannot show the connections", asked->layer,
                        options.model.model + " has no learned convolution", "leave out --connections, --at and --csv");
        }
        ModelOptions request = options.model;
        request.variant = options.variant;
        return inspectBaseline(request, options.layers, common);
    }
    const auto asked = requestOf(options);
    if (asked && isRunFolder(options.model.model)) {
        if (auto allowed = refuseModelFlags(options); !allowed) return tl::unexpected(allowed.error());
        return inspectRun(options.model.model, *asked, common);
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
    command.text(
        {"--model", "M", "Model file, PyTorch checkpoint, preset or spec of the network (required but for --paper)"},
        options->model.model);
    command.text({"--weights", "FILE", "State dict or PyTorch checkpoint for a preset or spec"},
                 options->model.weights);
    command.choice(
        {"--variant", "V", "dense, condensed or learned: a learned convolution at 1/C (default: the form stored)"},
        {"dense", "learned", "condensed"}, options->variant);
    addConversionFlags(command, options->model);
    command.yes("--layers", "Lists every layer", options->layers);
    command.text(
        {"--connections", "LAYER",
         "Shows which inputs each group of this 1x1 convolution reads, and how strongly: 2.3, or T1 for the first "
         "transition that has one; all: every layer. "
         "--model may then be the folder of a run, finished or training"},
        options->connections);
    command.text({"--at", "MOMENT",
                  "The moment of a run: last, best, epoch:12, before:2 or after:2 (condensing step 2), all (default: "
                  "last)"},
                 options->at);
    command.text({"--csv", "FILE",
                  "Writes a line for each moment, layer, group and input: live or dropped, importance, the layer that "
                  "made the input (0.0: the stem; a transition is the layer behind its block's last)"},
                 options->csv);
    command.yes("--paper", "The counts that are published for CondenseNets, and ours beside them", options->paper);
}

}  // namespace condenser::cli
