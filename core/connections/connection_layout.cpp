#include "connections/connection_layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace condenser {

int ConnectionLayout::sourceOf(int channel) const {
    const auto behind = std::ranges::upper_bound(sources, channel, {}, &SourceLayer::first);
    return static_cast<int>(behind - sources.begin()) - 1;
}

ConnectionLayout layoutOf(const NetworkSpec& spec) {
    ConnectionLayout layout;
    layout.sources.push_back({"stem", 0, -1, 0, spec.stemChannels()});
    for (int b = 0; b < spec.blocks(); ++b) {
        const auto block = static_cast<std::size_t>(b);
        for (int l = 0; l < spec.stages[block]; ++l) {
            layout.sources.push_back(
                {fmt::format("{}.{}", b + 1, l + 1), b, l, spec.layerInputs(b, l), spec.growth[block]});
        }
    }
    return layout;
}

std::optional<ConnectionLayout> layoutOf(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers) {
    ConnectionLayout layout = layoutOf(spec);
    if (layers.size() != static_cast<std::size_t>(layout.layers())) return std::nullopt;
    for (int number = 0; number < layout.layers(); ++number) {
        const ConnectionsLayer& layer = layers[static_cast<std::size_t>(number)];
        const SourceLayer& made = layout.reader(number);
        const bool fits = layer.groups == spec.groups1x1 && layer.inputs == made.first &&
                          layer.outputs == spec.bottleneck * made.channels;
        if (!fits) return std::nullopt;
    }
    return layout;
}

}  // namespace condenser
