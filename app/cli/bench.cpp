// bench: how long inference takes, the models and variants side by side.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/atomic_file.h"
#include "cli/baseline_model.h"
#include "cli/bench_report.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "compare/bench_document.h"
#include "compare/paper_table.h"
#include "condense/condense_step.h"
#include "condense/expand.h"
#include "data/data_name.h"
#include "network/summary_of.h"

namespace condenser::cli {
namespace {

constexpr int kMaxBatch = 1024;
constexpr int kMaxSide = 4096;

struct Options {
    std::vector<std::string> models;
    ModelOptions model;  // what holds for all models: weights, variant, conversion
    std::optional<int> batch;
    std::optional<std::string> size;  // "32" or "17x12"; none: the model's
    double seconds = 5;
    bool layers = false, peak = false, sweep = false, paper = false, equality = false, samples = false;
    std::string data;  // of the equality; empty: drawn pictures
    std::optional<std::string> svg, markdown, csv;
};

struct Size {
    int height = 0, width = 0;
};

// "32" or "17x12", height first.
Result<Size> parseSize(const std::string& text) {
    const auto side = [](const char* begin, const char* end, int& value) {
        const auto [rest, error] = std::from_chars(begin, end, value);
        return error == std::errc() && rest == end && value >= 1 && value <= kMaxSide;
    };
    const char* end = text.data() + text.size();
    const char* cross = std::find(text.data(), end, 'x');
    Size size;
    bool good = side(text.data(), cross, size.height);
    if (cross == end) {
        size.width = size.height;
    } else {
        good = good && side(cross + 1, end, size.width);
    }
    if (good) return size;
    return fail(ErrorCode::kUsage, "wrong usage", "--size",
                fmt::format("\"{}\" is no height or height x width from 1 to {}", text, kMaxSide),
                "write --size 32 or --size 17x12");
}

// A network that CondenseNet is measured against. Beside both forms of others it takes part in its only one.
Result<> addBaseline(const std::string& name, std::optional<Size> size, const Options& options, const Common& common,
                     std::vector<BenchModel>& models) {
    ModelOptions request = options.model;
    request.model = name;
    if (request.variant == kBothVariants) request.variant = "dense";
    const int own = findBaseline(name)->size;
    const Size of = size.value_or(Size{own, own});
    Result<Graph> graph = openBaseline(request, of.height, of.width, common);
    if (!graph) return tl::unexpected(graph.error());
    const std::int64_t params = graph->params;
    models.push_back({name, "dense", std::move(*graph), params});
    return {};
}

Result<> addNetwork(const std::string& text, const Network& network, std::optional<Size> size,
                    std::vector<BenchModel>& models) {
    NetworkSpec spec = network.spec();
    if (size) {
        spec.height = size->height;
        spec.width = size->width;
        if (auto valid = validateSpec(spec); !valid) return valid;
    }
    const bool dense = network.variant() == Variant::kDense;
    models.push_back(
        {text, variantName(network.variant()),
         graphOf(network, spec.height, spec.width, dense ? DroppedConnections::kCompute : DroppedConnections::kSkip),
         summaryOf(network).params});
    return {};
}

// A CondenseNet in the form that was asked for, or in both, whichever it is stored in.
Result<> addCondenseNet(const std::string& text, std::optional<Size> size, const Options& options, const Common& common,
                        std::vector<BenchModel>& models) {
    const bool both = options.model.variant == kBothVariants;
    ModelOptions request = options.model;
    request.model = text;
    if (both) request.variant.clear();
    Result<OpenedModel> opened = openModel(request, common);
    if (!opened) return tl::unexpected(opened.error());
    if (!both) return addNetwork(text, opened->network, size, models);
    if (opened->network.variant() == Variant::kCondensed) {
        const auto dense = expandedNetwork(opened->network);
        if (!dense) return tl::unexpected(dense.error());
        return addNetwork(text, *dense, size, models).and_then([&] {
            return addNetwork(text, opened->network, size, models);
        });
    }
    if (auto added = addNetwork(text, opened->network, size, models); !added) return added;
    request.variant = "condensed";
    const Result<OpenedModel> condensed = openModel(request, common);
    if (!condensed) return tl::unexpected(condensed.error());
    return addNetwork(text, condensed->network, size, models);
}

Result<std::vector<BenchModel>> openModels(const Options& options, const Common& common) {
    std::optional<Size> size;
    if (options.size) {
        const Result<Size> parsed = parseSize(*options.size);
        if (!parsed) return tl::unexpected(parsed.error());
        size = *parsed;
    }
    std::vector<BenchModel> models;
    for (const std::string& text : options.models) {
        auto added = isBaseline(text) ? addBaseline(text, size, options, common, models)
                                      : addCondenseNet(text, size, options, common, models);
        if (!added) return tl::unexpected(added.error());
    }
    return models;
}

// What is the table's own.
Result<> checkPaper(const Options& options) {
    const ModelOptions& model = options.model;
    const std::pair<bool, const char*> own[] = {{!options.models.empty(), "--model"},
                                                {!model.weights.empty(), "--weights"},
                                                {!model.variant.empty(), "--variant"},
                                                {model.classifierKeep.has_value(), "--classifier-keep"},
                                                {model.referenceQuirks, "--reference-quirks"},
                                                {options.batch.has_value(), "--batch"},
                                                {options.size.has_value(), "--size"},
                                                {options.sweep, "--sweep"},
                                                {options.equality, "--equality"}};
    for (const auto& [given, flag] : own) {
        if (!given) continue;
        return fail(ErrorCode::kUsage, "wrong usage", flag,
                    "--paper has networks of its own, for one picture of 224 x 224 at a time", "leave one of them out");
    }
    return {};
}

Result<> checkOptions(const Options& options) {
    const auto wrong = [](const char* where, const char* why, const char* remedy) {
        return fail(ErrorCode::kUsage, "wrong usage", where, why, remedy);
    };
    if (!options.data.empty() && !options.equality)
        return wrong("--data", "it names the pictures for --equality", "give --equality, too");
    if (options.paper) return checkPaper(options);
    if (options.models.empty()) return wrong("--model", "it is required", "name a model, or give --paper");
    if (options.sweep && options.batch)
        return wrong("--batch", "--sweep has batches of its own: 1, 8 and 64", "give one of the two");
    if (!options.model.weights.empty() && options.models.size() > 1)
        return wrong("--weights", "it goes with one --model, and there are several", "time them in two runs");
    if (options.equality && (options.models.size() > 1 || isBaseline(options.models.front())))
        return wrong("--equality", "it compares the two forms of one CondenseNet", "give one --model that is one");
    return {};
}

// The model in both forms, the condensed one as the flags ask for it.
Result<NetworkForms> openForms(const Options& options, const Common& common, ModelFile& info) {
    ModelRequest request{.model = options.models.front(),
                         .weights = options.model.weights,
                         .variant = std::nullopt,
                         .classifierKeep = options.model.classifierKeep.value_or(1.0),
                         .seed = common.seed(),
                         .referenceQuirks = options.model.referenceQuirks};
    auto stored = condenser::openModel(request);
    if (!stored) return tl::unexpected(stored.error());
    info = std::move(stored->info);
    if (info.variant == Variant::kCondensed) return NetworkForms::make(info);
    request.variant = Variant::kCondensed;
    auto condensed = condenser::openModel(request);
    if (!condensed) return tl::unexpected(condensed.error());
    const int outstanding = info.spec.condenseFactor - 1 - condensingStageOf(stored->network);
    return NetworkForms{std::move(stored->network), std::move(condensed->network), outstanding};
}

Result<std::optional<Equality>> equalityOf(const Options& options, const Common& common, const std::stop_token& stop) {
    if (!options.equality) return std::nullopt;
    ModelFile info;
    auto forms = openForms(options, common, info);
    if (!forms) return tl::unexpected(forms.error());
    ThreadPool pool(common.threadCount());
    EqualityOptions asked;
    asked.data = options.data;
    asked.mustReadData = true;
    asked.stop = stop;
    auto equality = measureEquality(*forms, info, pool, asked);
    if (!equality) return tl::unexpected(equality.error());
    return std::move(*equality);
}

Result<BenchReport> measure(const Options& options, const Common& common, std::span<const BenchModel> models,
                            const std::stop_token& stop) {
    Progress progress(common.quiet);
    const auto bar = [&progress](const char* label) {
        return [&progress, label](const std::string& name, double done, double total) {  // milliseconds
            progress.bar(label, static_cast<std::int64_t>(done * 1e3), static_cast<std::int64_t>(total * 1e3), name);
        };
    };
    BenchPlan plan;
    plan.threads = {common.threadCount()};
    plan.batches = {options.batch.value_or(1)};
    if (options.sweep) {
        plan.threads = sweepThreads(common.threadCount());
        plan.batches.assign(std::begin(kSweepBatches), std::end(kSweepBatches));
    }
    plan.paper = options.paper;
    plan.peak = options.peak;
    plan.timing.seconds = options.seconds;
    plan.timing.layers = options.layers;
    plan.timing.seed = common.seed();
    plan.timing.stop = stop;
    plan.timing.layersProgress = bar("layers");
    plan.progress = bar("timing");
    return measureBench(models, plan);
}

// Files to be written when there is something to write, whose places are taken before the work is done: one that cannot
// be written is told at once.
class Outputs {
  public:
    using Make = std::function<std::string(const BenchReport&)>;

