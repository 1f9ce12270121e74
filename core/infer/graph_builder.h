// Puts the graph of a usual network together, layer by layer, its tensors filled by whoever has them: from a seed or
// from a state dict.
#pragma once

#include <string>

#include "infer/graph.h"
#include "layers/batch_norm_layer.h"

namespace condenser {

class GraphBuilder {
  public:
    // For pictures of height x width. `fill` is called once for each tensor of the network, in the order of its layers.
    GraphBuilder(int height, int width, TensorVisitor fill);

    // The graph so far, handed over.
    Graph take() { return std::move(m_graph); }

    int channels(int maps) const { return m_graph.maps[static_cast<std::size_t>(maps)].channels; }

    // A window that slides over maps.
    struct Window {
        int kernel = 1, stride = 1, padding = 0;
    };
    // From tensor "NAME.weight": reads the first `inputs` channels and writes the first `outputs`, bias 0.
    GraphConv conv(const std::string& name, int inputs, int outputs, const Window& window, int groups = 1);
    // Sets the bias to tensor "NAME.bias".
    void bias(const std::string& name, GraphConv& conv);
    // Puts a norm behind the convolution.
    void normBehind(const std::string& name, GraphConv& conv);
    // Adds the convolution as a node, writing to new maps of its size; returns their number.
    int add(const std::string& name, GraphConv conv, int input);

    // Returns the new maps.
    int maxPool(const std::string& name, const Window& window, int input);
    // Over the whole map; returns the 1 x 1 maps.
    int globalAverage(const std::string& name, int input);
    // Over all of `input`, from tensors "NAME.weight" and "NAME.bias"; returns the 1 x 1 maps.
    int linear(const std::string& name, int input, int outputs, bool relu = false);

  private:
    // New maps of the size that the window makes of `input`; returns their number.
    int mapsBehind(int input, int channels, const Window& window);
    std::vector<float> tensor(const std::string& name, std::vector<std::int64_t> shape);
    BatchNorm norm(const std::string& name, int channels);

    Graph m_graph;
    TensorVisitor m_fill;
};

}  // namespace condenser
