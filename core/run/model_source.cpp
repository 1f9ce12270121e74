#include "run/model_source.h"

#include <algorithm>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "exchange/reference_state.h"
#include "exchange/torch_file.h"
#include "io/json.h"
#include "io/safetensors.h"

namespace condenser {
namespace {

bool isSmall(const NetworkSpec& spec) {
    return std::max(spec.height, spec.width) <= 64;
}

// What a model without a file of its own takes for granted.
ModelFile describeSpec(const NetworkSpec& spec) {
    ModelFile info;
    info.spec = spec;
    for (int k = 0; k < spec.classes; ++k) info.classes.push_back(std::to_string(k));
    const Normalisation& normalisation = isSmall(spec) ? kCifar10Normalisation : kImageNetNormalisation;
    info.preprocess = {spec.height, spec.width, defaultResize(spec.height, spec.width), normalisation.mean,
                       normalisation.std};
    info.trained = "{}";
    return info;
}

// A checkpoint's state dict as networks take it, with what there is to say about it.
struct Imported {
    StateDict tensors;
    std::string trained;  // as in ModelFile
    std::vector<std::string> notices;
};

Result<Imported> readCheckpoint(const std::filesystem::path& path) {
    auto file = readTorchFile(path);
    if (!file) return tl::unexpected(file.error());
    SingleState state = inSinglePrecision(std::move(file->tensors));
    Json::Object facts{{"from", {std::string("PyTorch checkpoint")}}};
    if (file->facts.epoch) facts["epoch"] = {*file->facts.epoch};
    if (file->facts.bestTop1) facts["best_prec1"] = {*file->facts.bestTop1};
    Imported imported{std::move(state.tensors), jsonText({Json::Object{{"imported", {std::move(facts)}}}}), {}};
    if (state.converted > 0) {
        imported.notices.push_back(std::to_string(state.converted) + " tensors were converted to single precision");
    }
    return imported;
}

Variant variantOf(const StateDict& tensors) {
    const bool condensed = std::any_of(tensors.begin(), tensors.end(),
                                       [](const auto& entry) { return entry.first.ends_with(".conv_1.index"); });
    return condensed ? Variant::kCondensed : Variant::kDense;
}

Result<StoredModel> openCheckpoint(const std::filesystem::path& path) {
    auto imported = readCheckpoint(path);
    if (!imported) return tl::unexpected(imported.error());
    auto inferred = inferSpec(imported->tensors, path.string());
    if (!inferred) return tl::unexpected(inferred.error());
    addMissingMasks(imported->tensors);
    StoredModel model{describeSpec(inferred->spec), std::move(imported->notices)};
    model.file.variant = variantOf(imported->tensors);
    model.file.trained = std::move(imported->trained);
    model.file.tensors = std::move(imported->tensors);
    std::string assumed = "taken for granted, since the checkpoint does not say: ";
    for (const std::string& what : inferred->assumed) assumed += what + ", ";
    model.notices.push_back(assumed + (isSmall(inferred->spec) ? "CIFAR-10's" : "ImageNet's") +
                            " normalisation, classes without names");
    return model;
}

// An error about tensors, with the file that they are in.
tl::unexpected<Error> inFile(Error error, const std::filesystem::path& file) {
    error.where = file.string() + (error.where.empty() ? "" : ", " + error.where);
    return tl::unexpected(std::move(error));
}

Result<Imported> readWeights(const std::filesystem::path& path) {
    const auto torch = looksLikeTorchFile(path);
    if (!torch) return tl::unexpected(torch.error());
    if (*torch) {
        auto imported = readCheckpoint(path);
        if (imported) addMissingMasks(imported->tensors);
        return imported;
    }
    auto file = readSafetensors(path);
    if (!file) return tl::unexpected(file.error());
    return Imported{std::move(file->tensors), "{}", {}};
}

Result<OpenedModel> openSpec(const ModelRequest& request) {
    auto spec = parseNetworkSpec(request.model);
    if (!spec) return tl::unexpected(spec.error());
    ModelFile info = describeSpec(*spec);
    if (request.weights.empty()) return OpenedModel{std::move(info), Network(*spec, request.seed), {}};
    auto weights = readWeights(request.weights);
    if (!weights) return tl::unexpected(weights.error());
    auto network = Network::fromState(*spec, weights->tensors);
    if (!network) return inFile(network.error(), request.weights);
    info.trained = std::move(weights->trained);
    return OpenedModel{std::move(info), std::move(*network), std::move(weights->notices)};
}

Result<OpenedModel> openFile(const ModelRequest& request) {
    if (!request.weights.empty()) {
        return fail(ErrorCode::kUsage, "cannot use --weights", request.weights.string(),
                    "it goes beside a preset or spec, but --model names a file", "give one of the two files only");
    }
    auto model = readStoredModel(request.model);
    if (!model) return tl::unexpected(model.error());
    auto network = Network::fromState(model->file.spec, model->file.tensors);
    if (!network) return inFile(network.error(), request.model);
    model->file.tensors.clear();
    return OpenedModel{std::move(model->file), std::move(*network), std::move(model->notices)};
}

}  // namespace

Result<StoredModel> readStoredModel(const std::filesystem::path& path) {
    const auto torch = looksLikeTorchFile(path);
    if (!torch) return tl::unexpected(torch.error());
    if (*torch) return openCheckpoint(path);
    return readModelFile(path).map([](ModelFile&& file) { return StoredModel{std::move(file), {}}; });
}

Result<OpenedModel> openModel(const ModelRequest& request) {
    auto opened = looksLikeSpec(request.model) ? openSpec(request) : openFile(request);
    if (!opened) return opened;
    const Variant wanted = request.variant.value_or(opened->network.variant());
    if (wanted != opened->network.variant()) {
        if (wanted == Variant::kDense) {
            return fail(ErrorCode::kUsage, "cannot make a dense network", request.model,
                        "it is condensed: the connections that were dropped are not in it",
                        "use the file that it was condensed from, or leave out --variant");
        }
        const int last = opened->info.spec.condenseFactor - 1, done = condensingStageOf(opened->network);
        if (done < last || !request.referenceQuirks) {
            const CondensingReport report = condenseNetwork(opened->network, last, CondensingRules::kCorrected);
            const std::string what = done < last ? std::to_string(last - done) + " of " + std::to_string(last) +
                                                       " condensing steps were outstanding"
                                                 : "parts of condensing steps had been lost";
            if (report.dropped > 0) {
                opened->notices.push_back(what + " and were applied by importance (" + std::to_string(report.dropped) +
                                          " connections dropped)");
            }
        }
        auto condensed = condensedNetwork(opened->network, {request.classifierKeep});
        if (!condensed) return tl::unexpected(condensed.error());
        opened->network = std::move(*condensed);
    }
    opened->info.variant = opened->network.variant();
    opened->info.tensors = opened->network.state();
    return opened;
}

}  // namespace condenser
