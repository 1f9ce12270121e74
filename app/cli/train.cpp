// train: a run from the beginning, or on from its checkpoint.
#include <fmt/format.h>

#include <limits>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/data_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "data/data_name.h"
#include "io/run_folder.h"
#include "run/branch_run.h"
#include "run/training_run.h"

namespace condenser::cli {
namespace {

struct Options {
    std::optional<std::string> data, model;
    std::string out;
    std::optional<std::string> resume;  // the run's folder, or "" where --out names it
    std::optional<std::string> branch;  // the folder of the run to branch from
    std::optional<int> stage;
    std::optional<int> epochs, batch;
    std::optional<double> learningRate, lasso, validation;
    std::string augment;  // empty: not given
    bool noAugment = false;
    std::optional<int> dataMemory;  // MB
    bool referenceQuirks = false;
    std::string condensing;  // empty: not given
};

tl::unexpected<Error> wrongUsage(std::string where, std::string why, std::string remedy) {
    return fail(ErrorCode::kUsage, "cannot train", std::move(where), std::move(why), std::move(remedy));
}

// Nothing where neither of its two options was given.
std::optional<Augmentation> augmentation(const Options& options) {
    if (options.noAugment) return Augmentation::kNone;
    return augmentationNamed(options.augment);
}

const char* const kResumed = "the run to resume was started with";
const char* const kBranched = "the run to branch from was started with";

// A resumed run takes all settings from run.json. One that was typed again and says something else would be ignored
// in silence, so it is refused.
Result<> compareWithRecord(const Options& options, const Common& common, const RunRecord& record) {
    const TrainSettings& settings = record.settings;
    const bool branches = options.branch.has_value();
    const std::string recordedWords = branches ? kBranched : kResumed;
    const auto same = [&](const std::string& flag, const auto& given, const auto& recorded) -> Result<> {
        if (!given || *given == recorded) return {};
        return wrongUsage(flag, fmt::format("{} was given, but {} {}", *given, recordedWords, recorded),
                          "leave the option out, or start a new run in another folder");
    };
    if (auto ok = same("--data", options.data, record.data); !ok) return ok;
    if (auto ok = same("--model", options.model, record.model); !ok) return ok;
    if (auto ok = same("--epochs", options.epochs, settings.epochs); !ok) return ok;
    if (auto ok = same("--batch", options.batch, settings.batch); !ok) return ok;
    if (!branches) {  // what a branch may change
        if (auto ok = same("--lr", options.learningRate, settings.learningRate); !ok) return ok;
        if (auto ok = same("--lasso", options.lasso, settings.groupLassoLambda); !ok) return ok;
        if (auto ok = same("--seed", common.givenSeed, settings.seed); !ok) return ok;
    }
    if (auto ok = same("--validation", options.validation, settings.validation); !ok) return ok;
    if (const auto asked = augmentation(options);
        asked && augmentationFor(*asked, record.spec.height, record.spec.width) != settings.augmentation) {
        return wrongUsage(options.noAugment ? "--no-augment" : "--augment",
                          fmt::format("{} {}", recordedWords, augmentationName(settings.augmentation)),
                          "leave the option out");
    }
    if (const auto asked = condensingNamed(options.condensing); asked && *asked != settings.condensing) {
        return wrongUsage("--condensing", fmt::format("{} {}", recordedWords, condensingName(settings.condensing)),
                          "leave the option out, or start a new run in another folder");
    }
    if (options.referenceQuirks && !settings.referenceQuirks) {
        return wrongUsage(
            "--reference-quirks",
            std::string(branches ? "the run to branch from" : "the run to resume") + " was started without it",
            "leave the option out");
    }
    return {};
}

// Tells on stderr how a run goes on.
class Narrator {
  public:
    explicit Narrator(bool quiet) : m_progress(quiet) {}

