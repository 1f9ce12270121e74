#include "io/steps_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/input_file.h"

namespace condenser {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied to and from files as they are");
static_assert(sizeof(StepRecord) == 8, "records are copied to and from files as they are");

constexpr const char* kReadWhat = "cannot read the steps";
constexpr const char* kWriteWhat = "cannot write the steps";

struct Header {
    char magic[8] = {'C', 'D', 'N', 'S', 'T', 'E', 'P', 'S'};
    std::uint32_t version = 1;
    std::uint32_t recordBytes = sizeof(StepRecord);
};
static_assert(sizeof(Header) == 16);

// Half a gigabyte: beyond any run, and a file of holes may claim more than a memory has.
constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 26;

// Whole records in the file; the header is checked.
Result<std::uint64_t> recordsIn(const InputFile& file, const std::string& name) {
    const auto bad = [&](std::string why) { return fail(ErrorCode::kBadFormat, kReadWhat, name, std::move(why)); };
    const Header expected;
    Header header;
    if (file.size() < sizeof header) return bad("it is shorter than its header");
    if (auto ok = file.readAt(0, std::as_writable_bytes(std::span(&header, 1))); !ok) return tl::unexpected(ok.error());
    if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0) {
        return bad("it does not begin with \"CDNSTEPS\"");
    }
    if (header.version > expected.version) {
        return fail(
            ErrorCode::kUnsupported, kReadWhat, name,
            fmt::format("it is of version {}, and this program knows version {}", header.version, expected.version),
            "use a newer version of Condenser");
    }
    if (header.version != expected.version || header.recordBytes != expected.recordBytes) {
        return bad(fmt::format("its header tells of version {} and records of {} bytes, and 1 and 8 are expected",
                               header.version, header.recordBytes));
    }
    const std::uint64_t records = (file.size() - sizeof header) / sizeof(StepRecord);
    if (records > kMaxRecords) {
        return fail(ErrorCode::kTooLarge, kReadWhat, name,
                    fmt::format("it has {} steps, and at most {} are expected", records, kMaxRecords));
    }
    return records;
}

bool isAbsent(const Result<InputFile>& file) {
    return !file && file.error().code == ErrorCode::kNotFound;
}

std::uint64_t bytesOf(std::uint64_t records) {
    return sizeof(Header) + records * sizeof(StepRecord);
}

Result<> cutTo(const std::filesystem::path& path, std::uint64_t records) {
    auto ok = cutFile(path, bytesOf(records));
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

}  // namespace

Result<> appendSteps(const std::filesystem::path& folder, std::span<const StepRecord> steps) {
    const std::filesystem::path path = folder / kStepsName;
    const auto file = InputFile::open(path, kWriteWhat);
    Result<> ok;
    if (isAbsent(file)) {
        const Header header;
        // At once in place, so that a file without its whole header never exists.
        ok = writeFileAtomically(path, {reinterpret_cast<const char*>(&header), sizeof header});
    } else if (!file) {
        return tl::unexpected(file.error());
    } else {
        const auto records = recordsIn(*file, path.string());
        if (!records) return tl::unexpected(records.error());
        // Behind a torn record, the next ones would be read at the wrong places.
        if (file->size() != bytesOf(*records)) ok = cutTo(path, *records);
    }
    if (ok) ok = appendToFile(path, std::as_bytes(steps));
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

Result<std::vector<StepRecord>> readSteps(const std::filesystem::path& folder, std::int64_t first) {
    CORE_CHECK(first >= 0);
    const std::filesystem::path path = folder / kStepsName;
    const auto file = InputFile::open(path, kReadWhat);
    if (isAbsent(file)) return {};
    if (!file) return tl::unexpected(file.error());
    const auto records = recordsIn(*file, path.string());
    if (!records) return tl::unexpected(records.error());
    const std::uint64_t from = std::min(static_cast<std::uint64_t>(first), *records);
    try {
        std::vector<StepRecord> steps(*records - from);
        if (auto ok = file->readAt(bytesOf(from), std::as_writable_bytes(std::span(steps))); !ok) {
            return tl::unexpected(ok.error());
        }
        return steps;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kReadWhat, path.string(),
                    fmt::format("there is no memory for its {} steps", *records));
    }
}

Result<> cutSteps(const std::filesystem::path& folder, std::int64_t count) {
    CORE_CHECK(count >= 0);
    const std::filesystem::path path = folder / kStepsName;
    const auto file = InputFile::open(path, kReadWhat);
    const auto wanted = static_cast<std::uint64_t>(count);
    if (isAbsent(file) && count == 0) return {};
    if (!file) return tl::unexpected(file.error());
    const auto records = recordsIn(*file, path.string());
    if (!records) return tl::unexpected(records.error());
    if (*records < wanted) {
        return fail(ErrorCode::kBadData, kReadWhat, path.string(),
                    fmt::format("it has {} steps, and the checkpoint stands for {}", *records, wanted));
    }
    return cutTo(path, wanted);
}

}  // namespace condenser
