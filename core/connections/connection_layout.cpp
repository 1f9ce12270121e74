#include "connections/connection_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "network/layer_names.h"

namespace condenser {

int ConnectionLayout::sourceOf(int channel) const {
    const auto behind = std::ranges::upper_bound(sources, channel, {}, &SourceLayer::first);
    return static_cast<int>(behind - sources.begin()) - 1;
}

std::ranges::iota_view<int, int> ConnectionLayout::readersOf(int source) const {
    int behind = source;
    while (behind < layers() && canRead(behind, source)) ++behind;
    return {source, behind};
}

ConnectionLayout layoutOf(const NetworkSpec& spec) {
    ConnectionLayout layout;
    layout.sources.push_back({.name = "stem", .layer = -1, .channels = spec.stemChannels()});
    int readsFrom = 0;
    const auto add = [&](SourceLayer source) {
        source.first = layout.channels();
        source.readsFrom = readsFrom;
        layout.sources.push_back(std::move(source));
    };
    for (int b = 0; b < spec.blocks(); ++b) {
        const auto block = static_cast<std::size_t>(b);
        for (int l = 0; l < spec.stages[block]; ++l) {
            add({.name = fmt::format("{}.{}", b + 1, l + 1), .block = b, .layer = l, .channels = spec.growth[block]});
        }
        if (!spec.hasTransitions() || b + 1 == spec.blocks()) continue;
        add({.name = fmt::format("T{}", b + 1),
             .block = b,
             .layer = spec.stages[block],
             .channels = spec.blockInputs(b + 1),
             .transition = true});
        readsFrom = layout.layers();
    }
    return layout;
}

std::string layerNameOf(const SourceLayer& layer) {
    if (layer.transition) return transitionName(layer.block) + ".conv";
    return denseLayerName(layer.block, layer.layer) + ".conv_1";
}

std::vector<ConnectionsLayer> layersOf(const NetworkSpec& spec) {
    const ConnectionLayout layout = layoutOf(spec);
    std::vector<ConnectionsLayer> layers;
    for (int number = 0; number < layout.layers(); ++number) {
        const SourceLayer& made = layout.reader(number);
        layers.push_back({layerNameOf(made), spec.groups1x1, made.first - layout.firstChannel(number),
                          made.transition ? made.channels : spec.bottleneck * made.channels});
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
