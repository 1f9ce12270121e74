#include "experiment/experiment_folder.h"

#include <fmt/format.h>

#include <set>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/shell_word.h"
#include "data/class_names.h"
#include "io/json.h"

namespace condenser {
namespace {

constexpr const char* kReadWhat = "cannot read the experiment";
constexpr const char* kWriteWhat = "cannot write the experiment";
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
constexpr std::size_t kShort = 64, kLabel = 200, kLong = 8192, kMaxCommand = 131'072;  // bytes of a text

// What may be a part of a folder's name on any system.
bool isFolderSafe(std::string_view name) {
    if (name.empty() || name.size() > kShort || name.front() == '.' || name.front() == '-') return false;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '-' && c != '.' && c != '=') return false;
    }
    return true;
}

Result<Arm> takeArm(const Json& json, const Reading& reading) {
    JsonFields fields(json, reading);
    Arm arm;
    arm.name = fields.text("name", kShort);
    if (!isFolderSafe(arm.name)) {
        fields.refuse("the arm's name " + inQuotes(arm.name) + " is not made of letters, digits and - . =");
    }
    arm.label = fields.text("label", kLabel);
    if (!isPlainText(arm.label)) fields.refuse("the label of " + inQuotes(arm.name) + " is not one line of text");
    arm.series = fields.text("series", kLabel);
    if (!arm.series.empty() && !isPlainText(arm.series)) {
        fields.refuse("the series of " + inQuotes(arm.name) + " is not one line of text");
    }
    arm.model = fields.text("model", kLong);
    const Json& settingsJson = fields.any("settings");
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());
    if (const auto spec = parseNetworkSpec(arm.model); !spec) {
        return reading.bad("the network of " + inQuotes(arm.name) + " is none: " + spec.error().where + ": " +
                           spec.error().why);
    }
    JsonFields settings(settingsJson, reading);
    arm.settings = takeTrainSettings(settings);
    if (auto ok = settings.result(); !ok) return tl::unexpected(ok.error());
    return arm;
}

// An array of 1 to `most` values; nothing where it is none, which is then told by `fields`.
const Json::Array* takeArray(JsonFields& fields, const char* key, std::size_t most) {
    const Json::Array* array = fields.any(key).array();
    if (array != nullptr && !array->empty() && array->size() <= most) return array;
    fields.refuse(fmt::format("\"{}\" is not a list of 1 to {} values", key, most));
    return nullptr;
}

Result<ExperimentRecord> parse(std::string_view text, const Reading& reading) {
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    JsonFields fields(*json, reading);
    fields.version1("an experiment");
    ExperimentRecord record;
    record.created = fields.text("created", kShort);
    record.command = fields.text("command", kMaxCommand);
    ExperimentPlan& plan = record.plan;
    const std::string kindName = fields.text("kind", kShort);
    const auto kind = experimentNamed(kindName);
    if (!kind) fields.refuse("its kind is " + inQuotes(kindName) + ", which this program does not know");
    plan.kind = kind.value_or(ExperimentKind::kAblation);
    plan.data = fields.text("data", kLong);
    if (!isPlainText(plan.data)) fields.refuse("\"data\" is not one line of text");
    const Json::Array* seeds = takeArray(fields, "seeds", kMaxSeeds);
    const Json::Array* arms = takeArray(fields, "arms", kMaxArms);
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());

    std::set<std::uint64_t> knownSeeds;
    for (const Json& seed : *seeds) {
        const auto* number = std::get_if<std::uint64_t>(&seed.value);
        if (number == nullptr) return reading.bad("a seed is not a whole number from 0 on");
        if (!knownSeeds.insert(*number).second) return reading.bad(fmt::format("the seed {} stands twice", *number));
        plan.seeds.push_back(*number);
    }
    std::set<std::string> knownNames;
    for (const Json& each : *arms) {
        auto arm = takeArm(each, reading);
        if (!arm) return tl::unexpected(arm.error());
        if (!knownNames.insert(arm->name).second) return reading.bad("two arms are named " + inQuotes(arm->name));
        plan.arms.push_back(std::move(*arm));
    }
    return record;
}

