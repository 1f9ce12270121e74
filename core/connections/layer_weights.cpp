#include "connections/layer_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "network/layer_names.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot show the weights";

// The tensor of that name, if it is there with that type and shape, and numbers that can be drawn.
Result<const StoredTensor*> tensorOf(const ModelFile& model, const std::string& name, DType type,
                                     const std::vector<std::int64_t>& shape) {
    const auto found = model.tensors.find(name);
    if (found == model.tensors.end()) return fail(ErrorCode::kBadData, kWhat, name, "the model has no such tensor");
    const StoredTensor& tensor = found->second;
    if (tensor.dtype != type || tensor.shape != shape) {
        return fail(ErrorCode::kBadData, kWhat, name,
                    fmt::format("it is {} {}, expected {} {}", dtypeName(tensor.dtype), shapeText(tensor.shape),
                                dtypeName(type), shapeText(shape)));
    }
    if (type == DType::kF32 && !std::ranges::all_of(tensor.floats(), [](float value) { return std::isfinite(value); }))
        return fail(ErrorCode::kNotFinite, kWhat, name, "not all of it are finite numbers");
    return &tensor;
}

// Group g, filter k of it -> row k * G + g.
Result<> readCondensed(const ModelFile& model, const std::string& name, LayerWeights& weights) {
    const std::size_t groups = static_cast<std::size_t>(weights.groups),
                      inputs = static_cast<std::size_t>(weights.inputs),
                      filters = static_cast<std::size_t>(weights.outputs) / groups;
    const std::size_t keep = inputs / static_cast<std::size_t>(model.spec.condenseFactor);
    const auto index = tensorOf(model, name + ".index", DType::kI64, {static_cast<std::int64_t>(keep * groups)});
    if (!index) return tl::unexpected(index.error());
    const auto weight =
        tensorOf(model, name + ".conv.weight", DType::kF32, {weights.outputs, static_cast<std::int64_t>(keep), 1, 1});
    if (!weight) return tl::unexpected(weight.error());
    const auto channels = (*index)->int64s();
    const auto values = (*weight)->floats();
    for (std::size_t place = 0; place < channels.size(); ++place) {
        const std::int64_t channel = channels[place];
        const std::size_t group = place / keep, column = static_cast<std::size_t>(channel);
        const auto bad = [&](const char* why) {
            return fail(ErrorCode::kBadData, kWhat, name + ".index",
                        fmt::format("group {} reads input {}, {}", group + 1, channel, why));
        };
        if (channel < 0 || channel >= weights.inputs) return bad("which is not there");
        std::uint8_t& live = weights.mask[group * inputs + column];
        if (live != 0) return bad("and does so twice");
        live = 1;
        for (std::size_t k = 0; k < filters; ++k) {
            weights.pointwise[(k * groups + group) * inputs + column] =
                values[(group * filters + k) * keep + place % keep];
        }
    }
    return {};
}

Result<> readDense(const ModelFile& model, const std::string& name, LayerWeights& weights) {
    const std::vector<std::int64_t> shape{weights.outputs, weights.inputs, 1, 1};
    const auto weight = tensorOf(model, name + ".conv.weight", DType::kF32, shape);
    if (!weight) return tl::unexpected(weight.error());
    const auto mask = tensorOf(model, name + "._mask", DType::kF32, shape);
    if (!mask) return tl::unexpected(mask.error());
    const auto values = (*weight)->floats(), live = (*mask)->floats();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool alive = live[i] != 0;
        // Some trainings leave weights that are no longer used (README, --reference-quirks).
        weights.pointwise[i] = alive ? values[i] : 0;
        // A group's filters share a mask; its first one is row g.
        if (i < weights.mask.size()) weights.mask[i] = alive ? 1 : 0;
    }
    return {};
}

// Condensing steps done, by the layer that has done the fewest.
Result<int> stageOf(const ModelFile& model, const ConnectionLayout& layout) {
    int stage = model.spec.condenseFactor - 1;
    if (model.variant == Variant::kCondensed) return stage;
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const auto stored = tensorOf(model, layerNameOf(layout.reader(layer)) + "._stage", DType::kF32, {1});
        if (!stored) return tl::unexpected(stored.error());
        stage = static_cast<int>(std::clamp((*stored)->floats()[0], 0.0f, static_cast<float>(stage)));
    }
    return stage;
}

}  // namespace

Result<LayerWeights> layerWeights(const ModelFile& model, const ConnectionLayout& layout, int layer) {
    const NetworkSpec& spec = model.spec;
    const SourceLayer& made = layout.reader(layer);
    const std::string name = layerNameOf(made);
    LayerWeights weights;
    weights.groups = spec.groups1x1;
    weights.inputs = made.first - layout.firstChannel(layer);
    weights.outputs = made.transition ? made.channels : spec.bottleneck * made.channels;
    const auto area = static_cast<std::size_t>(weights.inputs);
    weights.pointwise.resize(area * static_cast<std::size_t>(weights.outputs));
    weights.mask.resize(area * static_cast<std::size_t>(weights.groups));
    const Result<> read =
        model.variant == Variant::kDense ? readDense(model, name, weights) : readCondensed(model, name, weights);
    if (!read) return tl::unexpected(read.error());
    if (made.transition) return weights;
    weights.channels3x3 = made.channels;
    weights.groups3x3 = spec.groups3x3;
    const std::string name3x3 = denseLayerName(made.block, made.layer) + ".conv_2.conv.weight";
    const auto second =
        tensorOf(model, name3x3, DType::kF32, {weights.channels3x3, weights.outputs / weights.groups3x3, 3, 3});
    if (!second) return tl::unexpected(second.error());
    weights.filters.assign((*second)->floats().begin(), (*second)->floats().end());
    return weights;
}

Result<ModelConnections> connectionsOf(const ModelFile& model) {
    const ConnectionLayout layout = layoutOf(model.spec);
    ModelConnections connections{layersOf(model.spec), {}};
    const auto stage = stageOf(model, layout);
    if (!stage) return tl::unexpected(stage.error());
    connections.record.key.stage = *stage;
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
                            "its weights are too large to be added");
            }
        }
        connections.record.layers.push_back(std::move(mine));
    }
    return connections;
}

}  // namespace condenser
