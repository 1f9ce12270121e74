#include "connections/trace_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <numeric>

#include "connections/feature_reuse.h"
#include "connections/next_to_go.h"
#include "connections/traced_cells.h"
#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("TraceWords", text);
}

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

QString enumeration(const QStringList& words) {
    if (words.size() < 2) return words.join(QString());
    return tr("%1 and %2").arg(words.mid(0, words.size() - 1).join(QStringLiteral(", ")), words.last());
}

QString groupsWords(const std::vector<int>& groups) {
    return groups.size() == 1 ? groupWords(groups.front() - 1) : tr("groups %1").arg(numbersWords(groups));
}

QString ordinal(int number) {
    const int tens = number % 100, ones = number % 10;
    if (tens >= 11 && tens <= 13) return tr("%1th").arg(number);
    return (ones == 1 ? tr("%1st") : ones == 2 ? tr("%1nd") : ones == 3 ? tr("%1rd") : tr("%1th")).arg(number);
}

QString readsSentence(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace) {
    const ConnectionsLayer& layer = source.layers[at(trace.layer)];
    const std::vector<int> kept = keptPerGroup(layer, record.layers[at(trace.layer)]);
    const int filters = layer.outputs / layer.groups;
    if (trace.group >= 0) {
        const int mine = kept[at(trace.group)];
        if (mine == 0)
            return tr("It reads nothing any more: all %1 inputs are dropped.").arg(formatCount(layer.inputs));
        const QString counts = tr("%1 of %2").arg(formatCount(mine), formatCount(layer.inputs));
        if (trace.filter >= 0)
            return tr("Keeps %1 inputs, the same for all %2 filters of its group.").arg(counts).arg(filters);
        return tr("Keeps %1 inputs, read by all its %2.")
            .arg(counts, formatPlural(filters, tr("filter"), tr("filters")));
    }
    const int all = std::accumulate(kept.begin(), kept.end(), 0);
    const std::int64_t possible = std::int64_t{layer.groups} * layer.inputs;
    if (all == 0) return tr("It reads nothing any more: all %1 connections are dropped.").arg(formatCount(possible));
    return tr("Keeps %1 of %2 connections (%3) of its %4 to %5 of %6.")
        .arg(formatCount(all), formatCount(possible),
             formatShare(static_cast<double>(all) / static_cast<double>(possible)),
             formatPlural(layer.groups, tr("group"), tr("groups")),
             formatCount(std::ssize(tracedPath(source, record, trace))),
             formatPlural(std::ssize(source.layout.sourcesOf(trace.layer)), tr("source"), tr("sources")));
}

QString readBySentence(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace) {
    const ConnectionLayout& layout = source.layout;
    const bool one = trace.channel >= 0;
    const QString maker = sourceWords(layout, trace.source);
    if (trace.source >= layout.layers()) {
        return one ? tr("Made by %1, the last layer: only the classifier reads it.").arg(maker)
                   : tr("The last layer: only the classifier reads what it makes.");
    }
    const SourceLayer made = tracedChannels(source, trace);
    int readers = 0, layers = 0, possible = 0;
    for (const int number : layout.readersOf(trace.source)) {
        const ConnectionsLayer& layer = source.layers[at(number)];
        const InputRange inputs = layout.inputsFrom(number, made);
        int mine = 0;
        for (int group = 0; group < layer.groups; ++group)
            mine += reuseOf(layer, record.layers[at(number)], inputs, group).kept > 0 ? 1 : 0;
        readers += mine;
        layers += mine > 0 ? 1 : 0;
        possible += layer.groups;
    }
    const QString could = formatCount(possible);
    if (readers == 0 && one && made.first < layout.firstClassified())
        return tr("Made by %1. None of the %2 groups that could read it does, and the classifier cannot.")
            .arg(maker, could);
    if (readers == 0) {
        return one ? tr("Made by %1. None of the %2 groups that could read it does; the classifier still reads it.")
                         .arg(maker, could)
                   : tr("None of the %1 groups that could read it does.").arg(could);
    }
    const QString groups = formatPlural(readers, tr("group"), tr("groups"));
    const QString later = formatPlural(layers, tr("later layer"), tr("later layers"));
    return one ? tr("Made by %1, read by %2 of %3, of %4 that could.").arg(maker, groups, later, could)
               : tr("Read by %1 of %2, of %3 that could.").arg(groups, later, could);
}

}  // namespace

