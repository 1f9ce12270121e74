// Which epoch of a run its model file holds, from the files alone.
#pragma once

#include <span>

#include "io/metrics_file.h"
#include "io/run_record.h"

namespace condenser {

// The row of `epochs` whose network is in model.safetensors, chosen as the training chooses it: among those after the
// last condensing step, the highest accuracy, then the lowest loss, then the first. Null: there is none yet.
const MetricsRow* bestEpoch(const RunRecord& record, std::span<const MetricsRow> epochs);

}  // namespace condenser
