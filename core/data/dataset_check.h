// What is wrong with a data set, for `data check` and the window.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/data_source.h"
#include "data/dataset_info.h"
#include "data/picture_work.h"

namespace condenser {

struct PictureSize {
    int width = 0, height = 0;
    bool operator==(const PictureSize&) const = default;
};

// The same picture, to learn from and to be tested on: the test would be too kind.
struct LeakedPicture {
    std::filesystem::path train, test;
};

// The same picture twice in one part.
struct RepeatedPicture {
    std::filesystem::path first, again;
};

// The same picture under two classes, in whatever part: one of them must be wrong.
struct DisputedPicture {
    std::filesystem::path first, again;
    std::int32_t firstClass = 0, againClass = 0;
};

// Pictures are the same where their decoded pixels are, whatever the files. All lists are in the order of the data.
struct DatasetReport {
    DatasetInfo info;  // counts of pictures, readable or not
    std::vector<UnreadableFile> unreadable;
    std::vector<LeakedPicture> leaked;  // one for each test picture that stands in the training part, too
    std::vector<RepeatedPicture> trainRepeats, testRepeats;  // one for each picture but the first of its kind
    std::vector<DisputedPicture> disputed;
    PictureSize smallest, median, largest;  // by the number of pixels; 0 x 0 if nothing is readable
};

// Decodes every picture once and keeps a few bytes of each. `name` is for messages.
Result<DatasetReport> checkSource(const std::string& name, const DataSource& source, const PictureWork& work);

// checkSource(openDataSource(data)); `scanning` as ScanOptions::progress.
Result<DatasetReport> checkDataset(const std::string& data, const PictureWork& work,
                                   const std::function<void(std::int64_t found)>& scanning = {});

}  // namespace condenser
