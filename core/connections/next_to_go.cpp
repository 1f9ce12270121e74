#include "connections/next_to_go.h"

#include <algorithm>

namespace condenser {

std::vector<std::vector<NextToGo>> nextToGo(const ConnectionsLayer& layer, const LayerConnections& connections,
                                            int stage, int condenseFactor) {
    std::vector<std::vector<NextToGo>> groups(static_cast<std::size_t>(layer.groups));
    if (stage >= condenseFactor - 1) return groups;
    const int keep = layer.inputs - layer.inputs / condenseFactor * (stage + 1);
    for (int g = 0; g < layer.groups; ++g) {
        const std::size_t row = static_cast<std::size_t>(g) * static_cast<std::size_t>(layer.inputs);
        const auto importance = [&](int input) {
            return double{connections.importance[row + static_cast<std::size_t>(input)]};
        };
        std::vector<int> order;
        for (int input = 0; input < layer.inputs; ++input) {
            if (connections.mask[row + static_cast<std::size_t>(input)] != 0) order.push_back(input);
        }
        const int go = static_cast<int>(order.size()) - keep;
        if (go <= 0 || keep <= 0) continue;
        const auto goesBefore = [&](int a, int b) {
            return importance(a) != importance(b) ? importance(a) < importance(b) : a < b;
        };
        // Only those that go need an order.
        std::ranges::nth_element(order, order.begin() + go, goesBefore);
        std::sort(order.begin(), order.begin() + go, goesBefore);
        const double staying = importance(order[static_cast<std::size_t>(go)]);
        for (int i = 0; i < go; ++i) {
            const int input = order[static_cast<std::size_t>(i)];
            const double margin = staying > 0 ? 1 - importance(input) / staying : 0;
            groups[static_cast<std::size_t>(g)].push_back({input, margin});
        }
    }
    return groups;
}

}  // namespace condenser
