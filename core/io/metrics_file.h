// metrics.csv: one row an epoch, for people, spreadsheets and plots.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace condenser {

inline constexpr const char* kMetricsName = "metrics.csv";

// In the order of the columns. Shares are 0..1.
struct MetricsRow {
    int epoch = 0;          // 1 after the first
    std::int64_t step = 0;  // steps done
    double lr = 0;
    double trainLoss = 0, trainTop1 = 0, testLoss = 0, testTop1 = 0;
    double kept = 1;  // share of the learned convolutions' connections
    double imagesPerSecond = 0;
    double seconds = 0;  // since the start, pauses and stops left out

    bool operator==(const MetricsRow&) const = default;
};

// Writes the header first where the file is absent or empty; flushed to the disk. Numbers are in their shortest form
// that reads back as the same bits. A value that is not finite is refused (kNotFinite).
Result<> appendMetrics(const std::filesystem::path& folder, const MetricsRow& row);

// All rows; none where there is no file yet. A last line without its line feed is a write that was cut short, or is
// still going on: ignored. Anything else that is not as appendMetrics writes it is kBadFormat with the line's number;
// epochs must increase.
Result<std::vector<MetricsRow>> readMetrics(const std::filesystem::path& folder);
// The same from text; `name` stands for the file in messages.
Result<std::vector<MetricsRow>> parseMetrics(std::string_view text, const std::string& name);

// Keeps the rows with epoch <= lastEpoch, for a resume. Atomically.
Result<> cutMetrics(const std::filesystem::path& folder, int lastEpoch);

}  // namespace condenser
