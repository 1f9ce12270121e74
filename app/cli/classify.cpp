// classify: classes and probabilities of picture files.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "data/image_io.h"
#include "run/classifier.h"

namespace condenser::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    ModelOptions model;
    std::vector<std::string> pictures;
    int top = 5;
};

// A picture to classify, or why there is none at the place that was named.
using Found = Result<fs::path>;

void addFolder(const fs::path& folder, std::vector<Found>& found) {
    std::vector<fs::path> files;
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_regular_file(ignored) && isPictureFile(entry->path())) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    found.insert(found.end(), files.begin(), files.end());
    if (error) {
        found.push_back(fail(ErrorCode::kUnreadable, "cannot read the folder", folder.string(), error.message()));
    } else if (files.empty()) {
        found.push_back(fail(ErrorCode::kNotFound, "cannot classify the folder", folder.string(),
                             "there is no picture file in it"));
    }
}

std::vector<Found> findPictures(const std::vector<std::string>& named) {
    std::vector<Found> found;
    for (const std::string& name : named) {
        std::error_code error;
        if (fs::is_directory(name, error)) {
            addFolder(name, found);
        } else {
            found.push_back(fs::path(name));
        }
    }
    return found;
}

Json asJson(const fs::path& file, const Prediction& prediction) {
    Json top = Json::array();
    for (const ClassProbability& answer : prediction.answer().top) {
        top.push_back({{"class", answer.name}, {"index", answer.index}, {"probability", answer.probability}});
    }
    return {{"file", file.string()},
            {"height", prediction.height},
            {"width", prediction.width},
            {"milliseconds", prediction.answer().milliseconds},
            {"top", top}};
}

std::string asText(const fs::path& file, const Prediction& prediction) {
    std::string text = fmt::format("{}  ({} x {} pixels, {:.2f} ms)\n", file.string(), prediction.width,
                                   prediction.height, prediction.answer().milliseconds);
    Table table({{"  class"}, {"probability", Table::Align::kRight}});
    for (const ClassProbability& answer : prediction.answer().top)
        table.row({"  " + answer.name, percent(answer.probability)});
    return text + table.text();
}

Outcome classify(const Options& options, const Common& common) {
    const Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    ThreadPool pool(common.threadCount());
    Result<Classifier> classifier = Classifier::make(model->info, pool);
    if (!classifier) return tl::unexpected(classifier.error());

    Json pictures = Json::array();
    int failed = 0;
    for (const Found& picture : findPictures(options.pictures)) {
        const auto prediction =
            picture.and_then([&](const fs::path& file) { return classifier->classify(file, options.top); });
        if (!prediction) {
            ++failed;
            printError(prediction.error().text());
            pictures.push_back({{"file", prediction.error().where}, {"error", prediction.error().text()}});
        } else if (common.json) {
            pictures.push_back(asJson(*picture, *prediction));
        } else if (auto printed = printText(asText(*picture, *prediction)); !printed) {
            return tl::unexpected(printed.error());
        }
    }
    if (common.json) {
        const auto printed = printJson({{"model", options.model.model},
                                        {"variant", variantName(model->info.variant)},
                                        {"pictures", pictures},
                                        {"failed", failed}});
        if (!printed) return tl::unexpected(printed.error());
    }
    return failed == 0 ? kDone : kFailed;
}

}  // namespace

void addClassify(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("classify", "Classes and probabilities of picture files, or of all in a folder",
                                    "condenser-cli classify --model run/model.safetensors cat.jpg pictures",
                                    [options, &frame] { return classify(*options, frame.common()); });
    addModelFlags(command, options->model);
    addVariantFlag(command, options->model);
    command.whole({"--top", "K", "Classes to name (default: 5)"}, 1, 100'000, options->top);
    command.texts({"pictures", "IMAGE", "Picture files or folders", /*required=*/true}, options->pictures);
}

}  // namespace condenser::cli
