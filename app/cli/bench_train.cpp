// bench-train: how long a training step takes, at each condensing stage.
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>
#include <stop_token>

#include "bench/peak.h"
#include "bench/training_bench.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "condense/condense_step.h"
#include "infer/baselines.h"
#include "ops/simd_target.h"

namespace condenser::cli {
namespace {

constexpr int kMaxBatch = 4096;
constexpr const char* kAllStages = "all";

struct Options {
    std::vector<std::string> models;
    std::string weights;
    int batch = 64;
    std::string stage = kAllStages;
    double seconds = 5;
};

// A network and its rows, a stage each.
struct ModelRows {
    std::string model;
    bool wholeSchedule = false;  // all stages are there
    std::vector<TrainingRow> rows;
};

struct Report {
    std::string cpu, isa;
    int threads = 1, batch = 1;
    double flopsPerSecond = 0;
    std::vector<ModelRows> models;
};

// -1: all.
Result<int> parseStage(const std::string& text) {
    if (text == kAllStages) return -1;
    int stage = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), stage);
    if (error == std::errc() && rest == text.data() + text.size() && stage >= 0) return stage;
    return fail(ErrorCode::kUsage, "wrong usage", "--stage", fmt::format("\"{}\" is no condensing stage", text),
                "write --stage all, or a number from 0 to C - 1");
}

Result<Network> openDense(const std::string& model, const Options& options, const Common& common) {
    if (isBaseline(model)) {
        return fail(ErrorCode::kUsage, "cannot train", model, "it is a network to compare inference with",
                    "name a CondenseNet");
    }
    ModelOptions request;
    request.model = model;
    request.weights = options.weights;
    Result<OpenedModel> opened = openModel(request, common);
    if (!opened) return tl::unexpected(opened.error());
    if (opened->network.variant() == Variant::kDense) return std::move(opened->network);
    return fail(ErrorCode::kUsage, "cannot train", model, "it is condensed, and training is over then",
                "name the network that it was made from");
}

Result<Report> measure(const Options& options, const Common& common, const std::stop_token& stop) {
    const Result<int> stage = parseStage(options.stage);
    if (!stage) return tl::unexpected(stage.error());
    if (!options.weights.empty() && options.models.size() > 1) {
        return fail(ErrorCode::kUsage, "wrong usage", "--weights", "it goes with one --model, and there are several",
                    "time them in two runs");
    }
    std::vector<Network> networks;
    for (const std::string& model : options.models) {
        Result<Network> network = openDense(model, options, common);
        if (!network) return tl::unexpected(network.error());
        const int first = condensingStageOf(*network), last = network->spec().condenseFactor - 1;
        if (*stage > last || (*stage >= 0 && *stage < first)) {
            return fail(ErrorCode::kUsage, "wrong usage", "--stage",
                        fmt::format("{} has the stages {} to {}", model, first, last), "name one of them");
        }
        networks.push_back(std::move(*network));
    }
    ThreadPool pool(common.threadCount());
    Report report{cpuName(), activeSimdTarget(), pool.size(), options.batch, measurePeak(pool).flopsPerSecond, {}};
    Progress progress(common.quiet);
    double modelsDone = 0;
    for (std::size_t i = 0; i < networks.size(); ++i) {
        TrainingBenchOptions timing;
        timing.batch = options.batch;
        timing.stage = *stage;
        timing.seconds = options.seconds;
        timing.flopsPerSecond = report.flopsPerSecond;
        timing.seed = common.seed();
        timing.stop = stop;
        timing.progress = [&](const std::string& name, double done, double total) {
            progress.bar("timing", static_cast<std::int64_t>((modelsDone * total + done) * 1e3),
                         static_cast<std::int64_t>(static_cast<double>(networks.size()) * total * 1e3), name);
        };
        auto rows = benchTraining(options.models[i], networks[i], pool, timing);
        if (!rows) return tl::unexpected(rows.error());
        const bool whole = static_cast<int>(rows->size()) == networks[i].spec().condenseFactor;
        report.models.push_back({options.models[i], whole, std::move(*rows)});
        ++modelsDone;
    }
    return report;
}

