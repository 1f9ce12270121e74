// A network as inference sees it: maps, and the operators that read and write them, in the order in which they run.
// Whatever an ordinary engine would need operators of their own for is a table here: concatenation and channel shuffle
// are the channels that a convolution writes, an index layer those that it reads, a batch norm behind a convolution is
// folded into its weights.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace condenser {

class Network;

// Feature maps: C planes of H x W.
struct GraphMaps {
    int channels = 0, height = 0, width = 0;
};

// y[targets[o]] = act(bias[o] + residual + sum over inputs i and taps t of weight[o][i][t] * a[i][t]), where
// a[i] = relu(scale[i] * x[sources[i]] + shift[i]), or x[sources[i]] where there is no norm. Group g's outputs read the
// positions g * inputs() ... ; outputs stand group by group. Taps outside of the map are 0.
struct GraphConv {
    int input = 0, output = 0;  // maps
    int kernel = 1, stride = 1, padding = 0, groups = 1;
    std::vector<int> sources;         // [groups * inputs] channels of `input`
    std::vector<float> scale, shift;  // [groups * inputs], or both empty; only with padding 0
    std::vector<float> weight;        // [outputs, inputs, kernel, kernel]
    std::vector<float> bias;          // [outputs]
    std::vector<int> targets;         // [outputs] channels of `output`
    int residual = -1;                // maps of the size of `output`, read at the same channels; -1: none
    bool relu = false;

    int inputs() const { return static_cast<int>(sources.size()) / groups; }  // a group
    int outputs() const { return static_cast<int>(targets.size()); }          // in all
};

// The channels of `input` to the first channels of `output`. An average pooling has no padding; what does not fill a
// window is left out.
struct GraphPool {
    enum class Kind { kAverage, kMax };
    int input = 0, output = 0;
    Kind kind = Kind::kAverage;
    int kernel = 2, stride = 2, padding = 0;
};

// y[c] = mean over the map of relu(scale[c] * x[c] + shift[c]), or of x[c] where there is no norm. `output` is 1 x 1.
struct GraphGlobalAverage {
    int input = 0, output = 0;
    std::vector<float> scale, shift;  // [channels], or both empty
};

// Over the flattened input, C H W in this order, or over the channels `sources` of a 1 x 1 input. `output` is 1 x 1.
struct GraphLinear {
    int input = 0, output = 0;
    std::vector<int> sources;   // empty: all
    std::vector<float> weight;  // [outputs, inputs]
    std::vector<float> bias;    // [outputs]
    bool relu = false;
};

struct GraphNode {
    std::string name;  // of the layer in the state dict: "features.denseblock_1.denselayer_1.conv_1"
    std::variant<GraphConv, GraphPool, GraphGlobalAverage, GraphLinear> op;
};

// maps[0] is the picture (3 channels), the last node writes the logits.
struct Graph {
    std::vector<GraphMaps> maps;
    std::vector<GraphNode> nodes;
    std::int64_t params = 0;  // of the network as it was trained, its norms' included

    int addMaps(int channels, int height, int width);  // returns their number
    int classes() const { return maps.back().channels; }
};

// Multiply-adds of a convolution or linear layer for one image, without biases; 0 for the others.
std::int64_t graphMacs(const Graph& graph, const GraphNode& node);
std::int64_t graphMacs(const Graph& graph);
// "conv", "depthwise", "pool", "linear".
const char* graphOp(const GraphNode& node);

// Whether connections that condensing steps have dropped from a dense network are computed (as zeros: the network that
// condensing is compared with) or left out.
enum class DroppedConnections { kCompute, kSkip };

// A CondenseNet, dense or condensed, for pictures of height x width, with its running statistics.
Graph graphOf(const Network& network, int height, int width, DroppedConnections dropped);

}  // namespace condenser
