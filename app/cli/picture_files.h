// The picture files that the words of a command line name: files, and all in folders and the folders within.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser::cli {

// A picture, or why there is none at the place that was named.
struct FoundPicture {
    Result<std::filesystem::path> file;
    std::filesystem::path name;  // below the folder that was named; of a file that was named, without its folder
};

// In the order of `named`, those of a folder sorted by name. Only files whose names are pictures' are taken from
// folders; links to folders are not followed there. A folder that cannot be read, and one without any picture, is an
// error among the others.
std::vector<FoundPicture> findPictures(const std::vector<std::string>& named);

}  // namespace condenser::cli
