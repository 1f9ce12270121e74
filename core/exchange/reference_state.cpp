#include "exchange/reference_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

#include "network/layer_names.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot tell what network the tensors belong to";
constexpr const char* kRemedy =
    "give the network as --model PRESET or SPEC; import --raw writes the tensors of any network";
constexpr int kSmallBlocks = 3;  // the reference has 3 blocks for CIFAR and 5 for ImageNet
constexpr int kSmallSize = 32, kLargeSize = 224;
constexpr std::int64_t kMaxDimension = 100'000;
constexpr int kMaxBlocks = 16, kMaxLayers = 256;  // beyond what a spec may have; validateSpec() tells the rest

// ---- single precision -----------------------------------------------------------------------------------------------

float ofHalf(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16, exponent = half >> 10 & 0x1FU,
                        fraction = half & 0x3FFU;
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
}

float ofBrain(std::uint16_t brain) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(brain) << 16);
}

template <class From, class Convert>
StoredTensor convert(const StoredTensor& tensor, Convert&& one) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        From from{};
        std::memcpy(&from, tensor.bytes.data() + i * sizeof from, sizeof from);
        values[i] = one(from);
    }
    return StoredTensor::ofFloats(tensor.shape, values);
}

// ---- the spec -------------------------------------------------------------------------------------------------------

tl::unexpected<Error> unknown(const std::string& where, std::string why) {
    return fail(ErrorCode::kBadData, kWhat, where, std::move(why), kRemedy);
}

std::string layerName(int block, int layer) {
    return denseLayerName(block, layer) + ".";
}

std::string transitionConvName(int block) {
    return transitionName(block) + ".conv.";
}

// One layer as its tensors tell it.
struct Layer {
    int growth = 0, bottleneck = 0, groups3x3 = 0;
};

// A 1x1 convolution with a norm in front, of a layer or of a transition.
struct Pointwise {
    std::string name;             // ends in a dot
    int inputs = 0, outputs = 0;  // for all groups together
};

// The share with the fewest decimals by which `spec` comes to `inputs` channels at the entry of each block.
std::optional<double> compressionOf(NetworkSpec spec, const std::vector<int>& inputs) {
    spec.compression = 1;
    const double share = static_cast<double>(inputs[1]) / spec.blockOutputs(0);
    double scale = 1;
    for (int decimals = 0; decimals <= 9; ++decimals, scale *= 10) {
        for (const double numerator : {std::floor(share * scale), std::floor(share * scale) + 1}) {
            spec.compression = numerator / scale;
            if (!(spec.compression > 0 && spec.compression <= 1)) continue;
            bool fits = true;
            for (int b = 1; b < spec.blocks(); ++b)
                fits = fits && spec.blockInputs(b) == inputs[static_cast<std::size_t>(b)];
            if (fits) return spec.compression;
        }
    }
    return std::nullopt;
}

// Whether no layer has a mask or an index: a network in which nothing is ever dropped.
bool isPlain(const StateDict& tensors) {
    return std::none_of(tensors.begin(), tensors.end(), [](const auto& entry) {
        return entry.first.ends_with("._mask") || entry.first.ends_with(".index");
    });
}

class Inference {
  public:
    Inference(const StateDict& tensors, const std::string& name) : m_tensors(tensors), m_name(name) {}

    Result<InferredSpec> run() {
        for (const auto step : {&Inference::stem, &Inference::blocks, &Inference::classes, &Inference::groups}) {
            if (auto ok = (this->*step)(); !ok) return tl::unexpected(ok.error());
        }
        size();
        if (auto valid = validateSpec(m_result.spec); !valid) {
            Error error = valid.error();
            return fail(error.code, kWhat, m_name,
                        fmt::format("their shapes make {}, which breaks a rule: {}", m_result.spec.text(), error.why),
                        kRemedy);
        }
        return std::move(m_result);
    }

