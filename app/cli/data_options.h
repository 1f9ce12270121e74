// Flags of the commands that read a whole data set.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/frame.h"

namespace condenser::cli {

// --data-memory, in MB.
inline void addDataMemoryFlag(Command& command, std::optional<int>& megabytes) {
    command.whole({"--data-memory", "MB",
                   "Memory for decoded pictures; what is more goes to a file in ~/.cache/condenser (default: half of "
                   "what is free)"},
                  1, 1'000'000'000, megabytes);
}

// As DatasetOptions::memoryLimit.
inline std::uint64_t bytesOf(std::optional<int> megabytes) {
    return static_cast<std::uint64_t>(megabytes.value_or(0)) * 1'000'000;
}

}  // namespace condenser::cli
