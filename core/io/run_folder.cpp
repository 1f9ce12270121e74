#include "io/run_folder.h"

#include <fmt/format.h>

#include "base/atomic_file.h"

namespace condenser {

std::string stepModelName(int stage) {
    return fmt::format("step-{}.safetensors", stage);
}

void removeUnfinishedWrites(const std::filesystem::path& folder) {
    removeTemporaryFiles(folder);
    std::error_code ignored;
    std::filesystem::remove(folder / kNextCheckpointName, ignored);
}

}  // namespace condenser
