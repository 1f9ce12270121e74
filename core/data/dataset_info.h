// What is known of a data set before anything is decoded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/data_source.h"

namespace condenser {

struct DatasetInfo {
    std::vector<std::string> classes;
    std::vector<std::int64_t> trainCounts, testCounts;  // per class
    std::string testName;               // empty where the data has no test part and one must be split off
    std::vector<std::int32_t> few;      // classes that have few training pictures: below 20, or a tenth of the largest
    std::vector<std::string> warnings;  // sentences, these classes among them

    std::int64_t trainImages() const;
    std::int64_t testImages() const;
};

DatasetInfo infoOf(const DataSource& source);

// infoOf(openDataSource()).
Result<DatasetInfo> inspectDataset(const std::string& data, const ScanOptions& options = {});

}  // namespace condenser
