#include "connections/trace_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <memory>

#include "connections/detail_columns.h"
#include "connections/feature_reuse.h"
#include "connections/traced_cells.h"

namespace condenser {
namespace {

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

QString tr(const char* text) {
    return QCoreApplication::translate("TraceRows", text);
}

constexpr const char* kKeptConnections =
    QT_TRANSLATE_NOOP("TraceRows", "connections (group, input) that are kept, of those possible");

// What a layer reads of a source, for one row.
struct ReuseRow {
    int number = 0;  // of the source, or of the layer
    Reuse reuse;
};
using ReuseRows = std::shared_ptr<const std::vector<ReuseRow>>;

// `name` says of what a row is.
DetailRows reuseRows(const ReuseRows& rows, const DetailColumn& name, const QString& keptHead, const QString& keptTip) {
    int most = 0;
    double strongest = 0;
    for (const ReuseRow& row : *rows) {
        most = std::max(most, row.reuse.possible);
        strongest = std::max(strongest, row.reuse.meanWeight);
    }
    const auto reuse = [rows](int row) -> const Reuse& { return (*rows)[at(row)].reuse; };
    return {.count = static_cast<int>(rows->size()),
            .columns = {name,
                        partColumn(
                            keptHead, keptTip, most, [reuse](int row) { return reuse(row).kept; },
                            [reuse](int row) { return reuse(row).possible; }),
                        weightColumn(tr("mean |w|"), tr("mean |w| of what is kept"), strongest,
                                     [reuse](int row) { return reuse(row).meanWeight; })},
            .key = [rows](int row) { return std::int64_t{(*rows)[at(row)].number}; }};
}

TraceRows inputRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, const Trace& trace,
                    const std::vector<double>& weights) {
    TraceRows traced;
    auto inputs = std::make_shared<std::vector<ReadInput>>(
        inputsOf(source->layout, source->layers, record, trace.layer, trace.group));
    if (!weights.empty()) {
        for (ReadInput& input : *inputs) input.meanWeight = weights[at(input.input)];
        std::ranges::stable_sort(*inputs, std::ranges::greater(), &ReadInput::meanWeight);
    }
    for (const ReadInput& input : *inputs)
        traced.steps.push_back({traceOfChannel(*source, input.channel), std::nullopt});
    const auto input = [inputs](int row) -> const ReadInput& { return (*inputs)[at(row)]; };
    const auto channel = [input](int row) { return input(row).channel; };
    traced.rows = {
        .count = static_cast<int>(inputs->size()),
        .columns = {featureColumn(source, tr("input"), channel), makerOfChannelColumn(source, channel),
                    weightColumn(weights.empty() ? tr("mean |w|") : tr("|w|"),
                                 weights.empty() ? tr("mean |w| over the group's filters") : tr("|w| of this filter"),
                                 inputs->empty() ? 0 : inputs->front().meanWeight,
                                 [input](int row) { return input(row).meanWeight; })},
        .key = channel};
    return traced;
}

TraceRows sourceRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, const Trace& trace) {
    TraceRows traced;
    auto rows = std::make_shared<std::vector<ReuseRow>>();
    for (const int number : source->layout.sourcesOf(trace.layer)) {
        const InputRange inputs = source->layout.inputsFrom(trace.layer, source->layout.source(number));
        rows->push_back(
            {number, reuseOf(source->layers[at(trace.layer)], record.layers[at(trace.layer)], inputs, trace.group)});
        traced.steps.push_back({{.what = Trace::What::kReadBy, .source = number}, std::nullopt});
    }
    const auto number = [rows](int row) { return (*rows)[at(row)].number; };
    traced.rows =
        reuseRows(rows, makerColumn(source, number), tr("kept"),
                  trace.group >= 0 ? tr("channels of it that are kept, of those it makes") : tr(kKeptConnections));
    return traced;
}

TraceRows readerRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, int channel) {
    TraceRows traced;
    const auto readers =
        std::make_shared<const std::vector<Reader>>(readersOf(source->layout, source->layers, record, channel));
    double strongest = 0;
    for (const Reader& reader : *readers) {
        strongest = std::max(strongest, reader.meanWeight);
        traced.steps.push_back({{.what = Trace::What::kReads, .layer = reader.layer, .group = reader.group},
                                MapPlace{MapLevel::kLayer, reader.layer, reader.group}});
    }
    const auto reader = [readers](int row) -> const Reader& { return (*readers)[at(row)]; };
    traced.rows = {.count = static_cast<int>(readers->size()),
                   .columns = {layerColumn(source, tr("read by"), [reader](int row) { return reader(row).layer; }),
                               groupColumn(tr("group of that layer"), [reader](int row) { return reader(row).group; }),
                               weightColumn(tr("mean |w|"), tr("mean |w| over the group's filters"), strongest,
                                            [reader](int row) { return reader(row).meanWeight; })},
                   .key = [reader](int row) { return std::int64_t{reader(row).layer} * 4096 + reader(row).group; }};
    return traced;
}

TraceRows layerRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, const Trace& trace) {
    TraceRows traced;
    const SourceLayer made = tracedChannels(*source, trace);
    auto rows = std::make_shared<std::vector<ReuseRow>>();
    for (const int layer : source->layout.readersOf(trace.source)) {
        const InputRange inputs = source->layout.inputsFrom(layer, made);
        rows->push_back({layer, reuseOf(source->layers[at(layer)], record.layers[at(layer)], inputs)});
        traced.steps.push_back({{.what = Trace::What::kReads, .layer = layer}, MapPlace{MapLevel::kLayer, layer, 0}});
    }
    const auto number = [rows](int row) { return (*rows)[at(row)].number; };
    const bool one = trace.channel >= 0;
    traced.rows = reuseRows(rows, layerColumn(source, tr("read by"), number), one ? tr("groups") : tr("kept"),
                            one ? tr("groups that read it, of those of the layer") : tr(kKeptConnections));
    return traced;
}

}  // namespace

TraceRows traceRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, const Trace& trace,
                    bool summed, const std::vector<double>& weights) {
    if (trace.what == Trace::What::kReads) {
        return summed || trace.group < 0 ? sourceRows(source, record, trace)
                                         : inputRows(source, record, trace, weights);
    }
    return summed || trace.channel < 0 ? layerRows(source, record, trace) : readerRows(source, record, trace.channel);
}

}  // namespace condenser