  private:
    // The tensor of that name, with so many dimensions that are not empty and not beyond any network.
    Result<const StoredTensor*> shaped(const std::string& name, std::size_t dimensions) const {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end()) {
            const std::string first = m_tensors.empty() ? "there is none" : "the first is " + m_tensors.begin()->first;
            return unknown(m_name,
                           fmt::format("{} is missing among its {} tensors; {}", name, m_tensors.size(), first));
        }
        const StoredTensor& tensor = found->second;
        const bool fits = tensor.shape.size() == dimensions &&
                          std::all_of(tensor.shape.begin(), tensor.shape.end(),
                                      [](std::int64_t size) { return size >= 1 && size <= kMaxDimension; });
        if (!fits) {
            return unknown(m_name, fmt::format("{} is {}, and {} dimensions are expected", name,
                                               shapeText(tensor.shape), dimensions));
        }
        return &tensor;
    }

    Result<> stem() {
        const auto weight = shaped("features.init_conv.weight", 4);
        if (!weight) return tl::unexpected(weight.error());
        m_stemChannels = static_cast<int>((*weight)->shape[0]);
        return {};
    }

    Result<Layer> layerOf(int block, int layer) const {
        const std::string name = layerName(block, layer);
        const auto first = shaped(name + "conv_1.conv.weight", 4), second = shaped(name + "conv_2.conv.weight", 4);
        for (const auto* weight : {&first, &second}) {
            if (!*weight) return tl::unexpected(weight->error());
        }
        const std::int64_t middle = (*first)->shape[0], growth = (*second)->shape[0], read = (*second)->shape[1];
        if (middle % growth != 0 || middle % read != 0) {
            return unknown(m_name, fmt::format("{}conv_1.conv.weight is {} and {}conv_2.conv.weight is {}: there is no "
                                               "whole bottleneck or number of groups between them",
                                               name, shapeText((*first)->shape), name, shapeText((*second)->shape)));
        }
        return Layer{static_cast<int>(growth), static_cast<int>(middle / growth), static_cast<int>(middle / read)};
    }

    bool hasLayer(int block, int layer) const {
        const std::string prefix = layerName(block, layer);
        const auto found = m_tensors.lower_bound(prefix);
        return found != m_tensors.end() && found->first.starts_with(prefix);
    }

    // The layers of one block, from `channels` on, which they add to.
    Result<int> layersOf(int block, int& channels) {
        int count = 0, growth = 0;
        for (; count <= kMaxLayers && hasLayer(block, count); ++count) {
            const auto layer = layerOf(block, count);
            if (!layer) return tl::unexpected(layer.error());
            if (m_pointwise.empty()) m_like = *layer;
            if (layer->bottleneck != m_like.bottleneck || layer->groups3x3 != m_like.groups3x3 ||
                (count > 0 && layer->growth != growth)) {
                return unknown(m_name,
                               fmt::format("{} is not made like the layers before it", layerName(block, count)));
            }
            growth = layer->growth;
            m_pointwise.push_back({layerName(block, count) + "conv_1.", channels, layer->bottleneck * growth});
            channels += growth;
        }
        m_result.spec.stages.push_back(count);
        return growth;
    }

    Result<> blocks() {
        NetworkSpec& spec = m_result.spec;
        spec.stages.clear();
        spec.growth.clear();
        const bool hasTransitions = m_tensors.contains(transitionConvName(0) + "conv.weight");
        int channels = m_stemChannels;
        std::vector<int> inputs;  // of each block
        for (int block = 0; block <= kMaxBlocks && hasLayer(block, 0); ++block) {
            if (block > 0 && hasTransitions) {
                const auto weight = shaped(transitionConvName(block - 1) + "conv.weight", 4);
                if (!weight) return tl::unexpected(weight.error());
                const int outputs = static_cast<int>((*weight)->shape[0]);
                m_pointwise.push_back({transitionConvName(block - 1), channels, outputs});
                channels = outputs;
            }
            inputs.push_back(channels);
            const auto growth = layersOf(block, channels);
            if (!growth) return tl::unexpected(growth.error());
            spec.growth.push_back(*growth);
        }
        if (m_pointwise.empty()) return unknown(m_name, fmt::format("there is no {}", layerName(0, 0)));
        spec.bottleneck = m_like.bottleneck;
        spec.groups3x3 = m_like.groups3x3;
        if (m_stemChannels != spec.stemChannels()) {
            return unknown(m_name,
                           fmt::format("its stem has {} channels, and twice the growth of the first block, {}, is "
                                       "expected",
                                       m_stemChannels, spec.stemChannels()));
        }
        if (!hasTransitions || spec.blocks() == 1) return {};
        const auto compression = compressionOf(spec, inputs);
        if (!compression) {
            return unknown(m_name, fmt::format("its transitions do not keep one and the same share of the channels: "
                                               "the first keeps {}",
                                               inputs[1]));
        }
        spec.compression = *compression;
        return {};
    }

    Result<> classes() {
        const bool converted = m_tensors.contains("classifier.index");
        const auto weight = shaped(converted ? "classifier.linear.weight" : "classifier.weight", 2);
        if (!weight) return tl::unexpected(weight.error());
        m_result.spec.classes = static_cast<int>((*weight)->shape[0]);
        return {};
    }

    Result<> groups() {
        const std::string& first = m_pointwise.front().name;
        if (m_tensors.contains(first + "index")) return condensedGroups(first);
        if (!isPlain(m_tensors)) return learnedGroups();
        m_result.spec.groups1x1 = m_result.spec.condenseFactor = 1;
        return {};
    }

    // The condensed 1x1 reads inputs / C channels in each of G groups; the index lists all that are read.
    Result<> condensedGroups(const std::string& first) {
        const auto index = shaped(first + "index", 1), weight = shaped(first + "conv.weight", 4);
        for (const auto* tensor : {&index, &weight}) {
            if (!*tensor) return tl::unexpected(tensor->error());
        }
        const std::int64_t listed = (*index)->shape[0], read = (*weight)->shape[1];
        if (listed % read != 0 || m_pointwise.front().inputs % read != 0) {
            return unknown(m_name,
                           fmt::format("{}index lists {} channels, {} for each group, out of {}: there is no whole "
                                       "number of groups or condensation factor",
                                       first, listed, read, m_pointwise.front().inputs));
        }
        m_result.spec.groups1x1 = static_cast<int>(listed / read);
        m_result.spec.condenseFactor = static_cast<int>(m_pointwise.front().inputs / read);
        return {};
    }

    Result<> learnedGroups() {
        if (const auto factor = condenseFactor()) {
            m_result.spec.condenseFactor = *factor;
        } else {
            m_result.assumed.push_back(fmt::format("condensation factor {}", m_result.spec.condenseFactor));
        }
        const auto found = maskGroups();
        if (!found) return tl::unexpected(found.error());
        if (*found > 0) {
            m_result.spec.groups1x1 = *found;
        } else {
            m_result.assumed.push_back(
                fmt::format("{} groups in the learned 1x1 convolutions", m_result.spec.groups1x1));
        }
        return {};
    }

    float valueOf(const std::string& name) const {
        const auto found = m_tensors.find(name);
        const bool one =
            found != m_tensors.end() && found->second.dtype == DType::kF32 && found->second.elements() == 1;
        return one ? found->second.floats()[0] : 0.0f;
    }

    // Each step that took place dropped inputs / C, and `_stage` counts the steps. A training of the reference may have
    // lost some: then the usual C is taken if that ends with this stage, else the least that allows for both.
    std::optional<int> condenseFactor() const {
        std::optional<int> factor;
        for (const Pointwise& conv : m_pointwise) {
            const float count = valueOf(conv.name + "_count"), stage = valueOf(conv.name + "_stage");
            const auto inputs = static_cast<float>(conv.inputs);
            if (factor || !(count >= 1 && count < inputs && stage >= 1 && stage < inputs)) continue;
            const int dropped = static_cast<int>(count), steps = static_cast<int>(stage),
                      usual = NetworkSpec{}.condenseFactor;
            // dropped / inputs is p / C in lowest terms; both may be some multiple.
            const int common = std::gcd(dropped, conv.inputs), p = dropped / common, c = conv.inputs / common;
            if (steps == usual - 1 && usual % c == 0) {
                factor = usual;
            } else {
                factor = steps % p == 0 && c * (steps / p) <= conv.inputs ? c * (steps / p) : c * (steps / c + 1);
            }
        }
        return factor;
    }

    // The least G for which filters o and o + G always read the same; 0 where nothing was dropped, an error where there
    // is none.
    Result<int> maskGroups() const {
        int common = 0;
        bool dropped = false;
        for (const Pointwise& conv : m_pointwise) {
            common = std::gcd(common, std::gcd(conv.inputs, conv.outputs));
            const auto mask = maskOf(conv);
            dropped = dropped || std::any_of(mask.begin(), mask.end(), [](float value) { return value == 0.0f; });
        }
        if (!dropped) return 0;
        for (int groups = 1; groups <= common; ++groups) {
            if (common % groups != 0) continue;
            bool fits = true;
            for (const Pointwise& conv : m_pointwise) {
                const auto mask = maskOf(conv);
                const auto apart = static_cast<std::ptrdiff_t>(groups) * conv.inputs;
                fits = fits && (mask.empty() || std::equal(mask.begin() + apart, mask.end(), mask.begin()));
            }
            if (fits) return groups;
        }
        return unknown(m_name, "its masks do not drop inputs by groups of filters");
    }

    // Empty where it is missing or misshapen: that is told when the network takes its tensors.
    std::span<const float> maskOf(const Pointwise& conv) const {
        const auto found = m_tensors.find(conv.name + "_mask");
        const std::vector<std::int64_t> shape{conv.outputs, conv.inputs, 1, 1};
        if (found == m_tensors.end() || found->second.dtype != DType::kF32 || found->second.shape != shape) return {};
        return found->second.floats();
    }

    void size() {
        NetworkSpec& spec = m_result.spec;
        const bool small = spec.blocks() <= kSmallBlocks;
        spec.height = spec.width = small ? kSmallSize : kLargeSize;
        spec.stemStride = small ? 1 : 2;
        m_result.assumed.push_back(fmt::format("pictures of {} x {} pixels", spec.height, spec.width));
        m_result.assumed.push_back(fmt::format("stem stride {}", spec.stemStride));
    }

    const StateDict& m_tensors;
    const std::string& m_name;
    int m_stemChannels = 0;
    Layer m_like;  // the first, and all but for their growth
    std::vector<Pointwise> m_pointwise;
    InferredSpec m_result;
};

}  // namespace

