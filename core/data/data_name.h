// What --data takes: the names of data sets.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace condenser {

constexpr const char* kShapesName = "shapes10";
constexpr const char* kFolderPrefix = "folder:";

// An error (kUsage) unless it is "shapes10" or "folder:DIR".
Result<> checkDataName(const std::string& data);

// DIR of "folder:DIR".
std::filesystem::path folderOfData(const std::string& data);

}  // namespace condenser
