// What --data takes: the names of data sets.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace condenser {

constexpr const char* kShapesName = "shapes10";
constexpr const char* kFolderPrefix = "folder:";
// All kinds, for messages and help texts.
constexpr const char* kDataNames = "shapes10, folder:DIR, cifar10:PATH, cifar100:PATH, idx:DIR, csv:FILE";

enum class DataKind { kShapes, kFolder, kCifar10, kCifar100, kIdx, kCsv };

struct DataName {
    DataKind kind = DataKind::kShapes;
    std::filesystem::path place;  // behind the colon; empty for shapes10
};

// An error (kUsage) unless it is one of kDataNames. Where it is a folder or file without the kind in front, the error
// says which one it looks like.
Result<DataName> parseDataName(const std::string& data);
Result<> checkDataName(const std::string& data);

}  // namespace condenser
