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

std::vector<ConnectionsLayer> layersOf(const NetworkSpec& spec) {
    const ConnectionLayout layout = layoutOf(spec);
    std::vector<ConnectionsLayer> layers;
    for (int number = 0; number < layout.layers(); ++number) {
        const SourceLayer& made = layout.reader(number);
        layers.push_back({fmt::format("features.denseblock_{}.denselayer_{}.conv_1", made.block + 1, made.layer + 1),
                          spec.groups1x1, made.first, spec.bottleneck * made.channels});
    }
    return layers;
}

std::optional<ConnectionLayout> layoutOf(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers) {
    // Names are the file's own.
    const bool fits = std::ranges::equal(layers, layersOf(spec), [](const auto& mine, const auto& expected) {
        return mine.groups == expected.groups && mine.inputs == expected.inputs && mine.outputs == expected.outputs;
    });
    return fits ? std::optional(layoutOf(spec)) : std::nullopt;
}

}  // namespace condenser