Json jsonOf(const Arm& arm) {
    return {Json::Object{{"name", {arm.name}},
                         {"label", {arm.label}},
                         {"series", {arm.series}},
                         {"model", {arm.model}},
                         {"settings", {jsonOf(arm.settings)}}}};
}

std::string textOf(const ExperimentRecord& record) {
    Json::Array seeds, arms;
    for (const std::uint64_t seed : record.plan.seeds) seeds.push_back({seed});
    for (const Arm& arm : record.plan.arms) arms.push_back(jsonOf(arm));
    return jsonText({Json::Object{{"version", {std::uint64_t{1}}},
                                  {"kind", {std::string(experimentName(record.plan.kind))}},
                                  {"created", {record.created}},
                                  {"command", {record.command}},
                                  {"data", {record.plan.data}},
                                  {"seeds", {std::move(seeds)}},
                                  {"arms", {std::move(arms)}}}},
                    2) +
           "\n";
}

}  // namespace

bool isExperimentFolder(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::is_regular_file(folder / kExperimentName, error);
}

Result<ExperimentRecord> readExperiment(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kExperimentName;
    const auto text = readWholeFile(path, kMaxFileBytes);
    if (text) return parse(*text, {kReadWhat, path.string()});
    Error error = text.error();
    error.what = kReadWhat;
    if (error.code == ErrorCode::kNotFound) error.remedy = "give the folder of an experiment, which holds that file";
    return tl::unexpected(std::move(error));
}

Result<ExperimentRecord> parseExperiment(std::string_view text, const std::string& name) {
    return parse(text, {kReadWhat, name});
}

Result<> writeExperiment(const std::filesystem::path& folder, const ExperimentRecord& record) {
    const std::filesystem::path path = folder / kExperimentName;
    const std::string text = textOf(record);
    // What the reader would refuse, or read as something else, is not written. The command may lose bytes that are no
    // UTF-8: it is for people.
    auto back = parse(text, {kWriteWhat, path.string()});
    if (!back) return tl::unexpected(back.error());
    back->command = record.command;
    if (*back != record) {
        return fail(ErrorCode::kBadData, kWriteWhat, path.string(), "the plan would not come back as it is",
                    "use a data set whose name is UTF-8");
    }
    auto ok = writeFileAtomically(path, text);
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

std::vector<PlannedRun> runsOf(const ExperimentPlan& plan, const std::filesystem::path& folder) {
    std::vector<PlannedRun> runs;
    for (const std::uint64_t seed : plan.seeds) {
        for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) {
            runs.push_back({arm, seed, folder / "runs" / fmt::format("{}-seed{}", plan.arms[arm].name, seed)});
        }
    }
    return runs;
}

std::string trainCommand(const ExperimentPlan& plan, const PlannedRun& run) {
    const Arm& arm = plan.arms.at(run.arm);
    const TrainSettings usual, &settings = arm.settings;
    std::string command =
        fmt::format("condenser-cli train --data {} --model {} --epochs {} --batch {} --lr {}", shellWord(plan.data),
                    shellWord(arm.model), settings.epochs, settings.batch, settings.learningRate);
    if (settings.groupLassoLambda != 0) command += fmt::format(" --lasso {}", settings.groupLassoLambda);
    if (settings.validation != 0) command += fmt::format(" --validation {}", settings.validation);
    if (settings.augmentation != usual.augmentation) {
        command += fmt::format(" --augment {}", augmentationName(settings.augmentation));
    }
    if (settings.condensing != usual.condensing) {
        command += fmt::format(" --condensing {}", condensingName(settings.condensing));
    }
    return command + fmt::format(" --seed {} --out {}", run.seed, shellWord(run.folder.string()));
}

}  // namespace condenser
