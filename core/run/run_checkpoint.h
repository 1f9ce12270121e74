// Which checkpoints a run may go on from, and what their tensors are called.
#pragma once

#include "base/result.h"
#include "io/checkpoint.h"
#include "io/run_record.h"

namespace condenser {

inline constexpr const char* kMomentumPrefix = "momentum.";  // before a parameter's name

// Whether run.json and a checkpoint tell of one run: a file may have come from elsewhere, whole as it is.
Result<> checkBelongs(const RunRecord& record, const Checkpoint& checkpoint);

}  // namespace condenser
