#include "run/model_source.h"

#include <algorithm>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "io/safetensors.h"

namespace condenser {
namespace {

// What a model without a file of its own takes for granted.
ModelFile describeSpec(const NetworkSpec& spec) {
    ModelFile info;
    info.spec = spec;
    for (int k = 0; k < spec.classes; ++k) info.classes.push_back(std::to_string(k));
    const bool small = std::max(spec.height, spec.width) <= 64;
    const Normalisation& normalisation = small ? kCifar10Normalisation : kImageNetNormalisation;
    info.preprocess = {spec.height, spec.width, defaultResize(spec.height, spec.width), normalisation.mean,
                       normalisation.std};
    info.trained = "{}";
    return info;
}

Result<OpenedModel> openSpec(const ModelRequest& request) {
    auto spec = parseNetworkSpec(request.model);
    if (!spec) return tl::unexpected(spec.error());
    if (request.weights.empty()) return OpenedModel{describeSpec(*spec), Network(*spec, request.seed), {}};
    auto file = readSafetensors(request.weights);
    if (!file) return tl::unexpected(file.error());
    auto network = Network::fromState(*spec, file->tensors);
    if (!network) {
        Error error = network.error();
        error.where = request.weights.string() + (error.where.empty() ? "" : ", " + error.where);
        return tl::unexpected(std::move(error));
    }
    return OpenedModel{describeSpec(*spec), std::move(*network), {}};
}

Result<OpenedModel> openFile(const ModelRequest& request) {
    if (!request.weights.empty()) {
        return fail(ErrorCode::kUsage, "cannot use --weights", request.weights.string(),
                    "it goes beside a preset or spec, but --model names a file", "give one of the two files only");
    }
    auto file = readModelFile(request.model);
    if (!file) return tl::unexpected(file.error());
    auto network = Network::fromState(file->spec, file->tensors);
    if (!network) {
        Error error = network.error();
        error.where = request.model + (error.where.empty() ? "" : ", " + error.where);
        return tl::unexpected(std::move(error));
    }
    file->tensors.clear();
    return OpenedModel{std::move(*file), std::move(*network), {}};
}

}  // namespace

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
