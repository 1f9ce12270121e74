// classify: classes and probabilities of picture files.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "base/atomic_file.h"
#include "base/thread_pool.h"
#include "cli/activation_pictures.h"
#include "cli/answer_report.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/picture_files.h"
#include "cli/progress.h"
#include "data/fitted_picture.h"
#include "run/answer_table.h"
#include "run/sorted_copies.h"

namespace condenser::cli {
namespace {

namespace fs = std::filesystem;

// Pictures that are read ahead of the network, which has the threads to itself in between.
constexpr std::size_t kReadTogether = 32;

struct Options {
    ModelOptions model;
    std::vector<std::string> pictures;
    int top = 5;
    ActivationOptions activation;
    std::optional<std::string> csv, matrix, sortInto;

    bool bothForms() const { return model.variant == kBothVariants; }
};

// The classifier, and the model as it is stored or was asked for.
struct Answering {
    Classifier classifier;
    ModelFile model;
};

Result<Answering> openAnswering(const Options& options, const Common& common, ThreadPool& pool) {
    ModelOptions request = options.model;
    if (options.bothForms()) request.variant.clear();
    Result<OpenedModel> opened = openModel(request, common);
    if (!opened) return tl::unexpected(opened.error());
    ModelFile& model = opened->info;
    auto classifier = Classifier::make(model, pool, options.bothForms() ? Forms::kBoth : Forms::kStored);
    if (!classifier) return tl::unexpected(classifier.error());
    if (const int steps = classifier->outstandingSteps(); steps > 0) {
        printNotice(
            fmt::format("{}: {} of {} condensing steps were outstanding and were applied by importance to get "
                        "the condensed form: the two forms are different functions, and the dense one answers",
                        options.model.model, steps, model.spec.condenseFactor - 1));
    }
    if (const auto& problem = classifier->denseProblem()) {
        printNotice(fmt::format("{}: the condensed form answers alone: {}", options.model.model, problem->text()));
    }
    return Answering{std::move(*classifier), std::move(model)};
}

// What is wrong with the flags and files that were named, before anything is computed.
Result<> checkOutputs(const Options& options, const std::vector<FoundPicture>& pictures) {
    if (!options.activation.out && (options.activation.className || options.activation.strength)) {
        return fail(ErrorCode::kUsage, "wrong usage", options.activation.className ? "--cam-class" : "--cam-strength",
                    "it is about the file that --cam names", "give --cam OUT.png, too");
    }
    constexpr const char* kWhat = "cannot write the answers";
    for (const auto& out : {options.csv, options.matrix, options.activation.out}) {
        if (!out) continue;
        if (auto allowed = refuseSource(options.model, *out, kWhat); !allowed) return allowed;
    }
    for (const auto& out : {options.csv, options.matrix}) {
        std::error_code ignored;
        if (!out || !fs::exists(*out, ignored)) continue;
        for (const FoundPicture& picture : pictures) {
            if (!picture.file || !fs::equivalent(*picture.file, *out, ignored)) continue;
            return fail(ErrorCode::kUsage, kWhat, *out, "it is one of the pictures, which would be lost",
                        "name another file");
        }
    }
    return {};
}

// On all threads, but not more pixels at a time than the budget has.
std::vector<Result<FittedPicture>> readTogether(std::span<const FoundPicture> pictures, const Preprocess& preprocess,
                                                ThreadPool& pool) {
    PixelBudget budget;
    std::vector<Result<FittedPicture>> fitted(pictures.size());
    pool.parallelFor(pictures.size(), [&](std::size_t i, int) {
        fitted[i] =
            pictures[i].file.and_then([&](const fs::path& file) { return readFitted(file, preprocess, budget); });
    });
    return fitted;
}

// What is gathered over all pictures.
struct Answers {
    Json pictures = Json::array();
    std::vector<AnswerRow> rows;
    std::vector<JudgedAnswer> judged;
    std::vector<SortedPicture> sorted;
    int failed = 0, answered = 0, disagreeing = 0;
};

class Classification {
  public:
    Classification(const Options& options, const Common& common)
        : m_options(options), m_common(common), m_pool(common.threadCount()), m_progress(common.quiet) {}

