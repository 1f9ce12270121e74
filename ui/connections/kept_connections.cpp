#include "connections/kept_connections.h"

#include <algorithm>

namespace condenser {

KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record, int layer,
                                int group) {
    const ConnectionsLayer& shape = source.layers[static_cast<std::size_t>(layer)];
    const std::vector<std::uint8_t>& mask = record.layers[static_cast<std::size_t>(layer)].mask;
    const auto inputs = static_cast<std::size_t>(shape.inputs);
    const std::size_t first = group < 0 ? 0 : static_cast<std::size_t>(group) * inputs;
    const std::size_t last = group < 0 ? mask.size() : first + inputs;
    KeptConnections sum;
    std::vector<std::uint8_t> used(inputs);
    for (std::size_t row = first; row < last; row += inputs) {
        for (std::size_t i = 0; i < inputs; ++i) {
            sum.kept += mask[row + i];
            used[i] |= mask[row + i];
        }
    }
    sum.possible = static_cast<std::int64_t>(last - first);
    sum.unused = static_cast<int>(std::ranges::count(used, std::uint8_t{0}));
    return sum;
}

KeptConnections keptConnections(const ConnectionsSource& source, const ConnectionsRecord& record) {
    KeptConnections sum;
    // The last layer could read all that the others can.
    std::vector<std::uint8_t> used(static_cast<std::size_t>(source.layers.back().inputs));
    for (const LayerConnections& layer : record.layers) {
        const std::size_t number = static_cast<std::size_t>(&layer - record.layers.data());
        const auto inputs = static_cast<std::size_t>(source.layers[number].inputs);
        for (std::size_t row = 0; row < layer.mask.size(); row += inputs) {
            for (std::size_t i = 0; i < inputs; ++i) {
                sum.kept += layer.mask[row + i];
                used[i] |= layer.mask[row + i];
            }
        }
        sum.possible += static_cast<std::int64_t>(layer.mask.size());
    }
    sum.unused = static_cast<int>(std::ranges::count(used, std::uint8_t{0}));
    return sum;
}

}  // namespace condenser
