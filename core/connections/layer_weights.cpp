#include "connections/layer_weights.h"

#include <fmt/format.h>

#include <cmath>

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot show the weights";

// The tensor of that name, if it is there with that type and as many elements.
Result<const StoredTensor*> tensorOf(const ModelFile& model, const std::string& name, DType type, std::int64_t count) {
    const auto found = model.tensors.find(name);
    if (found == model.tensors.end()) return fail(ErrorCode::kBadData, kWhat, name, "the model has no such tensor");
    if (found->second.dtype != type || found->second.elements() != count) {
        return fail(ErrorCode::kBadData, kWhat, name,
                    fmt::format("it is {} {}, expected {} with {} elements", dtypeName(found->second.dtype),
                                shapeText(found->second.shape), dtypeName(type), count));
    }
    return &found->second;
}

std::string layerNameOf(const SourceLayer& layer) {
    return fmt::format("features.denseblock_{}.denselayer_{}.", layer.block + 1, layer.layer + 1);
}

// Group g, filter k of it -> row k * G + g.
Result<> readCondensed(const ModelFile& model, const std::string& name, LayerWeights& weights) {
    const std::size_t groups = static_cast<std::size_t>(weights.groups),
                      inputs = static_cast<std::size_t>(weights.inputs),
                      outputs = static_cast<std::size_t>(weights.outputs);
    const std::size_t keep = inputs / static_cast<std::size_t>(model.spec.condenseFactor);
    const auto index = tensorOf(model, name + "conv_1.index", DType::kI64, static_cast<std::int64_t>(keep * groups));
    if (!index) return tl::unexpected(index.error());
    const auto weight =
        tensorOf(model, name + "conv_1.conv.weight", DType::kF32, static_cast<std::int64_t>(keep * outputs));
    if (!weight) return tl::unexpected(weight.error());
    const auto channels = (*index)->int64s();
    const auto values = (*weight)->floats();
    for (std::size_t place = 0; place < channels.size(); ++place) {
        const std::int64_t channel = channels[place];
        if (channel < 0 || channel >= weights.inputs)
            return fail(ErrorCode::kBadData, kWhat, name + "conv_1.index",
                        fmt::format("there is no input {}", channel));
        const std::size_t group = place / keep, column = static_cast<std::size_t>(channel);
        weights.mask[group * inputs + column] = 1;
        for (std::size_t k = 0; k < outputs / groups; ++k) {
            weights.pointwise[(k * groups + group) * inputs + column] =
                values[(group * (outputs / groups) + k) * keep + place % keep];
        }
    }
    return {};
}

Result<> readDense(const ModelFile& model, const std::string& name, LayerWeights& weights) {
    const std::size_t groups = static_cast<std::size_t>(weights.groups),
                      inputs = static_cast<std::size_t>(weights.inputs);
    const auto count = static_cast<std::int64_t>(weights.pointwise.size());
    const auto weight = tensorOf(model, name + "conv_1.conv.weight", DType::kF32, count);
    if (!weight) return tl::unexpected(weight.error());
    const auto mask = tensorOf(model, name + "conv_1._mask", DType::kF32, count);
    if (!mask) return tl::unexpected(mask.error());
    const auto values = (*weight)->floats(), live = (*mask)->floats();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool alive = live[i] != 0;
        weights.pointwise[i] = alive ? values[i] : 0;
        // A group's filters share a mask; its first one is row g.
        if (i < groups * inputs) weights.mask[i] = alive ? 1 : 0;
    }
    return {};
}

}  // namespace

Result<LayerWeights> layerWeights(const ModelFile& model, const ConnectionLayout& layout, int layer) {
    const NetworkSpec& spec = model.spec;
    const SourceLayer& made = layout.reader(layer);
    const std::string name = layerNameOf(made);
    LayerWeights weights;
    weights.groups = spec.groups1x1;
    weights.inputs = made.first;
    weights.channels3x3 = made.channels;
    weights.outputs = spec.bottleneck * made.channels;
    weights.groups3x3 = spec.groups3x3;
    const auto area = static_cast<std::size_t>(weights.inputs);
    weights.pointwise.resize(area * static_cast<std::size_t>(weights.outputs));
    weights.mask.resize(area * static_cast<std::size_t>(weights.groups));
    const Result<> read =
        model.variant == Variant::kDense ? readDense(model, name, weights) : readCondensed(model, name, weights);
    if (!read) return tl::unexpected(read.error());
    const std::int64_t filters = std::int64_t{9} * weights.channels3x3 * (weights.outputs / weights.groups3x3);
    const auto second = tensorOf(model, name + "conv_2.conv.weight", DType::kF32, filters);
    if (!second) return tl::unexpected(second.error());
    weights.filters.assign((*second)->floats().begin(), (*second)->floats().end());
    return weights;
}

Result<ModelConnections> connectionsOf(const ModelFile& model) {
    const ConnectionLayout layout = layoutOf(model.spec);
    ModelConnections connections;
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const auto weights = layerWeights(model, layout, layer);
        if (!weights) return tl::unexpected(weights.error());
        const std::size_t groups = static_cast<std::size_t>(weights->groups),
                          inputs = static_cast<std::size_t>(weights->inputs);
        LayerConnections mine{weights->mask, std::vector<float>(groups * inputs)};
        std::vector<double> sums(groups * inputs);
        for (std::size_t i = 0; i < weights->pointwise.size(); ++i)
            sums[i / inputs % groups * inputs + i % inputs] += std::abs(double{weights->pointwise[i]});
        for (std::size_t i = 0; i < sums.size(); ++i) {
            mine.importance[i] = static_cast<float>(sums[i]);
            if (!std::isfinite(mine.importance[i])) {
                return fail(ErrorCode::kNotFinite, kWhat, layerNameOf(layout.reader(layer)),
                            "its weights are not all finite numbers");
            }
        }
        connections.layers.push_back(
            {layerNameOf(layout.reader(layer)) + "conv_1", weights->groups, weights->inputs, weights->outputs});
        connections.record.layers.push_back(std::move(mine));
    }
    return connections;
}

}  // namespace condenser