    Outcome run() {
        const std::vector<FoundPicture> found = findPictures(m_options.pictures);
        if (auto good = checkOutputs(m_options, found); !good) return tl::unexpected(good.error());
        auto answering = openAnswering(m_options, m_common, m_pool);
        if (!answering) return tl::unexpected(answering.error());
        m_answering.emplace(std::move(*answering));
        if (m_options.activation.out) {
            std::error_code ignored;
            const bool many = m_options.pictures.size() > 1 || fs::is_directory(m_options.pictures.front(), ignored);
            auto made = ActivationPictures::make(m_options.activation, m_answering->model, many, found);
            if (!made) return tl::unexpected(made.error());
            m_activation.emplace(std::move(*made));
        }
        if (auto done = answerAll(found); !done) return tl::unexpected(done.error());
        if (auto written = finish(); !written) return tl::unexpected(written.error());
        return m_answers.failed == 0 ? kDone : kFailed;
    }

  private:
    bool twoForms() const { return m_options.bothForms() && !m_answering->classifier.denseProblem(); }

    Result<> answerAll(const std::vector<FoundPicture>& found) {
        // Where answers appear on the terminal they are the progress.
        const bool showsProgress = m_common.json || ::isatty(STDOUT_FILENO) == 0;
        for (std::size_t first = 0; first < found.size(); first += kReadTogether) {
            const std::span<const FoundPicture> some =
                std::span(found).subspan(first, std::min(kReadTogether, found.size() - first));
            std::vector<Result<FittedPicture>> fitted = readTogether(some, m_answering->model.preprocess, m_pool);
            for (std::size_t i = 0; i < some.size(); ++i) {
                if (auto done = answer(some[i], std::move(fitted[i])); !done) return done;
            }
            if (showsProgress) {
                m_progress.countingBar("classifying", static_cast<std::int64_t>(first + some.size()),
                                       static_cast<std::int64_t>(found.size()), "pictures");
            }
        }
        m_progress.wipe();
        return {};
    }

    void tellFailure(const FoundPicture& found, const Error& error) {
        ++m_answers.failed;
        m_progress.wipe();
        printError(error.text());
        m_answers.pictures.push_back({{"file", error.where}, {"error", error.text()}});
        AnswerRow row;
        row.file = found.file ? found.file->string() : error.where;
        row.problem = error.text();
        m_answers.rows.push_back(std::move(row));
    }

    // An error only where the command cannot go on.
    Result<> answer(const FoundPicture& found, Result<FittedPicture> fitted) {
        if (!fitted) {
            tellFailure(found, fitted.error());
            return {};
        }
        const std::vector<std::string>& classes = m_answering->model.classes;
        AnsweredPicture answered{
            *found.file, m_answering->classifier.classify(std::move(*fitted), m_options.top), {}, {}};
        const Prediction& prediction = answered.prediction;
        std::error_code ignored;
        const int truth = classOfFolder(fs::absolute(*found.file, ignored).lexically_normal().string(), classes);
        if (truth >= 0) answered.truth = classes[static_cast<std::size_t>(truth)];
        if (m_activation) {
            auto written = m_activation->write(found, prediction, m_pool);
            if (!written) return tl::unexpected(written.error());
            answered.activation = std::move(*written);
        }
        const ClassProbability& best = prediction.answer().best();
        ++m_answers.answered;
        m_answers.disagreeing += prediction.agree() ? 0 : 1;
        m_answers.judged.push_back({truth, best.index, best.probability});
        if (m_options.csv) m_answers.rows.push_back(answerRow(found.file->string(), prediction, answered.truth));
        if (m_options.sortInto) {
            m_answers.sorted.push_back({*found.file, nullptr, found.file->filename().string(), best.name});
        }
        if (!m_common.json) return printText(answerText(answered, classes));
        m_answers.pictures.push_back(answerJson(answered));
        return {};
    }

