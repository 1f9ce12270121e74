#include "infer/graph_builder.h"

#include <numeric>
#include <utility>

#include "base/check.h"
#include "infer/fold.h"

namespace condenser {
namespace {

std::vector<int> firstChannels(int count) {
    std::vector<int> channels(static_cast<std::size_t>(count));
    std::iota(channels.begin(), channels.end(), 0);
    return channels;
}

int sizeBehind(int pixels, const GraphBuilder::Window& window) {
    const int room = pixels + 2 * window.padding - window.kernel;
    CORE_CHECK(room >= 0);
    return room / window.stride + 1;
}

}  // namespace

GraphBuilder::GraphBuilder(int height, int width, TensorVisitor fill) : m_fill(std::move(fill)) {
    m_graph.addMaps(3, height, width);
}

int GraphBuilder::mapsBehind(int input, int channels, const Window& window) {
    const GraphMaps in = m_graph.maps[static_cast<std::size_t>(input)];
    return m_graph.addMaps(channels, sizeBehind(in.height, window), sizeBehind(in.width, window));
}

GraphConv GraphBuilder::conv(const std::string& name, int inputs, int outputs, const Window& window, int groups) {
    GraphConv conv;
    conv.kernel = window.kernel;
    conv.stride = window.stride;
    conv.padding = window.padding;
    conv.groups = groups;
    conv.sources = firstChannels(inputs);
    conv.targets = firstChannels(outputs);
    conv.weight = tensor(name + ".weight", {outputs, inputs / groups, window.kernel, window.kernel});
    conv.bias.resize(static_cast<std::size_t>(outputs));
    return conv;
}

void GraphBuilder::bias(const std::string& name, GraphConv& conv) {
    conv.bias = tensor(name + ".bias", {conv.outputs()});
}

void GraphBuilder::normBehind(const std::string& name, GraphConv& conv) {
    const BatchNorm behind = norm(name, conv.outputs());
    const std::size_t row = conv.weight.size() / conv.targets.size();
    for (int o = 0; o < conv.outputs(); ++o) {
        const Affine affine = affineOf(behind, o);
        const auto output = static_cast<std::size_t>(o);
        for (std::size_t i = output * row; i < (output + 1) * row; ++i) {
            conv.weight[i] = static_cast<float>(static_cast<double>(conv.weight[i]) * affine.scale);
        }
        conv.bias[output] = static_cast<float>(static_cast<double>(conv.bias[output]) * affine.scale + affine.shift);
    }
}

int GraphBuilder::add(const std::string& name, GraphConv conv, int input) {
    const int output = mapsBehind(input, conv.outputs(), {conv.kernel, conv.stride, conv.padding});
    conv.input = input;
    conv.output = output;
    m_graph.nodes.push_back({name, std::move(conv)});
    return output;
}

int GraphBuilder::maxPool(const std::string& name, const Window& window, int input) {
    GraphPool pool;
    pool.input = input;
    pool.output = mapsBehind(input, channels(input), window);
    pool.kind = GraphPool::Kind::kMax;
    pool.kernel = window.kernel;
    pool.stride = window.stride;
    pool.padding = window.padding;
    m_graph.nodes.push_back({name, pool});
    return pool.output;
}

int GraphBuilder::globalAverage(const std::string& name, int input) {
    GraphGlobalAverage average;
    average.input = input;
    average.output = m_graph.addMaps(channels(input), 1, 1);
    const int output = average.output;
    m_graph.nodes.push_back({name, std::move(average)});
    return output;
}

int GraphBuilder::linear(const std::string& name, int input, int outputs, bool relu) {
    const GraphMaps in = m_graph.maps[static_cast<std::size_t>(input)];
    GraphLinear linear;
    linear.input = input;
    linear.output = m_graph.addMaps(outputs, 1, 1);
    linear.weight = tensor(name + ".weight", {outputs, std::int64_t{in.channels} * in.height * in.width});
    linear.bias = tensor(name + ".bias", {outputs});
    linear.relu = relu;
    const int output = linear.output;
    m_graph.nodes.push_back({name, std::move(linear)});
    return output;
}

std::vector<float> GraphBuilder::tensor(const std::string& name, std::vector<std::int64_t> shape) {
    std::int64_t size = 1;
    for (const std::int64_t length : shape) size *= length;
    std::vector<float> values(static_cast<std::size_t>(size));
    m_fill({name, std::move(shape), values, {}, {}, {}});
    m_graph.params += size;
    return values;
}

BatchNorm GraphBuilder::norm(const std::string& name, int channels) {
    BatchNorm norm(channels);
    norm.visitTensors(name + ".", m_fill);
    m_graph.params += 2 * channels;
    return norm;
}

}  // namespace condenser
