// bench: how long inference takes, the models and variants side by side.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/atomic_file.h"
#include "cli/baseline_model.h"
#include "cli/bench_report.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/progress.h"
#include "network/summary_of.h"
#include "ops/simd_target.h"

namespace condenser::cli {
namespace {

constexpr int kMaxBatch = 1024;
constexpr int kMaxSide = 4096;
constexpr const char* kBothVariants = "dense,condensed";
constexpr int kSweepBatches[] = {1, 8, 64};

struct Options {
    std::vector<std::string> models;
    ModelOptions model;  // what holds for all models: weights, variant, conversion
    std::optional<int> batch;
    std::optional<std::string> size;  // "32" or "17x12"; none: the model's
    double seconds = 5;
    bool layers = false, peak = false, sweep = false;
    std::optional<std::string> svg;
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

// A CondenseNet in one form; `variant` may be empty: the form stored.
Result<> addCondenseNet(const std::string& text, const std::string& variant, std::optional<Size> size,
                        const Options& options, const Common& common, std::vector<BenchModel>& models) {
    ModelOptions request = options.model;
    request.model = text;
    request.variant = variant;
    const Result<OpenedModel> opened = openModel(request, common);
    if (!opened) return tl::unexpected(opened.error());
    NetworkSpec spec = opened->info.spec;
    if (size) {
        spec.height = size->height;
        spec.width = size->width;
        if (auto valid = validateSpec(spec); !valid) return valid;
    }
    const Network& network = opened->network;
    const bool dense = network.variant() == Variant::kDense;
    models.push_back(
        {text, variantName(network.variant()),
         graphOf(network, spec.height, spec.width, dense ? DroppedConnections::kCompute : DroppedConnections::kSkip),
         summaryOf(network).params});
    return {};
}

Result<std::vector<BenchModel>> openModels(const Options& options, const Common& common) {
    std::optional<Size> size;
    if (options.size) {
        const Result<Size> parsed = parseSize(*options.size);
        if (!parsed) return tl::unexpected(parsed.error());
        size = *parsed;
    }
    std::vector<std::string> variants{options.model.variant};
    if (options.model.variant == kBothVariants) variants = {"dense", "condensed"};
    std::vector<BenchModel> models;
    for (const std::string& text : options.models) {
        if (isBaseline(text)) {
            if (auto added = addBaseline(text, size, options, common, models); !added)
                return tl::unexpected(added.error());
            continue;
        }
        for (const std::string& variant : variants) {
            if (auto added = addCondenseNet(text, variant, size, options, common, models); !added)
                return tl::unexpected(added.error());
        }
    }
    return models;
}

Result<> checkOptions(const Options& options) {
    const auto wrong = [](const char* where, const char* why, const char* remedy) {
        return fail(ErrorCode::kUsage, "wrong usage", where, why, remedy);
    };
    if (options.sweep && options.batch)
        return wrong("--batch", "--sweep has batches of its own: 1, 8 and 64", "give one of the two");
    if (!options.model.weights.empty() && options.models.size() > 1)
        return wrong("--weights", "it goes with one --model, and there are several", "time them in two runs");
    return {};
}

// 1, 2, 4, ... up to `most`, and that itself.
std::vector<int> sweepThreads(int most) {
    std::vector<int> threads;
    for (int count = 1; count < most; count *= 2) threads.push_back(count);
    threads.push_back(most);
    return threads;
}

Result<BenchReport> measure(const Options& options, const Common& common, const std::vector<BenchModel>& models,
                            const std::stop_token& stop) {
    std::vector<int> threadCounts{common.threadCount()}, batches{options.batch.value_or(1)};
    if (options.sweep) {
        threadCounts = sweepThreads(common.threadCount());
        batches.assign(std::begin(kSweepBatches), std::end(kSweepBatches));
    }
    Progress progress(common.quiet);
    const auto parts = static_cast<double>(threadCounts.size() * batches.size());
    double partsDone = 0;

    BenchReport report{cpuName(), activeSimdTarget(), 1, options.sweep, {}, {}};
    for (const int threads : threadCounts) {
        ThreadPool pool(threads);
        report.threads = pool.size();
        if (options.peak) report.peaks.push_back({pool.size(), measurePeak(pool)});
        for (const int batch : batches) {
            BenchOptions timing;
            timing.batch = batch;
            timing.seconds = options.seconds;
            timing.layers = options.layers;
            timing.peak = options.peak ? &report.peaks.back().peak : nullptr;
            timing.seed = common.seed();
            timing.stop = stop;
            timing.progress = [&](const std::string& name, double done, double total) {
                // Milliseconds of timing, over all parts.
                progress.bar("timing", static_cast<std::int64_t>((partsDone * total + done) * 1e3),
                             static_cast<std::int64_t>(parts * total * 1e3), name);
            };
            auto rows = benchModels(models, pool, timing);
            if (!rows) return tl::unexpected(rows.error());
            report.rows.insert(report.rows.end(), std::make_move_iterator(rows->begin()),
                               std::make_move_iterator(rows->end()));
            ++partsDone;
        }
    }
    return report;
}

Outcome bench(const Options& options, Frame& frame) {
    const Common& common = frame.common();
    if (auto good = checkOptions(options); !good) return tl::unexpected(good.error());
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    // Before the work is done: a place that cannot be written is told at once.
    std::optional<AtomicFile> svg;
    if (options.svg) {
        svg.emplace(*options.svg);
        if (auto opened = svg->open(); !opened) return tl::unexpected(opened.error());
    }
    const auto models = openModels(options, common);
    if (!models) return tl::unexpected(models.error());
    const Result<BenchReport> report = measure(options, common, *models, stop.get_token());
    if (!report) {
        if (report.error().code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(report.error());
    }
    if (svg) {
        if (auto written = svg->write(benchSvg(*report)); !written) return tl::unexpected(written.error());
        if (auto committed = svg->commit(); !committed) return tl::unexpected(committed.error());
    }
    const auto printed = common.json ? printJson(benchJson(*report)) : printText(benchText(*report));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addBench(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("bench", "Times inference, models and variants in alternating blocks in one run",
                                    "condenser-cli bench --model condensenet-86 --variant dense,condensed --peak",
                                    [options, &frame] { return bench(*options, frame); });
    command.texts({"--model", "M", "Model file, preset or spec; may be given several times", /*required=*/true},
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
    command.text({"--svg", "FILE", "Writes a bar chart of the medians"}, options->svg);
}

}  // namespace condenser::cli
