// Network::fromState: a state dict held against a spec, tensor by tensor.
#include <algorithm>

#include "network/layer_names.h"
#include "network/network.h"
#include "network/state_reader.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "the tensors do not fit the network";

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// An index tensor: int64, one dimension, every value a channel below `channels`.
Result<std::vector<std::int64_t>> readIndex(const StateDict& state, const std::string& name, std::int64_t length,
                                            std::int64_t channels) {
    const auto found = state.find(name);
    if (found == state.end()) return fail(ErrorCode::kBadData, kWhat, name, "the tensor is missing");
    const StoredTensor& tensor = found->second;
    if (tensor.dtype != DType::kI64 || tensor.shape.size() != 1 || (length >= 0 && tensor.shape[0] != length)) {
        return fail(ErrorCode::kBadData, kWhat, name,
                    std::string("found ") + dtypeName(tensor.dtype) + " " + shapeText(tensor.shape) +
                        ", expected I64 [" + (length >= 0 ? std::to_string(length) : "n") + "]");
    }
    const std::span<const std::int64_t> values = tensor.int64s();
    for (std::int64_t value : values) {
        if (value < 0 || value >= channels) {
            return fail(ErrorCode::kBadData, kWhat, name,
                        "channel " + std::to_string(value) + " does not exist; there are " + std::to_string(channels));
        }
    }
    return std::vector<std::int64_t>(values.begin(), values.end());
}

// The index layers of a condensed network, in the order of its layers.
Result<std::vector<std::vector<std::int64_t>>> readIndices(const NetworkSpec& spec, const StateDict& state) {
    std::vector<std::vector<std::int64_t>> indices;
    for (int b = 0; b < spec.blocks(); ++b) {
        const int layers = spec.stages[static_cast<std::size_t>(b)];
        const bool hasTransition = spec.hasTransitions() && b + 1 < spec.blocks();
        for (int l = 0; l < layers + (hasTransition ? 1 : 0); ++l) {
            const std::string name =
                l < layers ? denseLayerName(b, l) + ".conv_1.index" : transitionName(b) + ".conv.index";
            const std::int64_t inputs = spec.layerInputs(b, l);
            auto index = readIndex(state, name, inputs / spec.condenseFactor * spec.groups1x1, inputs);
            if (!index) return tl::unexpected(index.error());
            indices.push_back(std::move(*index));
        }
    }
    return indices;
}

// A few bytes can claim a network of gigabytes: before it is built, its weights are held against the file's.
Result<> checkSize(const NetworkSpec& spec, const StateDict& state, bool condensed, std::int64_t classifierInputs) {
    constexpr std::int64_t kSmall = 1'000'000;  // what is wrong in a small one, its own tensors tell better
    std::int64_t weights = classifierInputs * spec.classes, found = 0;
    for (int b = 0; b < spec.blocks(); ++b) {
        const std::int64_t growth = spec.growth[static_cast<std::size_t>(b)], middle = spec.bottleneck * growth;
        for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
            weights += middle * (spec.layerInputs(b, l) / (condensed ? spec.condenseFactor : 1));
            weights += middle * growth * 9 / spec.groups3x3;
        }
        if (spec.hasTransitions() && b + 1 < spec.blocks()) {
            weights +=
                std::int64_t{spec.blockInputs(b + 1)} * (spec.blockOutputs(b) / (condensed ? spec.condenseFactor : 1));
        }
    }
    for (const auto& [name, tensor] : state) found += tensor.elements();
    if (weights <= kSmall || weights <= found) return {};
    return fail(
        ErrorCode::kBadData, kWhat, spec.text(),
        "it has " + std::to_string(weights) + " weights, and the file holds " + std::to_string(found) + " numbers",
        "check that the spec is the one of the file");
}

// The mask must drop an input for a whole group or not at all: that is what makes it a group convolution.
Result<> checkMask(const LearnedGroupConv& layer, const TensorSlot& mask) {
    const std::size_t inputs = static_cast<std::size_t>(layer.inputs()),
                      groups = static_cast<std::size_t>(layer.groups());
    for (std::size_t i = 0; i < mask.value.size(); ++i) {
        const std::size_t output = i / inputs, first = output % groups * inputs + i % inputs;
        if (mask.value[i] != 0.0f && mask.value[i] != 1.0f) {
            return fail(ErrorCode::kBadData, kWhat, mask.name, "a mask must hold 0 and 1 only");
        }
        if (mask.value[i] != mask.value[first]) {
            return fail(ErrorCode::kBadData, kWhat, mask.name,
                        "the filters of a group must keep the same inputs; filter " + std::to_string(output) +
                            " differs at input " + std::to_string(i % inputs),
                        "check that `groups` of the spec is that of the file");
        }
    }
    return {};
}

}  // namespace

Result<Network> Network::fromState(const NetworkSpec& spec, const StateDict& state) {
    const bool condensed = std::any_of(state.begin(), state.end(),
                                       [](const auto& entry) { return endsWith(entry.first, ".conv_1.index"); });
    std::vector<std::vector<std::int64_t>> indices;
    if (condensed) {
        auto read = readIndices(spec, state);
        if (!read) return tl::unexpected(read.error());
        indices = std::move(*read);
    }
    const bool converted = state.count("classifier.index") > 0;
    std::vector<std::int64_t> classifierIndex;
    if (converted) {
        auto index = readIndex(state, "classifier.index", -1, spec.blockInputs(spec.blocks()));
        if (!index) return tl::unexpected(index.error());
        if (index->empty() || index->size() > static_cast<std::size_t>(spec.blockInputs(spec.blocks()))) {
            return fail(ErrorCode::kBadData, kWhat, "classifier.index", "it lists no channel, or more than there are");
        }
        classifierIndex = std::move(*index);
    }
    const std::int64_t classifierInputs =
        converted ? static_cast<std::int64_t>(classifierIndex.size()) : spec.blockInputs(spec.blocks());
    if (auto ok = checkSize(spec, state, condensed, classifierInputs); !ok) return tl::unexpected(ok.error());
    Network network(spec, condensed ? Variant::kCondensed : Variant::kDense, std::move(indices),
                    std::move(classifierIndex), converted);

    StateReader reader(state);
    network.visitTensors([&](const TensorSlot& slot) { reader.read(slot); });
    if (auto fits = reader.finish("check that the spec is the one of the file: " + spec.text()); !fits) {
        return tl::unexpected(fits.error());
    }
    for (LearnedLayer& layer : network.learnedLayers()) {
        Result<> checked;
        layer.conv->visitTensors("", [&](const TensorSlot& slot) {
            if (!checked) return;
            if (slot.name == "_mask") {
                TensorSlot named = slot;
                named.name = layer.name + "._mask";
                checked = checkMask(*layer.conv, named);
            } else if (slot.name == "_stage" || slot.name == "_count") {
                const float value = slot.value[0],
                            limit = static_cast<float>(slot.name == "_stage" ? spec.condenseFactor - 1
                                                                             : layer.conv->inputs());
                if (!(value >= 0.0f && value <= limit) || value != static_cast<float>(static_cast<int>(value))) {
                    checked = fail(ErrorCode::kBadData, kWhat, layer.name + "." + slot.name,
                                   "found " + std::to_string(value) + ", expected a whole number from 0 to " +
                                       std::to_string(static_cast<int>(limit)));
                }
            }
        });
        if (!checked) return tl::unexpected(checked.error());
        layer.conv->refreshGroups();
    }
    return network;
}

}  // namespace condenser