QString featureWords(int channel) {
    return QStringLiteral("f") + QChar(QChar::Nbsp) + QString::number(channel);
}

QString sourceWords(const ConnectionLayout& layout, int source) {
    const SourceLayer& made = layout.sources[at(source)];
    return made.layer < 0 ? tr("stem") : QString::fromStdString(made.name);
}

QString layerWords(const ConnectionLayout& layout, int layer) {
    return sourceWords(layout, layer + 1);
}

QString groupWords(int group) {
    return tr("group %1").arg(group + 1).replace(u' ', QChar(QChar::Nbsp));
}

QString weightWords(double weight) {
    if (weight == 0) return QStringLiteral("0");
    return weight < 0.001 ? QString::number(weight, 'g', 2) : QString::number(weight, 'f', 3);
}

QString numbersWords(const std::vector<int>& numbers) {
    QStringList words;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t end = i + 1;
        while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
        if (end - i >= 3) {
            words << tr("%1 to %2").arg(numbers[i]).arg(numbers[end - 1]);
        } else {
            for (std::size_t j = i; j < end; ++j) words << QString::number(numbers[j]);
        }
        i = end;
    }
    return enumeration(words);
}

QString traceTitle(const ConnectionsSource& source, const Trace& trace) {
    switch (trace.what) {
        case Trace::What::kNothing:
            return {};
        case Trace::What::kReads:
            if (trace.filter >= 0)
                return tr("Filter %1 of %2").arg(trace.filter + 1).arg(layerWords(source.layout, trace.layer));
            return tr("Layer %1").arg(layerWords(source.layout, trace.layer));
        case Trace::What::kReadBy:
            if (trace.channel >= 0) return tr("Feature %1").arg(featureWords(trace.channel));
            if (trace.source == 0) return tr("What the stem makes");
            return tr("What %1 makes").arg(sourceWords(source.layout, trace.source));
    }
    return {};
}

QString traceSentence(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace) {
    switch (trace.what) {
        case Trace::What::kNothing:
            return {};
        case Trace::What::kReads:
            return readsSentence(source, record, trace);
        case Trace::What::kReadBy:
            return readBySentence(source, record, trace);
    }
    return {};
}

QString fateSentence(const ConnectionsSource& source, const ConnectionsRecord& record, int layer, int channel) {
    const ConnectionsLayer& shape = source.layers[at(layer)];
    if (!source.layout.canRead(layer, source.layout.sourceOf(channel))) return {};
    const int asked = channel - source.layout.firstChannel(layer);
    const LayerConnections& connections = record.layers[at(layer)];
    const auto going = nextToGo(shape, connections, source.stageForNext(record.key.stage), source.spec.condenseFactor);
    QStringList keeping, parts;
    std::vector<int> dropped, next;
    for (int group = 0; group < shape.groups; ++group) {
        const std::size_t mine = placeOf(shape, group, asked);
        if (connections.mask[mine] == 0) {
            dropped.push_back(group + 1);
            continue;
        }
        if (std::ranges::find(going[at(group)], asked, &NextToGo::input) != going[at(group)].end()) {
            next.push_back(group + 1);
            continue;
        }
        int stronger = 0, kept = 0;
        for (int input = 0; input < shape.inputs; ++input) {
            const std::size_t other = placeOf(shape, group, input);
            if (connections.mask[other] == 0) continue;
            ++kept;
            stronger += connections.importance[other] > connections.importance[mine] ? 1 : 0;
        }
        keeping << tr("%1 (%2 of %3)").arg(group + 1).arg(ordinal(stronger + 1)).arg(kept);
    }
    if (!keeping.empty())
        parts << (keeping.size() == 1 ? tr("kept by group %1") : tr("kept by groups %1")).arg(enumeration(keeping));
    if (!next.empty()) parts << tr("next to go from %1").arg(groupsWords(next));
    if (!dropped.empty()) parts << tr("dropped by %1").arg(groupsWords(dropped));
    return tr("In %1: %2.").arg(layerWords(source.layout, layer), parts.join(QStringLiteral(", ")));
}

}  // namespace condenser
