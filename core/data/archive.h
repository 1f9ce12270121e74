// Data sets as they are downloaded: .tar, .tar.gz and .gz, unpacked into memory. The only door to libarchive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace condenser {

// What is unpacked is counted as it comes; a size that a file states is never believed.
struct ArchiveLimits {
    std::int64_t entries = 10'000;
    std::uint64_t entryBytes = std::uint64_t{1} << 30;
    std::uint64_t totalBytes = std::uint64_t{2} << 30;  // all that is unpacked, whether anybody wants it or not
    // Beyond the first `freeBytes`, at most `ratio` bytes come out of each one that goes in (deflate could do 1000;
    // pictures give 1 to 10).
    std::uint64_t ratio = 100;
    std::uint64_t freeBytes = std::uint64_t{64} << 20;
};

// Takes the files of an archive, one after the other.
struct ArchiveVisitor {
    // Whether the content of this file is wanted. By its name in the archive, with /, without "./" in front.
    std::function<bool(const std::string& name)> wants;
    // Gets it. An error ends the walk, which returns it.
    std::function<Result<>(const std::string& name, std::string content)> take;
};

// The regular files of a tar archive, plain or packed with gzip, in their order. Links, devices, and names that are
// absolute or have ".." in them are passed over: nobody is asked about them. An archive that is cut short or damaged
// (gzip has a checksum) is an error, as far as that is known at its end: after the files were taken.
Result<> walkTar(const std::filesystem::path& path, const ArchiveLimits& limits, const std::stop_token& stop,
                 const ArchiveVisitor& visitor);
Result<> walkTar(std::span<const std::byte> bytes, const std::string& name, const ArchiveLimits& limits,
                 const ArchiveVisitor& visitor);

// What a .gz holds.
Result<std::string> unpackGzip(const std::filesystem::path& path, const ArchiveLimits& limits,
                               const std::stop_token& stop);
Result<std::string> unpackGzip(std::span<const std::byte> bytes, const std::string& name, const ArchiveLimits& limits);

}  // namespace condenser
