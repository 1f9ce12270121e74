#include "connections/kept_connections.h"

#include <algorithm>

namespace condenser {
namespace {

// `used`: set for the inputs that a group reads, a channel each.
void count(const ConnectionsLayer& layer, const LayerConnections& connections, int group, KeptConnections& sum,
           std::vector<std::uint8_t>& used) {
    const auto inputs = static_cast<std::size_t>(layer.inputs);
    const std::size_t first = group < 0 ? 0 : static_cast<std::size_t>(group) * inputs;
    const std::size_t last = group < 0 ? connections.mask.size() : first + inputs;
    for (std::size_t row = first; row < last; row += inputs) {
        for (std::size_t i = 0; i < inputs; ++i) {
            sum.kept += connections.mask[row + i];
            used[i] |= connections.mask[row + i];
        }
    }
    sum.possible += static_cast<std::int64_t>(last - first);
    sum.unused = static_cast<int>(std::ranges::count(used, std::uint8_t{0}));
}

}  // namespace

KeptConnections keptConnections(const ConnectionsLayer& layer, const LayerConnections& connections, int group) {
    KeptConnections sum;
    std::vector<std::uint8_t> used(static_cast<std::size_t>(layer.inputs));
    count(layer, connections, group, sum, used);
    return sum;
}

KeptConnections keptConnections(const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record) {
    KeptConnections sum;
    // The last layer can read all channels but its own, which no layer can.
    std::vector<std::uint8_t> used(layers.empty() ? 0 : static_cast<std::size_t>(layers.back().inputs));
    for (std::size_t i = 0; i < layers.size(); ++i) count(layers[i], record.layers[i], -1, sum, used);
    return sum;
}

}  // namespace condenser
