#include "connections/feature_path.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "connections/layer_weights.h"
#include "connections/trace_words.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("FeaturePath", text);
}

void sortByStrength(std::vector<PathChannel>& channels) {
    std::ranges::stable_sort(channels, std::ranges::greater(), &PathChannel::strength);
}

// How much a map varies: its standard deviation.
double spreadOf(const FeatureMap& map) {
    if (map.values.empty()) return 0;
    double sum = 0, squares = 0;
    for (const float value : map.values) sum += value;
    const double mean = sum / static_cast<double>(map.values.size());
    for (const float value : map.values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(map.values.size()));
}

FeaturePath whatAGroupReads(const ConnectionsSource& source, const ConnectionsRecord& record, int layer, int group) {
    FeaturePath path;
    path.title = tr("Group %1 of layer %2 reads").arg(group + 1).arg(layerWords(source.layout, layer));
    path.strengthName = tr("mean |w|");
    for (const ReadInput& input : inputsOf(source.layout, source.layers, record, layer, group))
        path.channels.push_back({input.channel, input.source, input.meanWeight});
    return path;
}

FeaturePath whatALayerReads(const ConnectionsSource& source, const ConnectionsRecord& record, int layer) {
    const ConnectionsLayer& shape = source.layers[static_cast<std::size_t>(layer)];
    std::vector<double> sums(static_cast<std::size_t>(shape.inputs));
    std::vector<bool> kept(sums.size());
    for (int group = 0; group < shape.groups; ++group) {
        for (const PathChannel& one : whatAGroupReads(source, record, layer, group).channels) {
            const auto input = static_cast<std::size_t>(one.channel - source.layout.firstChannel(layer));
            sums[input] += one.strength;
            kept[input] = true;
        }
    }
    FeaturePath path;
    path.title = tr("Layer %1 reads").arg(layerWords(source.layout, layer));
    path.strengthName = tr("summed mean |w|");
    for (int input = 0; input < shape.inputs; ++input) {
        const std::size_t i = static_cast<std::size_t>(input);
        const int channel = source.layout.firstChannel(layer) + input;
        if (kept[i]) path.channels.push_back({channel, source.layout.sourceOf(channel), sums[i]});
    }
    sortByStrength(path.channels);
    return path;
}

FeaturePath whatAFilterReads(const ConnectionsSource& source, const ConnectionsRecord& record, const ModelFile& model,
                             int layer, int filter) {
    const auto weights = layerWeights(model, source.layout, layer);
    if (!weights || filter >= weights->outputs) return whatALayerReads(source, record, layer);
    const int group = filter % weights->groups;
    FeaturePath path;
    path.title = tr("Filter %1 of layer %2 reads").arg(filter + 1).arg(layerWords(source.layout, layer));
    path.strengthName = tr("|w|");
    for (int input = 0; input < weights->inputs; ++input) {
        if (weights->mask[static_cast<std::size_t>(group * weights->inputs + input)] == 0) continue;
        const float w = weights->pointwise[static_cast<std::size_t>(filter * weights->inputs + input)];
        const int channel = source.layout.firstChannel(layer) + input;
        path.channels.push_back({channel, source.layout.sourceOf(channel), std::abs(double{w})});
    }
    sortByStrength(path.channels);
    return path;
}

FeaturePath channelAndReaders(const ConnectionsSource& source, const ConnectionsRecord& record, int channel) {
    FeaturePath path;
    const int made = source.layout.sourceOf(channel);
    path.title = tr("f %1, made by %2").arg(channel).arg(sourceWords(source.layout, made));
    path.single = true;
    path.readers = readersOf(source.layout, source.layers, record, channel);
    double sum = 0;
    for (const Reader& reader : path.readers) sum += reader.meanWeight;
    path.strengthName = tr("summed mean |w|");
    path.channels.push_back({channel, made, sum});
    return path;
}

FeaturePath mostRead(const ConnectionsSource& source, const ConnectionsRecord& record, int made) {
    FeaturePath path;
    path.title = made < 0    ? tr("Channels read most")
                 : made == 0 ? tr("The stem makes")
                             : tr("Layer %1 makes").arg(sourceWords(source.layout, made));
    path.strengthName = tr("summed mean |w|");
    for (const FeatureUse& use : featureUse(source.layout, source.layers, record)) {
        if (made < 0 || use.source == made) path.channels.push_back({use.channel, use.source, use.weight});
    }
    sortByStrength(path.channels);
    return path;
}

FeaturePath whatALayerMakes(const ConnectionsSource& source, const FeatureMaps& maps, int layer) {
    FeaturePath path;
    path.title = tr("Layer %1 makes").arg(layerWords(source.layout, layer));
    path.strengthName = tr("spread");
    const SourceLayer& made = source.layout.reader(layer);
    for (int channel = made.first; channel < made.first + made.channels; ++channel)
        path.channels.push_back({channel, layer + 1, spreadOf(maps.map(channel))});
    sortByStrength(path.channels);
    return path;
}

}  // namespace

FeaturePath featurePath(const ConnectionsSource& source, const ConnectionsRecord& record, const ModelFile& weights,
                        const FeatureMaps& maps, const MapPlace& place, const Trace& trace) {
    if (record.layers.size() != source.layers.size()) return {};
    const int layers = source.layout.layers();
    if (trace.what == Trace::What::kReads && trace.layer >= 0 && trace.layer < layers) {
        const int groups = source.layers[static_cast<std::size_t>(trace.layer)].groups;
        if (trace.filter >= 0) return whatAFilterReads(source, record, weights, trace.layer, trace.filter);
        if (trace.group >= 0 && trace.group < groups) return whatAGroupReads(source, record, trace.layer, trace.group);
        return whatALayerReads(source, record, trace.layer);
    }
    if (trace.what == Trace::What::kReadBy) {
        if (trace.channel >= 0 && trace.channel < source.layout.channels())
            return channelAndReaders(source, record, trace.channel);
        if (trace.source >= 0 && trace.source <= layers) return mostRead(source, record, trace.source);
    }
    if (place.level == MapLevel::kNetwork) return mostRead(source, record, -1);
    return whatALayerMakes(source, maps, place.layer);
}

}  // namespace condenser