SingleState inSinglePrecision(StateDict tensors) {
    SingleState state{std::move(tensors), 0};
    for (auto& [name, tensor] : state.tensors) {
        if (tensor.dtype == DType::kF64) {
            tensor = convert<double>(tensor, [](double value) { return static_cast<float>(value); });
        } else if (tensor.dtype == DType::kF16) {
            tensor = convert<std::uint16_t>(tensor, ofHalf);
        } else if (tensor.dtype == DType::kBF16) {
            tensor = convert<std::uint16_t>(tensor, ofBrain);
        } else {
            continue;
        }
        ++state.converted;
    }
    return state;
}

void addMissingMasks(StateDict& tensors) {
    if (!isPlain(tensors)) return;
    StateDict added;
    for (const auto& [name, tensor] : tensors) {
        for (const char* layer : {".conv_1.", ".conv."}) {
            const std::string suffix = std::string(layer) + "conv.weight";
            if (!name.starts_with("features.") || !name.ends_with(suffix) || tensor.shape.size() != 4) continue;
            const std::string prefix = name.substr(0, name.size() - std::string_view("conv.weight").size());
            added[prefix + "_mask"] = StoredTensor::ofFloats(
                tensor.shape, std::vector<float>(static_cast<std::size_t>(tensor.elements()), 1.0f));
            for (const char* count : {"_count", "_stage"})
                added[prefix + count] = StoredTensor::ofFloats({1}, std::vector<float>(1));
        }
    }
    tensors.merge(added);
}

Result<InferredSpec> inferSpec(const StateDict& tensors, const std::string& name) {
    return Inference(tensors, name).run();
}

}  // namespace condenser
