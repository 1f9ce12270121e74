// steps.bin: loss and rate of every training step.
//
// Little-endian: 8 bytes "CDNSTEPS", u32 version 1, u32 bytes a record (8); then records {f32 loss, f32 rate}, the
// k-th (from 0) being step k's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser {

inline constexpr const char* kStepsName = "steps.bin";

struct StepRecord {
    float loss = 0;  // may be NaN or infinite in a file: it is what the step gave
    float learningRate = 0;
};

// Many at once (gather them: each call flushes to the disk). Makes the file where it is absent. A failed call leaves
// the file as it was.
Result<> appendSteps(const std::filesystem::path& folder, std::span<const StepRecord> steps);

// From step `first` on; none where there is no file yet, or none so late. A torn last record is ignored.
Result<std::vector<StepRecord>> readSteps(const std::filesystem::path& folder, std::int64_t first = 0);

// Keeps steps 0..count-1, for a resume; a file that has fewer whole records is refused (kBadData) unless it is absent
// and count is 0.
Result<> cutSteps(const std::filesystem::path& folder, std::int64_t count);

}  // namespace condenser
