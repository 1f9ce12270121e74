// eval: how well a network does on the part of a data set that it was not trained on.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/data_options.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "data/data_name.h"
#include "train/evaluate.h"

namespace condenser::cli {
namespace {

// More classes than this make no matrix that anyone could read; the commonest mistakes are listed instead.
constexpr std::size_t kMatrixClasses = 16;
constexpr std::size_t kMistakesShown = 10;

struct Options {
    ModelOptions model;
    std::string data;
    std::optional<double> validation;
    std::optional<int> dataMemory;  // MB
};

// Data without a test part: the share that training held back. The one of the model's own training, with its seed,
// gives the pictures that it has not seen.
struct Split {
    double validation = 0;
    std::uint64_t seed = 1;
};

Split splitFor(const Options& options, const Common& common, const ModelFile& model) {
    if (options.validation) return {*options.validation, common.seed()};
    const auto trained = Json::parse(model.trained, nullptr, /*allow_exceptions=*/false);
    if (!trained.is_object() || trained.value("data", Json()) != options.data) return {0, common.seed()};
    const Json settings = trained.value("settings", Json::object());
    const Json share = settings.is_object() ? settings.value("validation", Json()) : Json();
    Json seed = settings.is_object() ? settings.value("seed", Json()) : Json();
    if (seed.is_number_unsigned()) seed = settings.value("split_seed", seed);  // a branch may order its pictures anew
    if (!share.is_number() || !seed.is_number_unsigned() || share < 0 || share >= 1) return {0, common.seed()};
    return {share.get<double>(), seed.get<std::uint64_t>()};
}

// Makes the data's labels those of the model: by name where the model's classes have names (the data may then lack
// some), else in the data's order.
Result<> matchClasses(const Options& options, const ModelFile& model, Dataset& data) {
    const auto refuse = [&](std::string why, std::string remedy) {
        return fail(ErrorCode::kBadData, "the data do not fit the model", options.data, std::move(why),
                    std::move(remedy));
    };
    if (!hasClassNames(model)) {
        if (data.classes.size() == static_cast<std::size_t>(model.spec.classes)) return {};
        return refuse(fmt::format("they have {} classes, the network has {}", data.classes.size(), model.spec.classes),
                      looksLikeSpec(options.model.model)
                          ? fmt::format("add classes={} to the spec", data.classes.size())
                          : "evaluate it on the data that it was trained on");
    }
    std::map<std::string, std::int32_t> labels;
    for (std::size_t k = 0; k < model.classes.size(); ++k)
        labels.emplace(model.classes[k], static_cast<std::int32_t>(k));
    std::vector<std::int32_t> labelOf;
    for (const std::string& name : data.classes) {
        const auto found = labels.find(name);
        if (found == labels.end()) {
            return refuse(fmt::format("the model does not know the class \"{}\"", name),
                          "evaluate it on data with its own classes");
        }
        labelOf.push_back(found->second);
    }
    for (std::int32_t& label : data.test.labels) label = labelOf[static_cast<std::size_t>(label)];
    data.classes = model.classes;
    return {};
}

Json asJson(const Options& options, const ModelFile& model, const Dataset& data, const Evaluation& result) {
    Json classes = Json::array();
    for (std::size_t k = 0; k < data.classes.size(); ++k) {
        classes.push_back(
            {{"name", data.classes[k]}, {"images", result.classImages[k]}, {"top1", result.classTop1[k]}});
    }
    return {{"model", options.model.model},
            {"variant", variantName(model.variant)},
            {"data", options.data},
            {"split", data.testName},
            {"images", result.images},
            {"top1", result.top1},
            {"top5", result.top5},
            {"loss", result.loss},
            {"images_per_s", result.imagesPerSecond},
            {"classes", classes},
            {"confusion", result.confusion}};
}

std::string matrixText(const Dataset& data, const Evaluation& result) {
    std::vector<Table::Column> columns{{"true class \\ answer"}};
    for (const std::string& name : data.classes) columns.push_back({name, Table::Align::kRight});
    Table table(columns);
    for (std::size_t k = 0; k < data.classes.size(); ++k) {
        std::vector<std::string> cells{data.classes[k]};
        for (const int count : result.confusion[k]) cells.push_back(count == 0 ? "." : std::to_string(count));
        table.row(std::move(cells));
    }
    return table.text();
}

std::string mistakesText(const Dataset& data, const Evaluation& result) {
    std::vector<std::tuple<int, std::size_t, std::size_t>> mistakes;  // images, true class, answer
    for (std::size_t truth = 0; truth < data.classes.size(); ++truth) {
        for (std::size_t answer = 0; answer < data.classes.size(); ++answer) {
            const int images = result.confusion[truth][answer];
            if (truth != answer && images > 0) mistakes.emplace_back(images, truth, answer);
        }
    }
    std::stable_sort(mistakes.begin(), mistakes.end(),
                     [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
    mistakes.resize(std::min(mistakes.size(), kMistakesShown));
    Table table({{"true class"}, {"answer"}, {"images", Table::Align::kRight}});
    for (const auto& [images, truth, answer] : mistakes) {
        table.row({data.classes[truth], data.classes[answer], std::to_string(images)});
    }
    return table.text();
}

std::string asText(const Options& options, const ModelFile& model, const Dataset& data, const Evaluation& result) {
    std::string text = fmt::format(
        "model   {} ({})\n"
        "data    {}, {} part, {} images\n"
        "top-1   {}\n"
        "top-5   {}\n"
        "loss    {:.4f}\n"
        "speed   {:.0f} images/s\n\n",
        options.model.model, variantName(model.variant), options.data, data.testName, result.images,
        percent(result.top1), percent(result.top5), result.loss, result.imagesPerSecond);
    Table table({{"class"}, {"images", Table::Align::kRight}, {"top-1", Table::Align::kRight}});
    for (std::size_t k = 0; k < data.classes.size(); ++k) {
        const bool any = result.classImages[k] > 0;
        table.row({data.classes[k], std::to_string(result.classImages[k]), any ? percent(result.classTop1[k]) : "-"});
    }
    text += table.text() + "\n";
    return text + (data.classes.size() <= kMatrixClasses ? matrixText(data, result) : mistakesText(data, result));
}

Outcome eval(const Options& options, const Common& common, Frame& frame) {
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());

    Progress progress(common.quiet);
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const auto interruptedOr = [](const Error& error) -> Outcome {
        if (error.code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(error);
    };

    DatasetOptions reading;
    reading.height = model->info.spec.height;
    reading.width = model->info.spec.width;
    const Split split = splitFor(options, common, model->info);
    reading.validation = split.validation;
    reading.ownTestFirst = true;
    reading.seed = split.seed;
    reading.threads = common.threadCount();
    reading.evaluationOnly = true;
    reading.preprocess = &model->info.preprocess;
    reading.memoryLimit = bytesOf(options.dataMemory);
    reading.stop = stop.get_token();
    reading.scanning = [&progress](std::int64_t found) { progress.counter("looking for pictures", found, "found"); };
    reading.progress = [&progress](std::int64_t done, std::int64_t total) {
        progress.countingBar("reading pictures", done, total, "pictures");
    };
    Result<Dataset> data = openDataset(options.data, reading);
    progress.wipe();
    if (!data) return interruptedOr(data.error());
    for (const UnreadableFile& file : data->unreadable)
        printNotice(fmt::format("left out: {}: {}", file.path.string(), file.why));
    if (auto fits = matchClasses(options, model->info, *data); !fits) return tl::unexpected(fits.error());

    ThreadPool pool(common.threadCount());
    EvaluateOptions evaluating;
    evaluating.interruption = [&stop] { return stop.stop_requested(); };
    evaluating.progress = [&progress](int done, int total) {
        progress.countingBar("evaluating", done, total, "images");
    };
    const Result<Evaluation> result = evaluate(model->network, *data, data->test, pool, evaluating);
    progress.wipe();
    if (!result) return interruptedOr(result.error());

    const auto printed = common.json ? printJson(asJson(options, model->info, *data, *result))
                                     : printText(asText(options, model->info, *data, *result));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addEval(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("eval", "Top-1, top-5, loss, per-class accuracy, confusion matrix, images/s",
                      "condenser-cli eval --model run/model.safetensors --data shapes10 --variant condensed",
                      [options, &frame] { return eval(*options, frame.common(), frame); });
    addModelFlags(command, options->model);
    addVariantFlag(command, options->model);
    addConversionFlags(command, options->model);
    command.text({"--data", "D", std::string("Data set: ") + kDataNames, /*required=*/true}, options->data);
    command.number({"--validation", "R",
                    "For data without a test part: share to hold back (default: as in the model's own training)"},
                   0, 0.99, options->validation);
    addDataMemoryFlag(command, options->dataMemory);
}

}  // namespace condenser::cli
