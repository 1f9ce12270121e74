// Runs go to the desktop's trash, and come back from it.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace condenser {

struct TrashedRun {
    std::filesystem::path folder;   // where it was
    std::filesystem::path inTrash;  // where it is now
};

// A run that trains, here or in another program, stays where it is: kUsage, in words. kWrite where there is no trash
// for the folder's disk. All calls are quick: folders are renamed, never copied.
Result<TrashedRun> moveRunToTrash(const std::filesystem::path& folder);
// kUsage where something has taken its old place, kNotFound where the trash was emptied.
Result<> restoreRun(const TrashedRun& run);
// For good. Refused while it trains, as above.
Result<> deleteRun(const std::filesystem::path& folder);

}  // namespace condenser
