// What is wrong with a data set, for `data check`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "data/picture_work.h"

namespace condenser {

struct PictureSize {
    int width = 0, height = 0;
    bool operator==(const PictureSize&) const = default;
};

// Two files of the same bytes, one to learn from and one to be tested on: the test would be too kind.
struct LeakedPicture {
    std::filesystem::path train, test;
};

struct DatasetReport {
    DatasetInfo info;  // counts of files, readable or not
    std::vector<UnreadableFile> unreadable;
    std::vector<LeakedPicture> leaked;
    PictureSize smallest, median, largest;  // by the number of pixels; 0 x 0 if nothing is readable
};

// Reads and decodes every picture once and keeps none. `data` as for openDataset().
Result<DatasetReport> checkDataset(const std::string& data, const PictureWork& work);

}  // namespace condenser
