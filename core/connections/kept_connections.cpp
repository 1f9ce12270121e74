#include "connections/kept_connections.h"

#include <algorithm>

namespace condenser {
namespace {

// `used`: set for the inputs that a group reads, of which input 0 is `used[firstUsed]`.
void count(const ConnectionsLayer& layer, const LayerConnections& connections, int group, KeptConnections& sum,
           std::vector<std::uint8_t>& used, std::size_t firstUsed = 0) {
    const auto inputs = static_cast<std::size_t>(layer.inputs);
    const std::size_t first = group < 0 ? 0 : static_cast<std::size_t>(group) * inputs;
    const std::size_t last = group < 0 ? connections.mask.size() : first + inputs;
    for (std::size_t row = first; row < last; row += inputs) {
        for (std::size_t i = 0; i < inputs; ++i) {
            sum.kept += connections.mask[row + i];
            used[firstUsed + i] |= connections.mask[row + i];
        }
    }
    sum.possible += static_cast<std::int64_t>(last - first);
}

int unusedOf(const std::vector<std::uint8_t>& used) {
    return static_cast<int>(std::ranges::count(used, std::uint8_t{0}));
}

}  // namespace

KeptConnections keptConnections(const ConnectionsLayer& layer, const LayerConnections& connections, int group) {
    KeptConnections sum;
    std::vector<std::uint8_t> used(static_cast<std::size_t>(layer.inputs));
    count(layer, connections, group, sum, used);
    sum.unused = unusedOf(used);
    return sum;
}

KeptConnections keptConnections(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                const ConnectionsRecord& record) {
    KeptConnections sum;
    // Every channel can be read, but those of the last layer.
    std::vector<std::uint8_t> used(static_cast<std::size_t>(layout.sources.back().first));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        count(layers[i], record.layers[i], -1, sum, used,
              static_cast<std::size_t>(layout.firstChannel(static_cast<int>(i))));
    }
    sum.unused = unusedOf(used);
    return sum;
}

}  // namespace condenser
