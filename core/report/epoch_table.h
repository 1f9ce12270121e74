// The table of a run's epochs.
#pragma once

#include <string>
#include <vector>

#include "run/condensing_effect.h"
#include "run/stored_run.h"

namespace condenser::report {

// Which rows a table of at most about `limit` shows: the first, the last, those in `always` (numbers of rows), and
// others at even distances. Rising.
std::vector<std::size_t> chosenRows(std::size_t count, const std::vector<std::size_t>& always, std::size_t limit);

// With the best epoch and the first one after each condensing step marked.
std::string epochTable(const StoredRun& run, const MetricsRow* best, const std::vector<CondensingEffect>& effects);

}  // namespace condenser::report
