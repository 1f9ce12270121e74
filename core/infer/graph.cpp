#include "infer/graph.h"

namespace condenser {

int Graph::addMaps(int channels, int height, int width) {
    maps.push_back({channels, height, width});
    return static_cast<int>(maps.size()) - 1;
}

std::int64_t graphMacs(const Graph& graph, const GraphNode& node) {
    if (const auto* conv = std::get_if<GraphConv>(&node.op)) {
        const GraphMaps& out = graph.maps[static_cast<std::size_t>(conv->output)];
        return static_cast<std::int64_t>(conv->weight.size()) * out.height * out.width;
    }
    if (const auto* linear = std::get_if<GraphLinear>(&node.op))
        return static_cast<std::int64_t>(linear->weight.size());
    return 0;
}

std::int64_t graphMacs(const Graph& graph) {
    std::int64_t macs = 0;
    for (const GraphNode& node : graph.nodes) macs += graphMacs(graph, node);
    return macs;
}

const char* graphOp(const GraphNode& node) {
    if (const auto* conv = std::get_if<GraphConv>(&node.op))
        return conv->inputs() == 1 && conv->groups > 1 ? "depthwise" : "conv";
    return std::holds_alternative<GraphLinear>(node.op) ? "linear" : "pool";
}

}  // namespace condenser