    Result<> finish() {
        const std::vector<std::string>& classes = m_answering->model.classes;
        const AnswerStatistics statistics = statisticsOf(m_answers.judged, static_cast<int>(classes.size()));
        if (m_options.csv) {
            if (auto written = writeFileAtomically(*m_options.csv, answerTable(m_answers.rows)); !written)
                return written;
        }
        if (m_options.matrix) {
            if (statistics.judged == 0) {
                return fail(ErrorCode::kBadData, "cannot write the matrix", *m_options.matrix,
                            "no picture lies in a folder named like one of the model's classes",
                            "put the pictures into folders of these names: CLASS/picture.jpg");
            }
            if (auto written = writeFileAtomically(*m_options.matrix, confusionCsv(statistics, classes)); !written)
                return written;
        }
        std::optional<SortedCopies> copies;
        if (m_options.sortInto) {
            auto copied =
                copySorted(m_answers.sorted, *m_options.sortInto, {}, [this](std::int64_t done, std::int64_t total) {
                    m_progress.countingBar("copying", done, total, "pictures");
                });
            m_progress.wipe();
            if (!copied) return tl::unexpected(copied.error());
            for (const Error& error : copied->failed) printError(error.text());
            m_answers.failed += static_cast<int>(copied->failed.size());
            copies = std::move(*copied);
        }
        return m_common.json ? printJson(summaryJson(statistics, copies)) : printText(summaryText(statistics, copies));
    }

    Json summaryJson(const AnswerStatistics& statistics, const std::optional<SortedCopies>& copies) const {
        Json json{{"model", m_options.model.model},
                  {"variant", variantName(m_answering->classifier.variant())},
                  {"pictures", m_answers.pictures},
                  {"failed", m_answers.failed}};
        if (twoForms()) {
            json["disagreeing"] = m_answers.disagreeing;
            json["outstanding_steps"] = m_answering->classifier.outstandingSteps();
        }
        if (statistics.judged > 0) json["statistics"] = statisticsJson(statistics, m_answering->model.classes);
        if (copies) json["sorted"] = {{"folder", *m_options.sortInto}, {"copied", copies->copied}};
        return json;
    }

    std::string summaryText(const AnswerStatistics& statistics, const std::optional<SortedCopies>& copies) const {
        std::string text;
        if (twoForms() && m_answers.answered > 1) {
            text += fmt::format("the forms agree on {} of {} pictures\n", m_answers.answered - m_answers.disagreeing,
                                m_answers.answered);
        }
        if (statistics.judged > 1) text += statisticsText(statistics);
        if (copies) text += fmt::format("{} pictures copied to {}\n", copies->copied, *m_options.sortInto);
        return text;
    }

    const Options& m_options;
    const Common& m_common;
    ThreadPool m_pool;
    Progress m_progress;
    std::optional<Answering> m_answering;
    std::optional<ActivationPictures> m_activation;
    Answers m_answers;
};

}  // namespace

void addClassify(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("classify", "Classes and probabilities of picture files, or of all in a folder",
                                    "condenser-cli classify --model run/model.safetensors cat.jpg pictures",
                                    [options, &frame] { return Classification(*options, frame.common()).run(); });
    addModelFlags(command, options->model);
    command.choice({"--variant", "V",
                    "dense, condensed or dense,condensed: both side by side (default: the form stored; of a preset or "
                    "spec: dense)"},
                   {"dense", "condensed", kBothVariants}, options->model.variant);
    command.whole({"--top", "K", "Classes to name (default: 5)"}, 1, 100'000, options->top);
    command.text({"--cam", "OUT",
                  "Writes where the network looked, the class activation map over the picture: a PNG file; of several "
                  "pictures or a folder: a folder with a PNG file for each"},
                 options->activation.out);
    command.text({"--cam-class", "NAME", "Whose map (default: the class that was answered)"},
                 options->activation.className);
    command.number({"--cam-strength", "S", "How much of the map covers the picture, 0 to 1 (default: 0.6)"}, 0, 1,
                   options->activation.strength);
    command.text({"--csv", "FILE", "Writes the answers as a table, a row a picture"}, options->csv);
    command.text({"--matrix", "FILE",
                  "Writes a confusion matrix as CSV, where the pictures' folders are named like the classes"},
                 options->matrix);
    command.text({"--sort-into", "DIR", "Copies the pictures into folders named like the classes that were answered"},
                 options->sortInto);
    command.texts({"pictures", "IMAGE", "Picture files or folders", /*required=*/true}, options->pictures);
}

}  // namespace condenser::cli
