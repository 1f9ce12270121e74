#include "connections/traced_cells.h"

#include "connections/feature_reuse.h"

namespace condenser {
namespace {

// Rows are source layers, columns reading layers.
TracedCells inNetwork(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace,
                      const CellGrid& grid) {
    const bool reads = trace.what == Trace::What::kReads;
    // What the last layer makes, no layer reads: it has no row.
    if (!reads && trace.source >= grid.rows) return {};
    TracedCells traced;
    traced.lit.assign(grid.live.size(), 0);
    (reads ? traced.column : traced.row) = reads ? trace.layer : trace.source;
    for (const int number : tracedPath(source, record, trace))
        traced.lit[reads ? grid.at(number, trace.layer) : grid.at(trace.source, number)] = 1;
    return traced;
}

void lightRow(const CellGrid& grid, int row, std::vector<std::uint8_t>& lit) {
    for (int column = 0; column < grid.columns; ++column) lit[grid.at(row, column)] = grid.isLive(row, column) ? 1 : 0;
}

// Columns are inputs.
TracedCells ofInputs(const ConnectionsSource& source, const MapPlace& place, const Trace& trace, const CellGrid& grid) {
    TracedCells traced;
    if (trace.what == Trace::What::kReadBy) {
        if (!source.layout.canRead(place.layer, trace.source)) return traced;
        const InputRange inputs = source.layout.inputsFrom(place.layer, tracedChannels(source, trace));
        traced.lit.assign(grid.live.size(), 0);
        for (int row = 0; row < grid.rows; ++row) {
            for (int column = inputs.first; column < inputs.first + inputs.count; ++column)
                traced.lit[grid.at(row, column)] = grid.isLive(row, column) ? 1 : 0;
        }
        if (trace.channel >= 0) traced.column = inputs.first;
        return traced;
    }
    const bool aboutOneRow = place.level == MapLevel::kLayer ? trace.group >= 0 : trace.filter >= 0;
    if (trace.layer != place.layer) return traced;
    if (place.level == MapLevel::kGroup && trace.group >= 0 && trace.group != place.group) return traced;
    traced.lit.assign(grid.live.size(), 0);
    if (aboutOneRow) {
        // A group owns every G-th filter of its layer.
        const int groups = source.layers[static_cast<std::size_t>(place.layer)].groups;
        traced.row = place.level == MapLevel::kLayer ? trace.group : trace.filter / groups;
        lightRow(grid, *traced.row, traced.lit);
    } else {
        for (int row = 0; row < grid.rows; ++row) lightRow(grid, row, traced.lit);
    }
    return traced;
}

}  // namespace

SourceLayer tracedChannels(const ConnectionsSource& source, const Trace& trace) {
    SourceLayer made = source.layout.source(trace.source);
    if (trace.channel >= 0) {
        made.first = trace.channel;
        made.channels = 1;
    }
    return made;
}

std::vector<int> tracedPath(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace) {
    std::vector<int> path;
    const auto reads = [&](int layer, const SourceLayer& made, int group) {
        const auto number = static_cast<std::size_t>(layer);
        const InputRange inputs = source.layout.inputsFrom(layer, made);
        return reuseOf(source.layers[number], record.layers[number], inputs, group).kept > 0;
    };
    if (trace.what == Trace::What::kReads) {
        for (const int from : source.layout.sourcesOf(trace.layer)) {
            if (reads(trace.layer, source.layout.source(from), trace.group)) path.push_back(from);
        }
    } else if (trace.what == Trace::What::kReadBy) {
        const SourceLayer made = tracedChannels(source, trace);
        for (const int layer : source.layout.readersOf(trace.source)) {
            if (reads(layer, made, -1)) path.push_back(layer);
        }
    }
    return path;
}

TracedCells tracedCells(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place,
                        const Trace& trace, const CellGrid& grid) {
    if (trace.what == Trace::What::kNothing) return {};
    if (place.level == MapLevel::kNetwork) return inNetwork(source, record, trace, grid);
    return ofInputs(source, place, trace, grid);
}

Trace traceOfChannel(const ConnectionsSource& source, int channel) {
    return {.what = Trace::What::kReadBy, .source = source.layout.sourceOf(channel), .channel = channel};
}

Trace traceOfRow(const ConnectionsSource& source, const MapPlace& place, int row) {
    switch (place.level) {
        case MapLevel::kNetwork:
            return {.what = Trace::What::kReadBy, .source = row};
        case MapLevel::kLayer:
            return {.what = Trace::What::kReads, .layer = place.layer, .group = row};
        case MapLevel::kGroup:
            break;
    }
    const int groups = source.layers[static_cast<std::size_t>(place.layer)].groups;
    return {
        .what = Trace::What::kReads, .layer = place.layer, .group = place.group, .filter = row * groups + place.group};
}

Trace traceOfColumn(const ConnectionsSource& source, const MapPlace& place, int column) {
    if (place.level == MapLevel::kNetwork) return {.what = Trace::What::kReads, .layer = column};
    return traceOfChannel(source, source.layout.firstChannel(place.layer) + column);
}

Trace traceOfBand(const ConnectionsSource& source, const MapPlace& place, int band) {
    if (place.level == MapLevel::kNetwork) return {};
    const auto sources = source.layout.sourcesOf(place.layer);
    if (band >= std::ssize(sources)) return {};
    return {.what = Trace::What::kReadBy, .source = sources[band]};
}

}  // namespace condenser
