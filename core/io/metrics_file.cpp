#include "io/metrics_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/atomic_file.h"

namespace condenser {
namespace {

constexpr const char* kReadWhat = "cannot read the metrics";
constexpr const char* kWriteWhat = "cannot write the metrics";
constexpr std::string_view kHeader =
    "epoch,step,lr,train_loss,train_top1,test_loss,test_top1,kept,images_per_s,seconds";
constexpr std::size_t kColumns = 10;
constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;  // a million epochs

std::string lineOf(const MetricsRow& row) {
    return fmt::format("{},{},{},{},{},{},{},{},{},{}\n", row.epoch, row.step, row.lr, row.trainLoss, row.trainTop1,
                       row.testLoss, row.testTop1, row.kept, row.imagesPerSecond, row.seconds);
}

bool isFinite(const MetricsRow& row) {
    for (const double value : {row.lr, row.trainLoss, row.trainTop1, row.testLoss, row.testTop1, row.kept,
                               row.imagesPerSecond, row.seconds}) {
        if (!std::isfinite(value)) return false;
    }
    return true;
}

bool parseNumber(std::string_view text, auto& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

bool isShare(double value) {
    return value >= 0 && value <= 1;
}

std::optional<MetricsRow> parseLine(std::string_view line) {
    std::string_view fields[kColumns];
    for (std::size_t i = 0; i < kColumns; ++i) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (i + 1 == kColumns)) return std::nullopt;
        fields[i] = line.substr(0, comma);
        line.remove_prefix(fields[i].size() + (i + 1 < kColumns ? 1 : 0));
    }
    MetricsRow row;
    const bool numbers = parseNumber(fields[0], row.epoch) && parseNumber(fields[1], row.step) &&
                         parseNumber(fields[2], row.lr) && parseNumber(fields[3], row.trainLoss) &&
                         parseNumber(fields[4], row.trainTop1) && parseNumber(fields[5], row.testLoss) &&
                         parseNumber(fields[6], row.testTop1) && parseNumber(fields[7], row.kept) &&
                         parseNumber(fields[8], row.imagesPerSecond) && parseNumber(fields[9], row.seconds);
    const bool inRange = row.epoch >= 1 && row.step >= 0 && row.lr >= 0 && isShare(row.trainTop1) &&
                         isShare(row.testTop1) && isShare(row.kept) && row.imagesPerSecond >= 0 && row.seconds >= 0;
    if (!numbers || !inRange || !isFinite(row)) return std::nullopt;
    return row;
}

}  // namespace

Result<> appendMetrics(const std::filesystem::path& folder, const MetricsRow& row) {
    const std::filesystem::path path = folder / kMetricsName;
    if (!isFinite(row)) {
        return fail(ErrorCode::kNotFinite, kWriteWhat, path.string(),
                    fmt::format("epoch {} has a figure that is not finite", row.epoch));
    }
    std::error_code absent;
    const bool isNew = std::filesystem::file_size(path, absent) == 0 || absent;
    auto ok = appendToFile(path, (isNew ? std::string(kHeader) + "\n" : std::string()) + lineOf(row));
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

Result<std::vector<MetricsRow>> readMetrics(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kMetricsName;
    const auto text = readWholeFile(path, kMaxFileBytes);
    if (text) return parseMetrics(*text, path.string());
    Error error = text.error();
    if (error.code == ErrorCode::kNotFound) return {};
    error.what = kReadWhat;
    return tl::unexpected(std::move(error));
}

Result<std::vector<MetricsRow>> parseMetrics(std::string_view text, const std::string& name) {
    std::vector<MetricsRow> rows;
    for (int line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) break;  // torn
        const std::string_view content = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line == 1) {
            if (content == kHeader) continue;
            return fail(ErrorCode::kBadFormat, kReadWhat, name, fmt::format("its first line is not \"{}\"", kHeader));
        }
        const auto row = parseLine(content);
        if (!row) {
            return fail(ErrorCode::kBadFormat, kReadWhat, name,
                        fmt::format("line {} is not a row of {} numbers in their ranges", line, kColumns));
        }
        if (!rows.empty() && row->epoch <= rows.back().epoch) {
            return fail(ErrorCode::kBadFormat, kReadWhat, name,
                        fmt::format("line {} is about epoch {}, which comes before its predecessor's {}", line,
                                    row->epoch, rows.back().epoch));
        }
        rows.push_back(*row);
    }
    return rows;
}

Result<> cutMetrics(const std::filesystem::path& folder, int lastEpoch) {
    const std::filesystem::path path = folder / kMetricsName;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return {};
    const auto rows = readMetrics(folder);
    if (!rows) return tl::unexpected(rows.error());
    std::string text = std::string(kHeader) + "\n";
    for (const MetricsRow& row : *rows) {
        if (row.epoch <= lastEpoch) text += lineOf(row);
    }
    auto ok = writeFileAtomically(path, text);
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

}  // namespace condenser