Json toJson(const Report& report) {
    Json json{{"cpu", report.cpu},
              {"isa", report.isa},
              {"threads", report.threads},
              {"batch", report.batch},
              {"peak_gflops", report.flopsPerSecond / 1e9}};
    Json& rows = json["rows"] = Json::array();
    Json& schedule = json["schedule_images_per_s"] = Json::object();
    for (const ModelRows& model : report.models) {
        for (const TrainingRow& row : model.rows) {
            rows.push_back({{"model", row.model},
                            {"stage", row.stage},
                            {"images_per_s", row.imagesPerSecond()},
                            {"median_step_ms", row.medianMs},
                            {"p5_step_ms", row.p5Ms},
                            {"p95_step_ms", row.p95Ms},
                            {"forward_ms", row.forwardMs},
                            {"backward_ms", row.backwardMs},
                            {"optimizer_ms", row.optimizerMs},
                            {"peak_rss_mb", static_cast<double>(row.peakMemoryBytes) / 1e6},
                            {"runs", row.runs},
                            {"kept", row.kept},
                            {"macs", row.macs},
                            {"roofline_fraction", row.rooflineFraction()}});
        }
        if (model.wholeSchedule) schedule[model.model] = scheduleImagesPerSecond(model.rows);
    }
    return json;
}

std::string toText(const Report& report) {
    using Align = Table::Align;
    std::string text = fmt::format("{}, {}, {} thread{}; limit {:.1f} GFLOP/s\n\n", report.cpu, report.isa,
                                   report.threads, report.threads == 1 ? "" : "s", report.flopsPerSecond / 1e9);
    Table table({{"model"},
                 {"stage", Align::kRight},
                 {"connections", Align::kRight},
                 {"images/s", Align::kRight},
                 {"step ms", Align::kRight},
                 {"p5-p95 ms", Align::kRight},
                 {"forward", Align::kRight},
                 {"backward", Align::kRight},
                 {"optimizer", Align::kRight},
                 {"peak MB", Align::kRight},
                 {"M multiply-adds", Align::kRight},
                 {"of the limit", Align::kRight}});
    std::string schedules;
    for (const ModelRows& model : report.models) {
        for (const TrainingRow& row : model.rows) {
            const double all = row.forwardMs + row.backwardMs + row.optimizerMs;
            table.row({row.model, std::to_string(row.stage), fmt::format("{:.0f} %", row.kept * 100),
                       fmt::format("{:.1f}", row.imagesPerSecond()), fmt::format("{:.1f}", row.medianMs),
                       fmt::format("{:.1f}-{:.1f}", row.p5Ms, row.p95Ms),
                       fmt::format("{:.1f} %", row.forwardMs / all * 100),
                       fmt::format("{:.1f} %", row.backwardMs / all * 100),
                       fmt::format("{:.1f} %", row.optimizerMs / all * 100),
                       fmt::format("{:.0f}", static_cast<double>(row.peakMemoryBytes) / 1e6),
                       fmt::format("{:.2f}", static_cast<double>(row.macs) / 1e6),
                       fmt::format("{:.1f} %", row.rooflineFraction() * 100)});
        }
        if (model.wholeSchedule) {
            schedules += fmt::format("{}: {:.1f} images/s over a whole training, half of it at the last stage\n",
                                     model.model, scheduleImagesPerSecond(model.rows));
        }
    }
    return text + table.text() + (schedules.empty() ? "" : "\n" + schedules);
}

Outcome benchTrain(const Options& options, Frame& frame) {
    const Common& common = frame.common();
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const Result<Report> report = measure(options, common, stop.get_token());
    if (!report) {
        if (report.error().code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(report.error());
    }
    const auto printed = common.json ? printJson(toJson(*report)) : printText(toText(*report));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addBenchTrain(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("bench-train", "Times training steps at each condensing stage, in turn in one run",
                                    "condenser-cli bench-train --model condensenet-86 --batch 64",
                                    [options, &frame] { return benchTrain(*options, frame); });
    command.texts({"--model", "M", "Model file, preset or spec; may be given several times", /*required=*/true},
                  options->models);
    command.text({"--weights", "FILE", "State dict for a preset or spec"}, options->weights);
    command.whole({"--batch", "B", "Pictures a step (default: 64)"}, 1, kMaxBatch, options->batch);
    command.text({"--stage", "S", "Condensing steps reached, from 0 to C - 1, or all (default: all)"}, options->stage);
    command.number({"--seconds", "T", "Timing of each stage, after warm-up (default: 5)"}, 1e-3, 3600,
                   options->seconds);
}

}  // namespace condenser::cli
