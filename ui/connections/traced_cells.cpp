#include "connections/traced_cells.h"

#include <algorithm>

namespace condenser {
namespace {

// Whether a group of a layer (-1: any) reads one of the channels from `first` on.
bool reads(const ConnectionsLayer& layer, const LayerConnections& connections, int group, int first, int count) {
    for (int g = group < 0 ? 0 : group; g < (group < 0 ? layer.groups : group + 1); ++g) {
        const auto row = connections.mask.begin() + std::ptrdiff_t{g} * layer.inputs + first;
        if (std::any_of(row, row + count, [](std::uint8_t live) { return live != 0; })) return true;
    }
    return false;
}

// Rows are source layers, columns reading layers.
TracedCells inNetwork(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace,
                      const CellGrid& grid) {
    TracedCells traced;
    traced.lit.assign(grid.live.size(), 0);
    if (trace.what == Trace::What::kReads) {
        traced.column = trace.layer;
        const auto number = static_cast<std::size_t>(trace.layer);
        for (int from = 0; from < source.layout.sourcesOf(trace.layer); ++from) {
            const SourceLayer& made = source.layout.sources[static_cast<std::size_t>(from)];
            if (reads(source.layers[number], record.layers[number], trace.group, made.first, made.channels))
                traced.lit[grid.at(from, trace.layer)] = 1;
        }
        return traced;
    }
    const SourceLayer& made = source.layout.sources[static_cast<std::size_t>(trace.source)];
    // What the last layer makes, no layer reads: it has no row.
    if (trace.source >= grid.rows) return {};
    traced.row = trace.source;
    const int first = trace.channel < 0 ? made.first : trace.channel, count = trace.channel < 0 ? made.channels : 1;
    for (int layer = trace.source; layer < source.layout.layers(); ++layer) {
        const auto number = static_cast<std::size_t>(layer);
        if (reads(source.layers[number], record.layers[number], -1, first, count))
            traced.lit[grid.at(trace.source, layer)] = 1;
    }
    return traced;
}

void lightRow(const CellGrid& grid, int row, std::vector<std::uint8_t>& lit) {
    for (int column = 0; column < grid.columns; ++column) lit[grid.at(row, column)] = grid.isLive(row, column) ? 1 : 0;
}

// Columns are inputs.
TracedCells ofInputs(const ConnectionsSource& source, const MapPlace& place, const Trace& trace, const CellGrid& grid) {
    TracedCells traced;
    if (trace.what == Trace::What::kReadBy) {
        const SourceLayer& made = source.layout.sources[static_cast<std::size_t>(trace.source)];
        const int first = trace.channel < 0 ? made.first : trace.channel, count = trace.channel < 0 ? made.channels : 1;
        if (first + count > grid.columns) return traced;  // made later
        traced.lit.assign(grid.live.size(), 0);
        for (int row = 0; row < grid.rows; ++row) {
            for (int column = first; column < first + count; ++column)
                traced.lit[grid.at(row, column)] = grid.isLive(row, column) ? 1 : 0;
        }
        if (trace.channel >= 0) traced.column = trace.channel;
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

TracedCells tracedCells(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place,
                        const Trace& trace, const CellGrid& grid) {
    if (trace.what == Trace::What::kNothing) return {};
    if (place.level == MapLevel::kNetwork) return inNetwork(source, record, trace, grid);
    return ofInputs(source, place, trace, grid);
}

Trace traceOfRow(const ConnectionsSource& source, const MapPlace& place, int row) {
    Trace trace;
    switch (place.level) {
        case MapLevel::kNetwork:
            trace.what = Trace::What::kReadBy;
            trace.source = row;
            break;
        case MapLevel::kLayer:
            trace.what = Trace::What::kReads;
            trace.layer = place.layer;
            trace.group = row;
            break;
        case MapLevel::kGroup:
            trace.what = Trace::What::kReads;
            trace.layer = place.layer;
            trace.group = place.group;
            trace.filter = row * source.layers[static_cast<std::size_t>(place.layer)].groups + place.group;
            break;
    }
    return trace;
}

Trace traceOfColumn(const ConnectionsSource& source, const MapPlace& place, int column) {
    Trace trace;
    if (place.level == MapLevel::kNetwork) {
        trace.what = Trace::What::kReads;
        trace.layer = column;
    } else {
        trace.what = Trace::What::kReadBy;
        trace.source = source.layout.sourceOf(column);
        trace.channel = column;
    }
    return trace;
}

Trace traceOfBand(const ConnectionsSource& source, const MapPlace& place, int band) {
    Trace trace;
    if (place.level == MapLevel::kNetwork || band >= source.layout.sourcesOf(place.layer)) return trace;
    trace.what = Trace::What::kReadBy;
    trace.source = band;
    return trace;
}

}  // namespace condenser
