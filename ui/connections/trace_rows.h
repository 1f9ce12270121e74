// What a trace finds, as rows of a list, and where each row leads.
#pragma once

#include <optional>
#include <vector>

#include "connections/connections_state.h"
#include "connections/detail_table_model.h"

namespace condenser {

// To a trace, and to a place if a row is about a layer.
struct TraceStep {
    Trace trace;
    std::optional<MapPlace> place;
};

struct TraceRows {
    DetailRows rows;
    std::vector<TraceStep> steps;  // one a row
};

// Of a group: its inputs, strongest first; of a channel: the groups that read it. `summed`: by the layers that made the
// inputs, or by the layers that read; a layer and a source are always summed. `weights`: |w| of the traced filter for
// each input, or empty: the mean over its group stands for it. `trace` asks about something.
TraceRows traceRows(const ConnectionsSourcePtr& source, const ConnectionsRecord& record, const Trace& trace,
                    bool summed, const std::vector<double>& weights);

}  // namespace condenser
