#include "base/user_folders.h"

#include <cstdlib>

namespace condenser {
namespace {

std::filesystem::path userFolder(const char* variable, const std::filesystem::path& belowHome) {
    const char* set = std::getenv(variable);
    if (set != nullptr && set[0] == '/') return std::filesystem::path(set) / "condenser";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr && home[0] == '/' ? home : ".") / belowHome / "condenser";
}

}  // namespace

std::filesystem::path userDataFolder() {
    return userFolder("XDG_DATA_HOME", std::filesystem::path(".local") / "share");
}

std::filesystem::path userCacheFolder() {
    return userFolder("XDG_CACHE_HOME", ".cache");
}

}  // namespace condenser
