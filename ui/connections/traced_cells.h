// What a trace finds, and between the map's rows and columns and what they stand for.
#pragma once

#include <optional>
#include <vector>

#include "connections/connections_state.h"

namespace condenser {

// The channels that a trace of kReadBy is about, as if a source made no others: all of its source's, or one.
SourceLayer tracedChannels(const ConnectionsSource& source, const Trace& trace);

// Of kReads the sources that are read, of kReadBy the layers that read; by their numbers, ascending.
std::vector<int> tracedPath(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace);

// What a trace lights in the map of a place.
struct TracedCells {
    std::vector<std::uint8_t> lit;   // row-major, 1: traced; empty: the trace has nothing to do with this place
    std::optional<int> row, column;  // that it was asked about
};

// `grid` is that of the place: its live cells decide, at level 3 those of its weights.
TracedCells tracedCells(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place,
                        const Trace& trace, const CellGrid& grid);

// Who reads a channel.
Trace traceOfChannel(const ConnectionsSource& source, int channel);

// What a row's head, a column's, or that of a band of columns asks about. Whole network: a row is a source layer, a
// column a reading layer, and a band of them no single question. One layer: a row is a group. One group: a filter.
Trace traceOfRow(const ConnectionsSource& source, const MapPlace& place, int row);
Trace traceOfColumn(const ConnectionsSource& source, const MapPlace& place, int column);
Trace traceOfBand(const ConnectionsSource& source, const MapPlace& place, int band);

}  // namespace condenser
