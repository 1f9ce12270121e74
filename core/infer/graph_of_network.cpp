#include <algorithm>
#include <numeric>

#include "infer/fold.h"
#include "infer/graph.h"
#include "network/layer_names.h"
#include "network/network.h"

namespace condenser {
namespace {

std::vector<int> upTo(int count, int first = 0) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

void addPositions(const PointwiseConv& conv, const std::vector<int>& positions, GraphConv& op) {
    for (const int position : positions) {
        const Affine affine = affineOf(conv.input.norm, position);
        op.sources.push_back(conv.input.source(position));
        op.scale.push_back(static_cast<float>(affine.scale));
        op.shift.push_back(static_cast<float>(affine.shift));
    }
}

// One output, the batch norm behind it folded into weights and bias; nullptr: there is none.
template <class WeightAt>
void addOutput(int output, std::size_t inputs, const BatchNorm* behind, GraphConv& op, WeightAt weightAt) {
    const Affine affine = behind == nullptr ? Affine{} : affineOf(*behind, output);
    op.targets.push_back(output);
    op.bias.push_back(static_cast<float>(affine.shift));
    for (std::size_t i = 0; i < inputs; ++i) {
        op.weight.push_back(static_cast<float>(static_cast<double>(weightAt(i)) * affine.scale));
    }
}

// A learned convolution as one product over all inputs.
GraphConv wholeProduct(const LearnedGroupConv& learned, const BatchNorm* behind) {
    GraphConv op;
    addPositions(learned.conv, upTo(learned.inputs()), op);
    const auto inputs = static_cast<std::size_t>(learned.inputs());
    for (int o = 0; o < learned.outputs(); ++o) {
        const float* row = learned.conv.weight.data() + static_cast<std::size_t>(o) * inputs;
        addOutput(o, inputs, behind, op, [&](std::size_t i) {
            return learned.isLive(o % learned.groups(), static_cast<int>(i)) ? row[i] : 0.0f;
        });
    }
    return op;
}

// As the groups of the layer stand: the condensed form, or what lives of a learned convolution.
GraphConv groupedProduct(const PointwiseConv& conv, const BatchNorm* behind) {
    GraphConv op;
    op.groups = static_cast<int>(conv.groups().size());
    for (const PointwiseGroup& group : conv.groups()) {
        addPositions(conv, group.inputs, op);
        for (std::size_t o = 0; o < group.outputs.size(); ++o) {
            addOutput(group.outputs[o], group.inputs.size(), behind, op, [&](std::size_t i) {
                return conv.weight[static_cast<std::size_t>(group.rows[o] + group.columns[i])];
            });
        }
    }
    return op;
}

// The 1x1 of a layer or of a transition.
GraphConv pointwiseProduct(const std::variant<LearnedGroupConv, CondenseConv>& layer, const BatchNorm* behind,
                           DroppedConnections dropped) {
    const PointwiseConv& conv = std::visit([](const auto& form) -> const PointwiseConv& { return form.conv; }, layer);
    const auto* learned = std::get_if<LearnedGroupConv>(&layer);
    // Groups that were left with different numbers of inputs (a mask from elsewhere) have no grouped form.
    const std::vector<PointwiseGroup>& groups = conv.groups();
    const bool even = std::all_of(groups.begin(), groups.end(), [&](const PointwiseGroup& group) {
        return group.inputs.size() == groups.front().inputs.size();
    });
    const bool whole = learned != nullptr && (dropped == DroppedConnections::kCompute || !even);
    return whole ? wholeProduct(*learned, behind) : groupedProduct(conv, behind);
}

GraphConv secondConv(const GroupedConv3x3& conv, int firstChannel) {
    GraphConv op;
    op.kernel = 3;
    op.padding = 1;
    op.groups = conv.groups();
    op.sources = upTo(conv.inputs());
    op.weight = conv.weight;
    op.bias.resize(static_cast<std::size_t>(conv.outputs()));
    op.targets = upTo(conv.outputs(), firstChannel);
    return op;
}

}  // namespace

Graph graphOf(const Network& network, int height, int width, DroppedConnections dropped) {
    const NetworkSpec& spec = network.spec();
    Graph graph;
    int maps = graph.addMaps(3, height, width);

    GraphConv stem;
    stem.input = maps;
    stem.kernel = 3;
    stem.stride = spec.stemStride;
    stem.padding = 1;
    stem.sources = upTo(3);
    stem.weight.assign(network.stemWeight().begin(), network.stemWeight().end());
    stem.bias.resize(static_cast<std::size_t>(spec.stemChannels()));
    stem.targets = upTo(spec.stemChannels());

    int h = spec.mapSize(0, height), w = spec.mapSize(0, width);
    for (std::size_t b = 0; b < network.blocks().size(); ++b) {
        const DenseBlock& block = network.blocks()[b];
        const int features = graph.addMaps(block.channels, h, w);
        if (b == 0) {
            stem.output = features;
            graph.nodes.push_back({"features.init_conv", std::move(stem)});
        } else {
            GraphPool pool;
            pool.input = maps;
            pool.output = features;
            graph.nodes.push_back({transitionName(static_cast<int>(b) - 1), pool});
        }
        for (std::size_t l = 0; l < block.layers.size(); ++l) {
            const DenseLayer& layer = block.layers[l];
            const std::string name = denseLayerName(static_cast<int>(b), static_cast<int>(l));
            const int middle = graph.addMaps(layer.conv2.inputs(), h, w);
            GraphConv first = pointwiseProduct(layer.conv1, &layer.conv2.input.norm, dropped),
                      second = secondConv(layer.conv2, layer.inputs);
            first.relu = true;  // of the second's norm
            first.input = second.output = features;
            first.output = second.input = middle;
            graph.nodes.push_back({name + ".conv_1", std::move(first)});
            graph.nodes.push_back({name + ".conv_2", std::move(second)});
        }
        maps = features;
        if (block.transition) {  // its convolution; the pooling to the next block follows
            GraphConv conv = pointwiseProduct(block.transition->conv, nullptr, dropped);
            maps = graph.addMaps(conv.outputs(), h, w);
            conv.input = features;
            conv.output = maps;
            graph.nodes.push_back({transitionName(static_cast<int>(b)) + ".conv", std::move(conv)});
        }
        h /= 2;
        w /= 2;
    }

    const NormRelu& last = network.lastNorm();
    GraphGlobalAverage average;
    average.input = maps;
    for (int c = 0; c < last.positions(); ++c) {
        const Affine affine = affineOf(last.norm, c);
        average.scale.push_back(static_cast<float>(affine.scale));
        average.shift.push_back(static_cast<float>(affine.shift));
    }
    GraphLinear linear;
    linear.input = average.output = graph.addMaps(last.positions(), 1, 1);
    linear.sources.assign(network.classifier().index.begin(), network.classifier().index.end());
    linear.weight = network.classifier().weight;
    linear.bias = network.classifier().bias;
    linear.output = graph.addMaps(spec.classes, 1, 1);
    graph.nodes.push_back({"features.pool_last", std::move(average)});
    graph.nodes.push_back({"classifier", std::move(linear)});
    return graph;
}

}  // namespace condenser
