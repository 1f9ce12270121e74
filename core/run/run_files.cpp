#include "run/run_files.h"

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/user_folders.h"

namespace condenser {
namespace {

// The part of a name that may stand in a file's name.
std::string plain(const std::string& text) {
    std::string name;
    for (char c : text.substr(text.find_last_of('/') == std::string::npos ? 0 : text.find_last_of('/') + 1)) {
        const bool keep =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        name += keep ? c : '-';
    }
    return name.substr(0, 40);
}

}  // namespace

std::filesystem::path defaultDataStore() {
    return userDataFolder() / "data";
}

std::filesystem::path defaultRunStore() {
    return userDataFolder() / "runs";
}

std::filesystem::path newRunFolder(const std::string& data, const std::string& model) {
    std::string time = utcNow();  // "2026-01-31T09:30:00Z"
    for (char& c : time) {
        if (c == 'T') c = '-';
        if (c == ':') c = '.';
    }
    time.pop_back();
    const std::string name = time + "-" + plain(data) + "-" + plain(model.substr(0, model.find(':')));
    std::filesystem::path folder = defaultRunStore() / name;
    std::error_code error;
    for (int number = 2; std::filesystem::exists(folder, error); ++number) {
        folder = defaultRunStore() / (name + "-" + std::to_string(number));
    }
    return folder;
}

Result<> checkFolderIsFree(const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return {};
    if (!std::filesystem::is_directory(folder, error)) {
        return fail(ErrorCode::kUsage, "cannot train there", folder.string(), "it is not a folder");
    }
    bool empty = true;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        empty = empty && (entry->path().filename() == kLockName || isTemporaryFile(entry->path()));
    }
    if (error) return fail(ErrorCode::kUnreadable, "cannot train there", folder.string(), error.message());
    if (empty) return {};
    return fail(ErrorCode::kUsage, "cannot train there", folder.string(), "the folder is not empty",
                "give a new folder, or --resume to go on with the run in it");
}

ModelFile describeModel(const RunRecord& record, Network& network, const TrainedState& trained) {
    const TrainSettings& settings = record.settings;
    nlohmann::json description{
        {"data", record.data},
        {"test_part", record.testName},
        {"epoch", trained.epoch},
        {"test_top1", trained.testTop1},
        {"test_loss", trained.testLoss},
        {"settings",
         {{"epochs", settings.epochs},
          {"batch", settings.batch},
          {"lr", settings.learningRate},
          {"momentum", settings.momentum},
          {"weight_decay", settings.weightDecay},
          {"lasso", settings.groupLassoLambda},
          {"validation", settings.validation},
          {"seed", settings.seed},
          {"augment", augmentationName(settings.augmentation)},
          {"reference_quirks", settings.referenceQuirks},
          {"condensing", condensingName(settings.condensing)}}},
    };
    if (record.splitSeed() != settings.seed) description["settings"]["split_seed"] = record.splitSeed();
    ModelFile model;
    model.spec = record.spec;
    model.variant = network.variant();
    model.classes = record.classes;
    model.preprocess = record.preprocess;
    model.trained = description.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    model.tensors = network.state();
    return model;
}

int epochOf(const ModelFile& model) {
    const auto trained = nlohmann::json::parse(model.trained, nullptr, /*allow_exceptions=*/false);
    if (!trained.is_object()) return -1;
    const auto epoch = trained.find("epoch");
    return epoch != trained.end() && epoch->is_number_integer() ? epoch->get<int>() : -1;
}

std::vector<ConnectionsLayer> connectionLayers(Network& network) {
    std::vector<ConnectionsLayer> layers;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        layers.push_back({layer.name, layer.conv->groups(), layer.conv->inputs(), layer.conv->outputs()});
    }
    return layers;
}

ConnectionsRecord recordConnections(Network& network, const ConnectionsKey& key) {
    ConnectionsRecord record;
    record.key = key;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        LayerConnections connections;
        for (int g = 0; g < layer.conv->groups(); ++g) {
            for (int c = 0; c < layer.conv->inputs(); ++c) connections.mask.push_back(layer.conv->isLive(g, c));
        }
        for (double sum : layer.conv->importance()) connections.importance.push_back(static_cast<float>(sum));
        record.layers.push_back(std::move(connections));
    }
    return record;
}

}  // namespace condenser
