#include "cli/inspect_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <iterator>

#include "cli/inspect_moments.h"
#include "connections/feature_reuse.h"
#include "connections/kept_connections.h"

namespace condenser::cli {
namespace {

std::string weightText(std::int64_t kept, double meanWeight) {
    return kept > 0 ? fmt::format("{:.4f}", meanWeight) : "-";
}

// What a layer, or one group of it, reads in all.
Reuse allOf(const ConnectionsLayer& layer, const LayerConnections& connections, int group = -1) {
    return reuseOf(layer, connections, {0, layer.inputs}, group);
}

// Of one layer or of several.
struct Figures {
    KeptConnections connections;
    double sum = 0, weights = 0;  // of |w|, and how many weights that are

    Figures& operator+=(const Figures& other) {
        connections.kept += other.connections.kept;
        connections.possible += other.connections.possible;
        connections.unused += other.connections.unused;
        sum += other.sum;
        weights += other.weights;
        return *this;
    }
    std::string kept() const { return fmt::format("{} of {}", connections.kept, connections.possible); }
    std::string share() const { return percent(connections.share()); }
    std::string dead() const { return std::to_string(connections.unused); }
    std::string meanWeight() const { return weightText(connections.kept, sum / weights); }
};

Figures figuresOf(const ConnectionsLayer& layer, const LayerConnections& connections) {
    const Reuse all = allOf(layer, connections);
    const double weights = static_cast<double>(all.kept) * layer.outputs / layer.groups;
    return {keptConnections(layer, connections), all.meanWeight * weights, weights};
}

std::vector<int> liveInputs(const ConnectionsLayer& layer, const LayerConnections& connections, int group) {
    std::vector<int> inputs;
    for (int input = 0; input < layer.inputs; ++input) {
        if (connections.mask[placeOf(layer, group, input)] != 0) inputs.push_back(input);
    }
    return inputs;
}

// As a double with no more digits than the float needs, so that JSON does not print those of rounding.
double shortest(float value) {
    std::array<char, 32> text;
    const char* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    double same = 0;
    std::from_chars(text.data(), end, same);
    return same;
}

std::string deadText(const ShownNetwork& network, const ConnectionsRecord& record) {
    const std::vector<FeatureUse> uses = featureUse(network.layout, network.layers, record);
    const DeadSaving saving = savingOf(network.spec, network.layout, network.layers, record, uses);
    if (saving.channels == 0) return "Every channel is read by a later layer.\n";
    return fmt::format(
        "{} of {} channels {} read by no later layer, {} by the classifier; a network without {} would take {} "
        "multiply-adds and {} parameters less.\n",
        saving.channels, uses.size(), saving.channels == 1 ? "is" : "are",
        network.layout.firstClassified() == 0 ? "only" : "at most", saving.channels == 1 ? "it" : "them",
        scaled(saving.macs), scaled(saving.params));
}

// What a layer reads of each of the layers before it.
std::string sourcesText(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t number) {
    using Align = Table::Align;
    Table table({{"made by"},
                 {"inputs", Align::kRight},
                 {"connections kept", Align::kRight},
                 {"share", Align::kRight},
                 {"mean |w|", Align::kRight}});
    const auto reader = static_cast<int>(number);
    for (const int i : network.layout.sourcesOf(reader)) {
        const SourceLayer& source = network.layout.source(i);
        const InputRange inputs = network.layout.inputsFrom(reader, source);
        const Reuse reuse = reuseOf(network.layers[number], record.layers[number], inputs);
        table.row({source.name, fmt::format("{} to {}", inputs.first, inputs.first + inputs.count - 1),
                   fmt::format("{} of {}", reuse.kept, reuse.possible), percent(reuse.share()),
                   weightText(reuse.kept, reuse.meanWeight)});
    }
    return table.text();
}

}  // namespace

std::string stepsText(int stepsDone, const NetworkSpec& spec, const char* steps) {
    if (spec.condenseFactor == 1) return fmt::format("no {}, all connections stay", steps);
    return fmt::format("{} of {} {} done", stepsDone, spec.condenseFactor - 1, steps);
}

std::string layerText(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t number) {
    using Align = Table::Align;
    const ConnectionsLayer& layer = network.layers[number];
    const LayerConnections& connections = record.layers[number];
    Table table({{"group", Align::kRight},
                 {"live", Align::kRight},
                 {"mean |w|", Align::kRight},
                 {"mask (# live, . dropped)"},
                 {"live inputs, counted from 0 (importance)"}});
    for (int group = 0; group < layer.groups; ++group) {
        const Reuse all = allOf(layer, connections, group);
        std::string mask(static_cast<std::size_t>(layer.inputs), '.');
        std::vector<std::string> inputs;
        for (const int input : liveInputs(layer, connections, group)) {
            mask[static_cast<std::size_t>(input)] = '#';
            inputs.push_back(fmt::format("{} ({:.3g})", input, connections.importance[placeOf(layer, group, input)]));
        }
        table.row({std::to_string(group + 1), std::to_string(all.kept), weightText(all.kept, all.meanWeight), mask,
                   fmt::format("{}", fmt::join(inputs, " "))});
    }
    return fmt::format(
               "{}: {} inputs, {} outputs, {} group{}, {}\n"
               "The importance of an input to a group is the sum of |w| over the group's filters.\n",
               layer.name, layer.inputs, layer.outputs, layer.groups, layer.groups == 1 ? "" : "s",
               stepsText(record.key.stage, network.spec, "condensing steps")) +
           table.text() + "\n" + sourcesText(network, record, number);
}

std::string networkText(const ShownNetwork& network, const ConnectionsRecord& record) {
    using Align = Table::Align;
    Table table({{"layer"},
                 {"groups", Align::kRight},
                 {"inputs", Align::kRight},
                 {"connections kept", Align::kRight},
                 {"share", Align::kRight},
                 {"dead inputs", Align::kRight},
                 {"mean |w|", Align::kRight}});
    Figures all;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const ConnectionsLayer& layer = network.layers[i];
        const Figures figures = figuresOf(layer, record.layers[i]);
        table.row({network.layout.reader(static_cast<int>(i)).name, std::to_string(layer.groups),
                   std::to_string(layer.inputs), figures.kept(), figures.share(), figures.dead(),
                   figures.meanWeight()});
        all += figures;
    }
    table.row({"all", "", "", all.kept(), all.share(), "", all.meanWeight()});
    return table.text() + "\n" + deadText(network, record);
}

