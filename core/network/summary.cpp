#include "network/summary.h"

#include <algorithm>

#include "network/layer_names.h"

namespace condenser {
namespace {

// The layers in the order in which they run, each counted as it is added.
class Counter {
  public:
    Counter(const NetworkSpec& spec, CountingMode mode) : m_spec(spec), m_mode(mode) {}

    // A map's size from here on.
    void setMap(int height, int width) {
        m_height = height;
        m_width = width;
    }

    void convolution(std::string name, int inputs, int outputs, int kernel, int groups, int stride) {
        addConvolution(std::move(name), inputs, outputs, kernel, groups, stride, 1);
    }

    // Batch norm and ReLU over `channels`.
    void normRelu(const std::string& norm, const std::string& relu, int channels) {
        LayerSummary& bn = add(norm, "bn", channels);
        bn.params = 2 * channels;
        add(relu, "relu", channels).refOps = pixels() * channels;
    }

    // The learned 1x1 convolution with its norm. Converted, it reads inputs/C gathered channels a group.
    void learnedConvolution(const std::string& name, int inputs, int outputs) {
        const int gathered = inputs / m_spec.condenseFactor * m_spec.groups1x1;
        const bool converted = m_mode == CountingMode::kCondensed;
        normRelu(name + ".norm", name + ".relu", converted ? gathered : inputs);
        if (converted) {
            addConvolution(name + ".conv", gathered, outputs, 1, m_spec.groups1x1, 1, 1);
        } else {
            addConvolution(name + ".conv", inputs, outputs, 1, 1, 1,
                           m_mode == CountingMode::kLearned ? m_spec.condenseFactor : 1);
        }
    }

    // Average over windows of `windowHeight` x `windowWidth`; the current map is the output's.
    void pool(std::string name, int channels, int windowHeight, int windowWidth) {
        add(std::move(name), "pool", channels).refOps = pixels() * channels * windowHeight * windowWidth;
    }

    void linear(std::string name, int inputs, int outputs) {
        setMap(1, 1);
        LayerSummary& layer = add(std::move(name), "linear", outputs);
        layer.inputs = inputs;
        layer.macs = std::int64_t{inputs} * outputs;
        layer.params = layer.macs + outputs;
        layer.refOps = layer.params;
    }

    NetworkSummary result() {
        for (const LayerSummary& layer : m_summary.layers) {
            m_summary.macs += layer.macs;
            m_summary.params += layer.params;
            m_summary.refFlops += layer.refOps;
        }
        return std::move(m_summary);
    }

  private:
    std::int64_t pixels() const { return std::int64_t{m_height} * m_width; }

    LayerSummary& add(std::string name, const char* op, int channels) {
        LayerSummary& layer = m_summary.layers.emplace_back();
        layer.name = std::move(name);
        layer.op = op;
        layer.channels = channels;
        layer.height = m_height;
        layer.width = m_width;
        return layer;
    }

    // Only one connection in `sparsity` counts.
    void addConvolution(std::string name, int inputs, int outputs, int kernel, int groups, int stride, int sparsity) {
        LayerSummary& layer = add(std::move(name), "conv", outputs);
        layer.inputs = inputs;
        layer.kernel = kernel;
        layer.groups = groups;
        layer.stride = stride;
        layer.params = std::int64_t{outputs} * (inputs / groups) * kernel * kernel / sparsity;
        layer.macs = layer.params * pixels();
        layer.refOps = layer.macs;
    }

    const NetworkSpec& m_spec;
    CountingMode m_mode;
    int m_height = 0, m_width = 0;
    NetworkSummary m_summary;
};

}  // namespace

NetworkSummary summarize(const NetworkSpec& spec, CountingMode mode, double classifierKeep) {
    Counter count(spec, mode);
    for (int b = 0; b < spec.blocks(); ++b) {
        count.setMap(spec.mapSize(b, spec.height), spec.mapSize(b, spec.width));
        if (b == 0) {
            count.convolution("features.init_conv", 3, spec.stemChannels(), 3, 1, spec.stemStride);
        } else {
            count.pool(transitionName(b - 1) + ".pool", spec.blockInputs(b), 2, 2);
        }
        const int growth = spec.growth[static_cast<std::size_t>(b)];
        const int middle = spec.bottleneck * growth;
        for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
            const std::string name = denseLayerName(b, l);
            count.learnedConvolution(name + ".conv_1", spec.layerInputs(b, l), middle);
            count.normRelu(name + ".conv_2.norm", name + ".conv_2.relu", middle);
            count.convolution(name + ".conv_2.conv", middle, growth, 3, spec.groups3x3, 1);
        }
        if (spec.hasTransitions() && b + 1 < spec.blocks()) {
            count.learnedConvolution(transitionName(b) + ".conv", spec.blockOutputs(b), spec.blockInputs(b + 1));
        }
    }
    const int features = spec.blockInputs(spec.blocks());
    count.normRelu("features.norm_last", "features.relu_last", features);
    const int last = spec.blocks() - 1;
    count.setMap(1, 1);
    count.pool("features.pool_last", features, spec.mapSize(last, spec.height), spec.mapSize(last, spec.width));
    if (mode == CountingMode::kCondensed && classifierKeep < 1) {
        count.linear("classifier.linear", std::max(1, static_cast<int>(features * classifierKeep)), spec.classes);
    } else {
        count.linear("classifier", features, spec.classes);
    }
    return count.result();
}

}  // namespace condenser
