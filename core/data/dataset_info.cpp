#include "data/dataset_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <new>
#include <numeric>

namespace condenser {
namespace {

constexpr std::int64_t kFew = 20;
constexpr std::size_t kMostNamed = 8;

// "a (3), b (17) and 2 more".
std::string listed(const std::vector<std::int32_t>& labels, const std::function<std::string(std::size_t)>& name) {
    std::string text;
    const std::size_t named = std::min(labels.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i) {
        const bool last = i + 1 == labels.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + name(static_cast<std::size_t>(labels[i]));
    }
    if (labels.size() > named) text += fmt::format(" and {} more", labels.size() - named);
    return text;
}

void warnOfFew(DatasetInfo& info) {
    const std::int64_t largest = *std::max_element(info.trainCounts.begin(), info.trainCounts.end());
    std::vector<std::int32_t> untested;
    for (std::size_t label = 0; label < info.classes.size(); ++label) {
        const std::int64_t count = info.trainCounts[label];
        if (count < kFew || count < largest / 10) info.few.push_back(static_cast<std::int32_t>(label));
        if (!info.testName.empty() && info.testCounts[label] == 0) untested.push_back(static_cast<std::int32_t>(label));
    }
    const std::size_t classes = info.classes.size();
    if (!info.few.empty() && info.few.size() == classes && largest < kFew) {
        info.warnings.push_back(fmt::format("every class has few training pictures ({} at most)", largest));
    } else if (!info.few.empty()) {
        info.warnings.push_back(
            fmt::format("{} of {} classes {} few training pictures, the largest {}: {}", info.few.size(), classes,
                        info.few.size() == 1 ? "has" : "have", largest, listed(info.few, [&](std::size_t label) {
                            return fmt::format("{} ({})", info.classes[label], info.trainCounts[label]);
                        })));
    }
    if (!untested.empty()) {
        info.warnings.push_back(fmt::format("{} of {} classes {} no picture in the {} part: {}", untested.size(),
                                            classes, untested.size() == 1 ? "has" : "have", info.testName,
                                            listed(untested, [&](std::size_t label) { return info.classes[label]; })));
    }
}

}  // namespace

std::int64_t DatasetInfo::trainImages() const {
    return std::accumulate(trainCounts.begin(), trainCounts.end(), std::int64_t{0});
}

std::int64_t DatasetInfo::testImages() const {
    return std::accumulate(testCounts.begin(), testCounts.end(), std::int64_t{0});
}

DatasetInfo infoOf(const DataSource& source) {
    DatasetInfo info;
    info.classes = source.classes;
    info.testName = source.testName;
    info.warnings = source.warnings;
    info.trainCounts.resize(info.classes.size());
    info.testCounts.resize(info.classes.size());
    for (const LabelledPicture& picture : source.train) ++info.trainCounts[static_cast<std::size_t>(picture.label)];
    for (const LabelledPicture& picture : source.test) ++info.testCounts[static_cast<std::size_t>(picture.label)];
    if (source.train.empty()) {
        info.warnings.push_back("there is no training part: good for evaluation only");
    } else {
        warnOfFew(info);
    }
    return info;
}

Result<DatasetInfo> inspectDataset(const std::string& data, const ScanOptions& options) {
    constexpr const char* kWhat = "cannot read the data";
    try {
        const auto source = openDataSource(data, options);
        if (!source) return tl::unexpected(source.error());
        return infoOf(*source);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, data, "the memory does not suffice for the list of its pictures");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, kWhat, data, error.what());
    }
}

}  // namespace condenser
