#include "io/run_record.h"

#include <fmt/format.h>

#include <ctime>
#include <optional>
#include <utility>
#include <variant>

#include "base/atomic_file.h"
#include "base/checksum.h"
#include "io/json.h"
#include "io/model_fields.h"

namespace condenser {
namespace {

constexpr const char* kReadWhat = "cannot read the run";
constexpr const char* kWriteWhat = "cannot write the run";
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
constexpr std::size_t kShort = 64, kLong = 8192, kMaxCommand = 131'072;  // bytes of a text
constexpr int kMillion = 1'000'000;
constexpr std::int64_t kMostImages = 1'000'000'000'000;
constexpr std::int64_t kMostSteps = std::int64_t{1} << 53;

std::optional<RunState> runStateNamed(const std::string& name) {
    for (const RunState state : {RunState::kRunning, RunState::kStopped, RunState::kFinished, RunState::kFailed}) {
        if (name == runStateName(state)) return state;
    }
    return std::nullopt;
}

// "2026-01-31T09:30:00Z", by its shape: nothing is computed with it.
bool looksLikeTime(std::string_view text) {
    constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
    if (text.size() != kShape.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDigit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == '0' ? !isDigit : text[i] != kShape[i]) return false;
    }
    return true;
}

// Version 0.1 named no way of condensing, and had a flag for the augmentation, whose kind the network's size decided.
Json inTodaysWords(Json settings, const NetworkSpec& spec) {
    auto* fields = std::get_if<Json::Object>(&settings.value);
    if (fields == nullptr) return settings;
    fields->try_emplace("condensing", Json{std::string(condensingName(Condensing::kGradual))});
    const auto augment = fields->find("augment");
    if (augment == fields->end()) return settings;
    if (const bool* flag = std::get_if<bool>(&augment->second.value)) {
        const Augmentation kind = *flag ? Augmentation::kAuto : Augmentation::kNone;
        augment->second = {std::string(augmentationName(augmentationFor(kind, spec.height, spec.width)))};
    }
    return settings;
}

TrainSettings takeSettings(JsonFields& fields) {
    TrainSettings settings = takeTrainSettings(fields);
    if (settings.augmentation == Augmentation::kAuto) {
        fields.refuse("\"augment\" is \"auto\", which does not say what the pictures went through");
    }
    settings.referenceQuirks = fields.flag("reference_quirks");
    if (settings.referenceQuirks && settings.condensing != Condensing::kGradual) {
        fields.refuse("\"condensing\" is " + inQuotes(condensingName(settings.condensing)) +
                      ", which does not go together with \"reference_quirks\"");
    }
    return settings;
}

RunBranch takeBranch(JsonFields& fields) {
    RunBranch branch;
    branch.run = fields.text("run", kLong);
    branch.stage = fields.number("stage", 0, kMillion);
    branch.epoch = fields.number("epoch", 0, kMillion);
    branch.step = fields.integer("step", 0, kMostSteps);
    branch.splitSeed = fields.unsignedInteger("split_seed");
    return branch;
}

Result<RunRecord> parse(std::string_view text, const Reading& reading) {
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    JsonFields fields(*json, reading);
    fields.version1("a run");
    RunRecord run;
    run.program = fields.text("program", kShort);
    run.created = fields.text("created", kShort);
    if (!looksLikeTime(run.created)) fields.refuse("\"created\" is not a time such as 2026-01-31T09:30:00Z");
    run.command = fields.text("command", kMaxCommand);
    run.data = fields.text("data", kLong);
    run.model = fields.text("model", kLong);
    ModelFields network = takeModelFields(fields);
    run.spec = std::move(network.spec);
    run.classes = std::move(network.classes);
    run.preprocess = network.preprocess;
    const std::uint64_t seed = fields.unsignedInteger("seed");
    run.threads = fields.number("threads", 1, kMillion);
    run.isa = fields.text("isa", kShort);
    if (fields.has("cpu")) run.cpu = fields.text("cpu", kLong);
    run.stepsPerEpoch = fields.integer("steps_per_epoch", 1, 1'000'000'000);
    run.trainImages = fields.integer("train_images", 0, kMostImages);
    run.testImages = fields.integer("test_images", 0, kMostImages);
    run.testName = fields.text("test_name", kShort);
    run.message = fields.text("message", kLong);
    const std::string stateName = fields.text("state", kShort);
    const auto state = runStateNamed(stateName);
    if (!state) fields.refuse("its state is " + inQuotes(stateName) + ", which this program does not know");
    run.state = state.value_or(RunState::kFailed);
    const Json settingsJson = inTodaysWords(fields.any("settings"), run.spec);
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());

    JsonFields settings(settingsJson, reading);
    run.settings = takeSettings(settings);
    run.settings.seed = seed;
    if (auto ok = settings.result(); !ok) return tl::unexpected(ok.error());
    if (fields.has("branch")) {
        JsonFields branch(fields.any("branch"), reading);
        run.branch = takeBranch(branch);
        if (auto ok = branch.result(); !ok) return tl::unexpected(ok.error());
    }
    return run;
}

std::string textOf(const RunRecord& run) {
    Json::Object settings = jsonOf(run.settings);
    settings["reference_quirks"] = {run.settings.referenceQuirks};
    Json::Object json{{"version", {std::uint64_t{1}}},
                      {"program", {run.program}},
                      {"created", {run.created}},
                      {"command", {run.command}},
                      {"data", {run.data}},
                      {"model", {run.model}},
                      {"settings", {std::move(settings)}},
                      {"seed", {run.settings.seed}},
                      {"threads", {std::int64_t{run.threads}}},
                      {"isa", {run.isa}},
                      {"cpu", {run.cpu}},
                      {"steps_per_epoch", {run.stepsPerEpoch}},
                      {"train_images", {run.trainImages}},
                      {"test_images", {run.testImages}},
                      {"test_name", {run.testName}},
                      {"state", {std::string(runStateName(run.state))}},
                      {"message", {run.message}}};
    if (run.branch) {
        json["branch"] = {Json::Object{{"run", {run.branch->run}},
                                       {"stage", {std::int64_t{run.branch->stage}}},
                                       {"epoch", {std::int64_t{run.branch->epoch}}},
                                       {"step", {run.branch->step}},
                                       {"split_seed", {run.branch->splitSeed}}}};
    }
    putModelFields({run.spec, run.classes, run.preprocess}, json);
    return jsonText({std::move(json)}, 2) + "\n";
}

}  // namespace

