#include "connections/feature_reuse.h"

#include <algorithm>

namespace condenser {
namespace {

constexpr int kNormParams = 2;  // of a channel: scale and shift

double filtersOf(const ConnectionsLayer& layer) {
    return static_cast<double>(layer.outputs) / layer.groups;
}

}  // namespace

std::vector<int> keptPerGroup(const ConnectionsLayer& layer, const LayerConnections& connections) {
    std::vector<int> kept;
    for (auto row = connections.mask.begin(); row != connections.mask.end(); row += layer.inputs)
        kept.push_back(static_cast<int>(std::count(row, row + layer.inputs, std::uint8_t{1})));
    return kept;
}

Reuse reuseOf(const ConnectionsLayer& layer, const LayerConnections& connections, InputRange inputs, int group) {
    const int first = group < 0 ? 0 : group, last = group < 0 ? layer.groups : group + 1;
    Reuse reuse;
    double sum = 0;
    for (int g = first; g < last; ++g) {
        for (int input = inputs.first; input < inputs.first + inputs.count; ++input) {
            const std::size_t place = placeOf(layer, g, input);
            if (connections.mask[place] == 0) continue;
            ++reuse.kept;
            sum += double{connections.importance[place]};
        }
    }
    reuse.possible = (last - first) * inputs.count;
    if (reuse.kept > 0) reuse.meanWeight = sum / reuse.kept / filtersOf(layer);
    return reuse;
}

std::vector<ReadInput> inputsOf(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                const ConnectionsRecord& record, int layer, int group) {
    const ConnectionsLayer& shape = layers[static_cast<std::size_t>(layer)];
    const LayerConnections& connections = record.layers[static_cast<std::size_t>(layer)];
    std::vector<ReadInput> inputs;
    for (int input = 0; input < shape.inputs; ++input) {
        const std::size_t place = placeOf(shape, group, input);
        if (connections.mask[place] == 0) continue;
        const int channel = layout.firstChannel(layer) + input;
        inputs.push_back(
            {input, channel, layout.sourceOf(channel), double{connections.importance[place]} / filtersOf(shape)});
    }
    std::ranges::stable_sort(inputs, std::ranges::greater(), &ReadInput::meanWeight);
    return inputs;
}

std::vector<Reader> readersOf(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                              const ConnectionsRecord& record, int channel) {
    std::vector<Reader> readers;
    for (const int number : layout.readersOf(layout.sourceOf(channel))) {
        const ConnectionsLayer& layer = layers[static_cast<std::size_t>(number)];
        const LayerConnections& connections = record.layers[static_cast<std::size_t>(number)];
        for (int group = 0; group < layer.groups; ++group) {
            const std::size_t place = placeOf(layer, group, channel - layout.firstChannel(number));
            if (connections.mask[place] == 0) continue;
            readers.push_back({number, group, double{connections.importance[place]} / filtersOf(layer)});
        }
    }
    return readers;
}

std::vector<FeatureUse> featureUse(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                   const ConnectionsRecord& record) {
    std::vector<FeatureUse> uses;
    uses.reserve(static_cast<std::size_t>(layout.channels()));
    for (int source = 0; source < static_cast<int>(layout.sources.size()); ++source) {
        const SourceLayer& made = layout.sources[static_cast<std::size_t>(source)];
        for (int channel = made.first; channel < made.first + made.channels; ++channel)
            uses.push_back(FeatureUse{channel, source});
    }
    // Layer by layer, in the order of memory: this is done anew for each moment that is scrubbed over.
    for (std::size_t number = 0; number < layers.size(); ++number) {
        const ConnectionsLayer& layer = layers[number];
        const LayerConnections& connections = record.layers[number];
        const double filters = filtersOf(layer);
        const int first = layout.firstChannel(static_cast<int>(number));
        for (int group = 0; group < layer.groups; ++group) {
            for (int input = 0; input < layer.inputs; ++input) {
                FeatureUse& use = uses[static_cast<std::size_t>(first + input)];
                ++use.possible;
                const std::size_t place = placeOf(layer, group, input);
                if (connections.mask[place] == 0) continue;
                ++use.readers;
                use.weight += double{connections.importance[place]} / filters;
            }
        }
    }
    return uses;
}

DeadSaving savingOf(const NetworkSpec& spec, const ConnectionLayout& layout,
                    const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record,
                    const std::vector<FeatureUse>& uses) {
    DeadSaving saving;
    for (const FeatureUse& use : uses) {
        if (!use.isDead()) continue;
        const SourceLayer& source = layout.source(use.source);
        std::int64_t weights = 0;
        if (source.transition) {
            const auto number = static_cast<std::size_t>(use.source) - 1;
            const ConnectionsLayer& layer = layers[number];
            // Filter o is of group o mod G.
            const int group = (use.channel - source.first) % layer.groups;
            weights = keptPerGroup(layer, record.layers[number])[static_cast<std::size_t>(group)];
        } else {
            const bool stem = source.layer < 0;
            weights = 9 * std::int64_t{stem ? 3 : spec.bottleneck * source.channels / spec.groups3x3};
        }
        const std::int64_t pixels =
            std::int64_t{spec.mapSize(source.block, spec.height)} * spec.mapSize(source.block, spec.width);
        ++saving.channels;
        saving.params += weights;
        saving.macs += weights * pixels;
        if (use.channel < layout.firstClassified()) continue;
        saving.params += kNormParams + spec.classes;
        saving.macs += spec.classes;
    }
    return saving;
}

}  // namespace condenser
