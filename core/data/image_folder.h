// Data sets as people keep them: a folder a class.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/data_source.h"

namespace condenser {

struct LabelledFile {
    std::filesystem::path path;
    std::int32_t label = 0;
};

// What stands in DIR/{train,val|test}/CLASS/* or DIR/CLASS/*: picture files by their extension, at any depth below a
// class folder, in the order of their names byte by byte. Hidden files and folders and those of file systems and
// archivers (__MACOSX and the like) are left out, and so is a folder met for the second time through a symbolic link.
//
// The parts go by other usual names, too, in upper and lower case: training; valid, validation, eval; testing. Of a val
// and a test part val is used. A single folder that holds all of this stands for it, with a warning.
struct ImageFolder {
    std::vector<std::string> classes;  // sorted
    std::vector<LabelledFile> train, test;
    std::string testName;                    // "val" or "test", whatever the folder's spelling; empty: no such part
    std::vector<UnreadableFile> unreadable;  // folders below a class that cannot be listed
    std::vector<std::string> warnings;
};

// Lists the files, reads none. A missing folder, fewer than two class folders, a class without a picture, or a class of
// the test part that the training part does not have, is an error. A folder of nothing but a test part has no `train`.
Result<ImageFolder> scanImageFolder(const std::filesystem::path& folder, const ScanOptions& options = {});

}  // namespace condenser