    RunEvents events() {
        RunEvents events;
        events.onScanning = [this](std::int64_t found) { m_progress.counter("looking for pictures", found, "found"); };
        events.onLoading = [this](std::int64_t done, std::int64_t total) {
            m_progress.countingBar("reading pictures", done, total, "pictures");
        };
        events.onStarted = [this](const RunStarted& started) { onStarted(started); };
        events.onStep = [this](const StepReport& step) { onStep(step); };
        events.onEvaluating = [this](std::int64_t done, std::int64_t total) {
            m_progress.countingBar("evaluating", done, total, "pictures");
        };
        events.onEpoch = [this](const EpochReport& epoch) { onEpoch(epoch); };
        events.onNotice = [this](const std::string& notice) {
            m_progress.wipe();
            printNotice(notice);
        };
        return events;
    }

    Progress& progress() { return m_progress; }
    const RunStarted& started() const { return m_started; }

  private:
    void onStarted(const RunStarted& started) {
        m_started = started;
        m_epochs = started.epochs();
        m_progress.line(fmt::format("{} on {} training and {} {} pictures of {} classes, {} thread{}, {}, in {}",
                                    started.firstStep > 0 ? "going on" : "training", started.trainImages,
                                    started.testImages, started.testName, started.classes.size(), started.threads,
                                    started.threads == 1 ? "" : "s", started.isa, started.folder.string()));
        for (const UnreadableFile& file : started.unreadable) {
            m_progress.wipe();
            printNotice(fmt::format("left out: {}: {}", file.path.string(), file.why));
        }
    }

    void onStep(const StepReport& step) {
        const std::int64_t epoch = m_started.stepsPerEpoch > 0 ? step.step / m_started.stepsPerEpoch + 1 : 1;
        m_progress.bar(fmt::format("epoch {}/{}", epoch, m_epochs), step.step + 1, m_started.totalSteps,
                       fmt::format("{:.0f} images/s  loss {:.4f}  top-1 {:.1f} %", step.imagesPerSecond, step.loss,
                                   step.top1 * 100));
    }

    void onEpoch(const EpochReport& epoch) {
        m_progress.restart();
        m_progress.line(
            fmt::format("epoch {:>3}/{}  rate {:.5f}  loss {:.4f}  top-1 {:6.2f} %  {} loss {:.4f}  {} top-1 "
                        "{:6.2f} %  kept {:5.1f} %  {:5.0f} images/s  {}{}",
                        epoch.epoch, m_epochs, epoch.learningRate, epoch.trainLoss, epoch.trainTop1 * 100,
                        m_started.testName, epoch.testLoss, m_started.testName, epoch.testTop1 * 100, epoch.kept * 100,
                        epoch.imagesPerSecond, duration(epoch.seconds), epoch.best ? "  best" : ""));
    }

