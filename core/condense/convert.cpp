#include "condense/convert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot convert the network";

// Adds the converted layer's tensors under `prefix` (ends in a dot).
Result<> convertLayer(const Network::LearnedLayer& named, StateDict& state) {
    const LearnedGroupConv& layer = *named.conv;
    const int groups = layer.groups(), inputs = layer.inputs(), keep = inputs / layer.condenseFactor();
    std::vector<std::int64_t> index;
    std::vector<float> weight;
    for (int g = 0; g < groups; ++g) {
        std::vector<int> live;
        for (int c = 0; c < inputs; ++c) {
            if (layer.isLive(g, c)) live.push_back(c);
        }
        if (static_cast<int>(live.size()) < keep) {
            return fail(ErrorCode::kBadData, kWhat, named.name,
                        "group " + std::to_string(g) + " has " + std::to_string(live.size()) +
                            " live inputs, expected " + std::to_string(keep));
        }
        live.resize(static_cast<std::size_t>(keep));
        index.insert(index.end(), live.begin(), live.end());
        for (int o = g; o < layer.outputs(); o += groups) {
            for (int c : live) weight.push_back(layer.conv.weight[static_cast<std::size_t>(o * inputs + c)]);
        }
    }
    const auto gathered = [&](const std::vector<float>& values) {
        std::vector<float> chosen;
        for (std::int64_t c : index) chosen.push_back(values[static_cast<std::size_t>(c)]);
        return StoredTensor::ofFloats({static_cast<std::int64_t>(chosen.size())}, chosen);
    };
    const BatchNorm& norm = layer.conv.input.norm;
    const std::string prefix = named.name + ".";
    const std::int64_t untracked = 0;  // the gathered norm is a new one in the reference
    state[prefix + "index"] = StoredTensor::ofInt64s({static_cast<std::int64_t>(index.size())}, index);
    state[prefix + "norm.weight"] = gathered(norm.weight);
    state[prefix + "norm.bias"] = gathered(norm.bias);
    state[prefix + "norm.running_mean"] = gathered(norm.runningMean);
    state[prefix + "norm.running_var"] = gathered(norm.runningVar);
    state[prefix + "norm.num_batches_tracked"] = StoredTensor::ofInt64s({}, {&untracked, 1});
    state[prefix + "conv.weight"] = StoredTensor::ofFloats({layer.outputs(), keep, 1, 1}, weight);
    return {};
}

// Keeps the columns with the largest sum over classes of |w|; their index is in ascending order of that sum.
void pruneClassifier(double share, StateDict& state) {
    const StoredTensor weight = state.at("classifier.weight"), bias = state.at("classifier.bias");
    const std::size_t classes = static_cast<std::size_t>(weight.shape[0]),
                      inputs = static_cast<std::size_t>(weight.shape[1]);
    const std::size_t keep = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(inputs) * share));
    std::vector<double> sums(inputs);
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::size_t c = 0; c < inputs; ++c)
            sums[c] += std::abs(static_cast<double>(weight.floats()[k * inputs + c]));
    }
    std::vector<std::int64_t> order(inputs);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return sums[static_cast<std::size_t>(a)] < sums[static_cast<std::size_t>(b)];
    });
    order.erase(order.begin(), order.end() - static_cast<std::ptrdiff_t>(keep));
    std::vector<float> kept;
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::int64_t c : order) kept.push_back(weight.floats()[k * inputs + static_cast<std::size_t>(c)]);
    }
    state.erase("classifier.weight");
    state.erase("classifier.bias");
    state["classifier.index"] = StoredTensor::ofInt64s({static_cast<std::int64_t>(keep)}, order);
    state["classifier.linear.weight"] =
        StoredTensor::ofFloats({weight.shape[0], static_cast<std::int64_t>(keep)}, kept);
    state["classifier.linear.bias"] = bias;
}

}  // namespace

Result<StateDict> condensedState(Network& network, const ConvertOptions& options) {
    CORE_CHECK(network.variant() == Variant::kDense);
    if (!(options.classifierKeep > 0 && options.classifierKeep <= 1)) {
        return fail(ErrorCode::kUsage, kWhat, "",
                    "the share of the classifier's inputs to keep must lie above 0 and at most at 1",
                    "1 keeps all, 0.5 does as the reference");
    }
    StateDict state = network.state();
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        std::erase_if(state, [&](const auto& entry) { return entry.first.starts_with(layer.name + "."); });
        if (auto converted = convertLayer(layer, state); !converted) return tl::unexpected(converted.error());
    }
    if (options.classifierKeep < 1 && state.count("classifier.weight") > 0)
        pruneClassifier(options.classifierKeep, state);
    return state;
}

Result<Network> condensedNetwork(Network& network, const ConvertOptions& options) {
    return condensedState(network, options).and_then([&](const StateDict& state) {
        return Network::fromState(network.spec(), state);
    });
}

}  // namespace condenser
