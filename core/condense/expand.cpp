#include "condense/expand.h"

#include <cstring>

#include "base/check.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot make the condensed network dense";
constexpr const char* kRemedy = "use the file that it was condensed from";

bool sameBits(float a, float b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

// The norm of a dense layer, put together from those of the condensed one's positions.
struct ChannelNorms {
    explicit ChannelNorms(int channels) : norm(channels), known(static_cast<std::size_t>(channels)) {}

    // False where another position has given this channel other values.
    bool set(std::size_t channel, const BatchNorm& from, std::size_t position) {
        const bool isFirst = !known[channel];
        known[channel] = true;
        const auto take = [&](std::vector<float>& mine, const std::vector<float>& theirs) {
            if (isFirst) mine[channel] = theirs[position];
            return sameBits(mine[channel], theirs[position]);
        };
        return take(norm.weight, from.weight) && take(norm.bias, from.bias) &&
               take(norm.runningMean, from.runningMean) && take(norm.runningVar, from.runningVar);
    }

    BatchNorm norm;
    std::vector<bool> known;
};

// Adds the dense layer's tensors under its name.
Result<> expandLayer(const Network::CondensedLayer& named, int inputs, int condenseFactor, StateDict& state) {
    const CondenseConv& layer = *named.conv;
    const std::size_t groups = static_cast<std::size_t>(layer.groups()),
                      outputs = static_cast<std::size_t>(layer.outputs()), all = static_cast<std::size_t>(inputs),
                      kept = layer.index().size() / groups, groupOutputs = outputs / groups;
    std::vector<float> weight(outputs * all), mask(outputs * all);
    ChannelNorms norms(inputs);
    for (std::size_t position = 0; position < layer.index().size(); ++position) {
        const std::size_t group = position / kept, channel = static_cast<std::size_t>(layer.index()[position]);
        if (mask[group * all + channel] != 0.0f) {
            return fail(ErrorCode::kBadData, kWhat, named.name,
                        "group " + std::to_string(group) + " reads channel " + std::to_string(channel) + " twice",
                        kRemedy);
        }
        if (!norms.set(channel, layer.conv.input.norm, position)) {
            return fail(ErrorCode::kBadData, kWhat, named.name,
                        "its groups normalise channel " + std::to_string(channel) +
                            " differently, and a dense layer has one norm for all (was it trained after condensing?)",
                        kRemedy);
        }
        for (std::size_t k = 0; k < groupOutputs; ++k) {  // undoes the shuffle
            const std::size_t to = (k * groups + group) * all + channel;
            mask[to] = 1.0f;
            weight[to] = layer.conv.weight[(group * groupOutputs + k) * kept + position % kept];
        }
    }
    const std::string prefix = named.name + ".";
    const auto one = [&](const char* name, int value) {
        const float stored = static_cast<float>(value);
        state[prefix + name] = StoredTensor::ofFloats({1}, {&stored, 1});
    };
    one("_count", inputs - inputs / condenseFactor);
    one("_stage", condenseFactor - 1);
    const std::vector<std::int64_t> shape{layer.outputs(), inputs, 1, 1};
    state[prefix + "_mask"] = StoredTensor::ofFloats(shape, mask);
    state[prefix + "conv.weight"] = StoredTensor::ofFloats(shape, weight);
    norms.norm.visitTensors(prefix + "norm.", [&](const TensorSlot& slot) {
        state[slot.name] = slot.integers.empty() ? StoredTensor::ofFloats(slot.shape, slot.value)
                                                 : StoredTensor::ofInt64s(slot.shape, slot.integers);
    });
    return {};
}

// A column of zeros for every channel that the classifier does not read.
Result<> expandClassifier(const LinearClassifier& classifier, int channels, StateDict& state) {
    const std::size_t classes = classifier.bias.size(), all = static_cast<std::size_t>(channels),
                      kept = classifier.index.size();
    std::vector<float> weight(classes * all);
    std::vector<bool> read(all);
    for (std::size_t position = 0; position < kept; ++position) {
        const std::size_t channel = static_cast<std::size_t>(classifier.index[position]);
        if (read[channel]) {
            return fail(ErrorCode::kBadData, kWhat, "classifier.index",
                        "channel " + std::to_string(channel) + " is read twice", kRemedy);
        }
        read[channel] = true;
        for (std::size_t k = 0; k < classes; ++k) weight[k * all + channel] = classifier.weight[k * kept + position];
    }
    state.erase("classifier.index");
    state.erase("classifier.linear.weight");
    state.erase("classifier.linear.bias");
    const std::int64_t rows = static_cast<std::int64_t>(classes);
    state["classifier.weight"] = StoredTensor::ofFloats({rows, channels}, weight);
    state["classifier.bias"] = StoredTensor::ofFloats({rows}, classifier.bias);
    return {};
}

}  // namespace

Result<StateDict> expandedState(Network& network) {
    CORE_CHECK(network.variant() == Variant::kCondensed);
    const NetworkSpec& spec = network.spec();
    StateDict state = network.state();
    for (const Network::CondensedLayer& layer : network.condensedLayers()) {
        std::erase_if(state, [&](const auto& entry) { return entry.first.starts_with(layer.name + "."); });
        const int inputs = spec.layerInputs(layer.block, layer.layer);
        if (auto expanded = expandLayer(layer, inputs, spec.condenseFactor, state); !expanded)
            return tl::unexpected(expanded.error());
    }
    if (!network.classifier().index.empty()) {
        const int channels = spec.blockInputs(spec.blocks());
        if (auto expanded = expandClassifier(network.classifier(), channels, state); !expanded)
            return tl::unexpected(expanded.error());
    }
    return state;
}

Result<Network> expandedNetwork(Network& network) {
    return expandedState(network).and_then(
        [&](const StateDict& state) { return Network::fromState(network.spec(), state); });
}

}  // namespace condenser