const char* runStateName(RunState state) {
    switch (state) {
        case RunState::kRunning:
            return "running";
        case RunState::kStopped:
            return "stopped";
        case RunState::kFinished:
            return "finished";
        case RunState::kFailed:
            break;
    }
    return "failed";
}

Result<RunRecord> readRunRecord(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kRunRecordName;
    const auto text = readWholeFile(path, kMaxFileBytes);
    if (text) return parse(*text, {kReadWhat, path.string()});
    Error error = text.error();
    error.what = kReadWhat;
    if (error.code == ErrorCode::kNotFound) error.remedy = "give the folder of a run, which holds a run.json";
    return tl::unexpected(std::move(error));
}

Result<RunRecord> parseRunRecord(std::string_view text, const std::string& name) {
    return parse(text, {kReadWhat, name});
}

Result<> writeRunRecord(const std::filesystem::path& folder, const RunRecord& record) {
    const std::filesystem::path path = folder / kRunRecordName;
    const std::string text = textOf(record);
    // The file must come back as what it was made from; else a resume would train something else. Only the CPU's
    // name, the command and the message, which are for people, may lose bytes that are no UTF-8.
    auto back = parse(text, {kWriteWhat, path.string()});
    if (!back) return tl::unexpected(back.error());
    back->cpu = record.cpu;
    back->command = record.command;
    back->message = record.message;
    if (*back != record) {
        return fail(
            ErrorCode::kBadData, kWriteWhat, path.string(),
            "the name of the data, of a class or of the run it branches from is not UTF-8, so that it cannot be "
            "written down",
            "rename that file or folder");
    }
    auto ok = writeFileAtomically(path, text);
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

std::string runIdentity(const RunRecord& run) {
    const TrainSettings& settings = run.settings;
    std::string text = fmt::format("{}\n{}\n{}\n{} {} {} {} {} {} {} {} {} {}", run.created, run.data, run.spec.text(),
                                   settings.epochs, settings.batch, settings.learningRate, settings.momentum,
                                   settings.weightDecay, settings.groupLassoLambda, settings.validation, settings.seed,
                                   augmentationName(settings.augmentation), settings.referenceQuirks);
    // Nothing is said of the usual way, so that checkpoints from before there were others still belong to their runs.
    // Version 0.1 passes over the setting, but not over a checkpoint of another identity.
    if (settings.condensing != Condensing::kGradual) text += fmt::format("\n{}", condensingName(settings.condensing));
    if (run.branch) {
        text += fmt::format("\n{}\n{} {} {} {}", run.branch->run, run.branch->stage, run.branch->epoch,
                            run.branch->step, run.branch->splitSeed);
    }
    return fmt::format("xxh64:{:016x}", xxh64(text));
}

std::string utcNow() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace condenser