MomentsTable::MomentsTable(std::optional<std::size_t> layer)
    : m_layer(layer),
      m_table({{"moment"},
               {"training steps", Table::Align::kRight},
               {"condensing steps", Table::Align::kRight},
               {"connections kept", Table::Align::kRight},
               {"share", Table::Align::kRight},
               {layer ? "dead inputs" : "dead channels", Table::Align::kRight},
               {"mean |w|", Table::Align::kRight}}) {}

void MomentsTable::add(const ShownNetwork& network, const ConnectionsRecord& record) {
    Figures figures;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (!m_layer || *m_layer == i) figures += figuresOf(network.layers[i], record.layers[i]);
    }
    if (!m_layer) figures.connections.unused = keptConnections(network.layout, network.layers, record).unused;
    m_table.row({momentName(record.key), std::to_string(record.key.step), std::to_string(record.key.stage),
                 figures.kept(), figures.share(), figures.dead(), figures.meanWeight()});
}

Json layerJson(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t number) {
    const ConnectionsLayer& layer = network.layers[number];
    const LayerConnections& connections = record.layers[number];
    Json masks = Json::array(), index = Json::array(), importances = Json::array();
    for (int group = 0; group < layer.groups; ++group) {
        Json mask = Json::array(), importance = Json::array();
        for (int input = 0; input < layer.inputs; ++input) {
            const std::size_t place = placeOf(layer, group, input);
            mask.push_back(static_cast<int>(connections.mask[place]));
            importance.push_back(shortest(connections.importance[place]));
        }
        masks.push_back(std::move(mask));
        importances.push_back(std::move(importance));
        index.push_back(liveInputs(layer, connections, group));
    }
    return {{"layer", layer.name},
            {"groups", layer.groups},
            {"inputs", layer.inputs},
            {"outputs", layer.outputs},
            {"first_channel", network.layout.firstChannel(static_cast<int>(number))},
            {"steps", network.spec.condenseFactor - 1},
            {"steps_done", record.key.stage},
            {"masks", std::move(masks)},
            {"index", std::move(index)},
            {"importances", std::move(importances)}};
}

Json momentJson(const ConnectionsKey& key) {
    return {{"at", momentName(key)}, {"epoch", key.epoch}, {"step", key.step}, {"stage", key.stage}};
}

Json sourcesJson(const ShownNetwork& network) {
    Json sources = Json::array();
    for (const SourceLayer& source : network.layout.sources)
        sources.push_back({{"name", source.name}, {"first", source.first}, {"channels", source.channels}});
    return sources;
}

std::string csvHeading() {
    return "moment,epoch,step,stage,block,layer,group,input,source_block,source_layer,live,importance\n";
}

std::string csvLines(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t number, bool timed) {
    const ConnectionsLayer& layer = network.layers[number];
    const LayerConnections& connections = record.layers[number];
    const SourceLayer& reader = network.layout.reader(static_cast<int>(number));
    const int first = network.layout.firstChannel(static_cast<int>(number));
    const ConnectionsKey& key = record.key;
    const std::string when = timed ? fmt::format("{},{},{},{}", momentName(key), key.epoch, key.step, key.stage)
                                   : fmt::format(",,,{}", key.stage);
    std::string lines;
    for (int group = 0; group < layer.groups; ++group) {
        for (int input = 0; input < layer.inputs; ++input) {
            const std::size_t place = placeOf(layer, group, input);
            const SourceLayer& source = network.layout.source(network.layout.sourceOf(first + input));
            const bool stem = source.layer < 0;
            fmt::format_to(std::back_inserter(lines), "{},{},{},{},{},{},{},{},{}\n", when, reader.block + 1,
                           reader.layer + 1, group + 1, input, stem ? 0 : source.block + 1, source.layer + 1,
                           static_cast<int>(connections.mask[place]), connections.importance[place]);
        }
    }
    return lines;
}

}  // namespace condenser::cli