    Result<> add(const std::optional<std::string>& path, Make make) {
        if (!path) return {};
        m_outputs.emplace_back(*path, std::move(make));
        return m_outputs.back().file.open();
    }

    Result<> write(const BenchReport& report) {
        for (Output& output : m_outputs) {
            if (auto written = output.file.write(output.make(report)); !written) return written;
            if (auto committed = output.file.commit(); !committed) return committed;
        }
        return {};
    }

  private:
    struct Output {
        AtomicFile file;
        Make make;
        Output(const std::string& path, Make of) : file(path), make(std::move(of)) {}
    };
    std::list<Output> m_outputs;
};

Outcome bench(const Options& options, Frame& frame) {
    const Common& common = frame.common();
    if (auto good = checkOptions(options); !good) return tl::unexpected(good.error());
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const auto interruptedOr = [](const Error& error) -> Outcome {
        if (error.code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(error);
    };
    Outputs outputs;
    for (const auto& [path, make] :
         {std::pair(&options.svg, Outputs::Make(benchSvg)), std::pair(&options.csv, Outputs::Make(benchCsv)),
          std::pair(&options.markdown, Outputs::Make(options.paper ? paperTableMarkdown : benchMarkdown))}) {
        if (auto added = outputs.add(*path, make); !added) return tl::unexpected(added.error());
    }
    const auto models = options.paper ? openPaperNetworks(common.seed()) : openModels(options, common);
    if (!models) return tl::unexpected(models.error());
    const auto equality = equalityOf(options, common, stop.get_token());
    if (!equality) return interruptedOr(equality.error());
    const Result<BenchReport> report = measure(options, common, *models, stop.get_token());
    if (!report) return interruptedOr(report.error());
    if (auto written = outputs.write(*report); !written) return tl::unexpected(written.error());
    const Samples samples = options.samples ? Samples::kEvery : Samples::kLeftOut;
    const std::string text = common.json
                                 ? benchJson(*report, samples, *equality) + "\n"
                                 : benchText(*report) + (*equality ? "\n" + equalityText(**equality) + "\n" : "");
    if (auto printed = printText(text); !printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addBench(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("bench", "Times inference, models and variants in alternating blocks in one run",
                                    "condenser-cli bench --model condensenet-86 --variant dense,condensed --peak",
                                    [options, &frame] { return bench(*options, frame); });
    command.texts({"--model", "M", "Model file, preset or spec; may be given several times (required but for --paper)"},
                  options->models);
    command.text({"--weights", "FILE", "State dict for a preset or spec"}, options->model.weights);
    command.choice({"--variant", "V",
                    "dense, condensed or dense,condensed (default: the form stored; of a preset or spec: dense)"},
                   {"dense", "condensed", kBothVariants}, options->model.variant);
    addConversionFlags(command, options->model);
    command.whole({"--batch", "B", "Pictures a call (default: 1)"}, 1, kMaxBatch, options->batch);
    command.text({"--size", "S", "Pictures of S x S, or of HxW pixels (default: the model's)"}, options->size);
    command.number({"--seconds", "T", "Timing of each model and variant, after warm-up (default: 5)"}, 1e-3, 3600,
                   options->seconds);
    command.yes("--layers", "Times every layer, too", options->layers);
    command.yes("--peak", "Measures this machine's limits first and compares with them", options->peak);
    command.yes("--sweep", "With 1, 2, 4, ... threads, and batches of 1, 8 and 64", options->sweep);
    command.yes("--paper",
                "The five networks of the paper's timing table, their ratios to CondenseNet, and what is published",
                options->paper);
    command.yes("--equality", "Compares the answers of the dense and the condensed form, too", options->equality);
    command.text({"--data", "D", std::string("Pictures for --equality: ") + kDataNames + " (default: drawn ones)"},
                 options->data);
    command.yes("--samples", "Puts every sample into the JSON", options->samples);
    command.text({"--svg", "FILE", "Writes a bar chart of the medians"}, options->svg);
    command.text({"--markdown", "FILE", "Writes a table in Markdown"}, options->markdown);
    command.text({"--csv", "FILE", "Writes a table in CSV"}, options->csv);
}

}  // namespace condenser::cli
