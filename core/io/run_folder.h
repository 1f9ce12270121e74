// A run is a folder, and the folder is the truth. This header brings in all of its files, each with functions of its
// own that take the run's folder, and names them.
//
// What is lost when a run is killed, and how a resume puts it right:
//   run.json, checkpoints, models   replaced whole, so that they are the old one or the new one
//   metrics.csv, steps.bin,         only ever appended to; a resume cuts them back to the checkpoint (cutMetrics,
//   connections.bin                 cutSteps, cutConnections), which also removes a torn last record
// So: append to the three logs first, then write the checkpoint that stands for them.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "io/checkpoint.h"
#include "io/connections_file.h"
#include "io/metrics_file.h"
#include "io/run_lock.h"
#include "io/run_record.h"
#include "io/steps_file.h"

namespace condenser {

inline constexpr const char* kModelName = "model.safetensors";  // the best epoch after the last condensing step
inline constexpr const char* kLastName = "last.safetensors";    // the latest epoch, for readers

// "step-2.safetensors": the model just before condensing step `stage` (from 1).
std::string stepModelName(int stage);

// Removes what writes that were cut short (kill, power) left beside their targets. Only while holding the run's lock.
void removeUnfinishedWrites(const std::filesystem::path& folder);

}  // namespace condenser