    Progress m_progress;
    RunStarted m_started;
    std::int64_t m_epochs = 0;
};

Result<> report(const RunResult& result, const RunStarted& started, const Common& common) {
    const bool stopped = result.end == RunEnd::kStopped;
    if (common.json) {
        Json json{{"folder", result.folder.string()},  {"state", stopped ? "stopped" : "finished"},
                  {"spec", started.spec.text()},       {"epochs", result.epochs},
                  {"seconds", result.seconds},         {"split", result.testName},
                  {"best_epoch", result.bestEpoch},    {"best_top1", result.bestTop1},
                  {"best_loss", result.bestLoss},      {"final_top1", result.finalTop1},
                  {"threads", started.threads},        {"isa", started.isa},
                  {"waited_share", result.waitedShare}};
        return printJson(json);
    }
    std::string text =
        fmt::format("run        {}\nepochs     {} of {} done, {} {}\n", result.folder.string(), result.epochs,
                    started.epochs(), stopped ? "stopped after" : "in", duration(result.seconds));
    if (result.bestEpoch > 0) {
        text += fmt::format("best       {} top-1 of epoch {} on the {} part, loss {:.4f}\n", percent(result.bestTop1),
                            result.bestEpoch, result.testName, result.bestLoss);
    }
    if (result.epochs > 0) {
        text += fmt::format("last       {} top-1 on the {} part\n", percent(result.finalTop1), result.testName);
    }
    text += fmt::format("waiting    {} of the time, for pictures\n", percent(result.waitedShare));
    if (!stopped) text += fmt::format("model      {}\n", (result.folder / "model.safetensors").string());
    return printText(text);
}

std::string resumeCommand(const std::filesystem::path& folder) {
    return "condenser-cli train --resume " + shellWord(folder.string());
}

// A loss that is not finite: the advice as a command, where there is a checkpoint to branch from.
Error withBranchCommand(Error error) {
    const auto record = readRunRecord(error.where);
    std::error_code ignored;
    if (record && std::filesystem::exists(std::filesystem::path(error.where) / kCheckpointName, ignored)) {
        error.remedy =
            fmt::format("go on from there with half the learning rate: condenser-cli train --branch {} --lr {}",
                        shellWord(error.where), record->settings.learningRate / 2);
    }
    return error;
}

Outcome train(const Options& options, const Common& common, Frame& frame) {
    if (options.noAugment && !options.augment.empty() && augmentationNamed(options.augment) != Augmentation::kNone) {
        return wrongUsage("--no-augment", "--augment says something else", "give one of the two");
    }
    const bool resume = options.resume.has_value(), branches = options.branch.has_value();
    if (resume && branches) return wrongUsage("--branch", "--resume says something else", "give one of the two");
    if (options.stage && !branches)
        return wrongUsage("--stage", "there is no --branch", "try: --branch FOLDER --stage 1");
    if (resume && !options.resume->empty() && !options.out.empty() && *options.resume != options.out) {
        return wrongUsage("--out", "--resume names another folder", "name the run's folder once");
    }
    const std::filesystem::path resumed = resume && !options.resume->empty() ? *options.resume : options.out;
    if (resume || branches) {
        const std::filesystem::path known = branches ? std::filesystem::path(*options.branch) : resumed;
        if (known.empty()) {
            const std::string flag = branches ? "--branch" : "--resume";
            return wrongUsage(flag, "no run folder is given", "try: train " + flag + " FOLDER");
        }
        const auto record = readRunRecord(known);
        if (!record) return tl::unexpected(record.error());
        if (auto same = compareWithRecord(options, common, *record); !same) {
            return tl::unexpected(same.error());
        }
    } else {
        if (!options.data) return wrongUsage("--data", "it is required", "try: --data shapes10");
        if (!options.model) return wrongUsage("--model", "it is required", "try: --model condensenet-tiny");
    }

    RunControl control;
    Narrator narrator(common.quiet);
    const auto guard = frame.interrupt().onFirst([&control] { control.requestStop(); });
    std::filesystem::path begun;  // a run that was there before its first step
    const auto goOn = [&](const std::filesystem::path& folder) {
        begun = folder;
        return resumeRun(folder, common.threadCount(), ThreadPriority::kNormal, narrator.events(), control,
                         bytesOf(options.dataMemory));
    };
    const Result<RunResult> result = [&]() -> Result<RunResult> {
        if (resume) return goOn(resumed);
        if (branches) {
            BranchRequest request;
            request.from = *options.branch;
            request.stage = options.stage.value_or(0);
            request.folder = options.out;
            request.learningRate = options.learningRate;
            request.groupLassoLambda = options.lasso;
            request.seed = common.givenSeed;
            request.command = frame.commandText();
            const auto folder = branchRun(request);
            if (!folder) return tl::unexpected(folder.error());
            return goOn(*folder);
        }
        TrainRequest request;
        request.data = *options.data;
        request.model = *options.model;
        request.folder = options.out;
        request.settings.epochs = options.epochs.value_or(request.settings.epochs);
        request.settings.batch = options.batch.value_or(request.settings.batch);
        request.settings.learningRate = options.learningRate.value_or(request.settings.learningRate);
        request.settings.groupLassoLambda = options.lasso.value_or(request.settings.groupLassoLambda);
        request.settings.validation = options.validation.value_or(request.settings.validation);
        request.settings.seed = common.seed();
        request.settings.augmentation = augmentation(options).value_or(request.settings.augmentation);
        request.settings.referenceQuirks = options.referenceQuirks;
        request.settings.condensing = condensingNamed(options.condensing).value_or(request.settings.condensing);
        request.threads = common.threadCount();
        request.dataMemory = bytesOf(options.dataMemory);
        request.command = frame.commandText();
        return startRun(request, narrator.events(), control);
    }();
    narrator.progress().wipe();
    if (!result) {
        if (result.error().code == ErrorCode::kNotFinite) return tl::unexpected(withBranchCommand(result.error()));
        if (result.error().code != ErrorCode::kCancelled) return tl::unexpected(result.error());
        printNotice("interrupted before the first step: " +
                    (begun.empty() ? std::string("nothing to resume") : "to go on: " + resumeCommand(begun)));
        return kInterrupted;
    }

    if (auto printed = report(*result, narrator.started(), common); !printed) {
        return tl::unexpected(printed.error());
    }
    if (result->end == RunEnd::kFinished) return kDone;
    printNotice("stopped, the checkpoint is written. To go on: " + resumeCommand(result->folder));
    return kInterrupted;
}

}  // namespace

void addTrain(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("train", "Trains a network, condensing it on the way",
                      "condenser-cli train --data shapes10 --model condensenet-tiny --epochs 12 --out run",
                      [options, &frame] { return train(*options, frame.common(), frame); });
    constexpr int kMost = 1'000'000;
    command.text({"--data", "D", std::string("Data set: ") + kDataNames}, options->data);
    command.text({"--model", "M", "Preset or spec of the network"}, options->model);
    command.text({"--out", "DIR", "Folder of the run (default: a new one in the store of the app)"}, options->out);
    command.whole({"--epochs", "E", "Times that each picture is seen (default: 12)"}, 1, kMost, options->epochs);
    command.whole({"--batch", "B", "Pictures in a step (default: 64)"}, 1, kMost, options->batch);
    command.number({"--lr", "L", "Learning rate at the start; a cosine to 0 (default: 0.1)"}, 0, 1e12,
                   options->learningRate);
    command.number({"--lasso", "LAMBDA", "Weight of the group lasso (default: 0)"}, 0, 1e6, options->lasso);
    command.number(
        {"--validation", "R",
         "Share of the training part held back to choose the best epoch (default: 0, the test part chooses)"},
        0, 0.99, options->validation);
    command.choice({"--augment", "HOW",
                    "How training varies its pictures: auto (default: pad-crop up to 64 pixels, random-resized-crop "
                    "above), pad-crop, random-resized-crop, none"},
                   {"auto", "pad-crop", "random-resized-crop", "none"}, options->augment);
    command.yes("--no-augment", "The same as --augment none", options->noAugment);
    addDataMemoryFlag(command, options->dataMemory);
    command.yes("--reference-quirks", "Reproduces three accidents of the public reference", options->referenceQuirks);
    command.choice({"--condensing", "HOW",
                    "How connections go: gradual (default: C-1 steps in the first half), once (all at half time, least "
                    "important first; the rate goes from --lr to 0 in each half), fixed (not learned: neighbours, from "
                    "the start), random (not learned: drawn by --seed, from the start)"},
                   {"gradual", "once", "fixed", "random"}, options->condensing);
    command.textOrNothing(
        {"--resume", "DIR", "Goes on with a stopped run as if it had never stopped; its folder here or as --out"},
        options->resume);
    command.text({"--branch", "DIR",
                  "Starts a new run that goes on from this one's checkpoint; --lr, --lasso and --seed may be "
                  "others than there, --out names its folder"},
                 options->branch);
    command.whole({"--stage", "K", "With --branch: goes on from just before condensing step K instead"}, 1, 1000,
                  options->stage);
}

}  // namespace condenser::cli
