// Where a user's files belong (XDG Base Directory Specification).
#pragma once

#include <filesystem>

namespace condenser {

// "${XDG_DATA_HOME:-~/.local/share}/condenser" and "${XDG_CACHE_HOME:-~/.cache}/condenser"; a variable that is no
// absolute path is passed over, and without a home they lie in the working folder. Nothing is made.
std::filesystem::path userDataFolder();
std::filesystem::path userCacheFolder();

}  // namespace condenser
