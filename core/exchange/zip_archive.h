// Zip archives that nobody vouches for, in memory. The only door to libzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"

struct zip;

namespace condenser {

// The most bytes that are unpacked, or made of shared pieces, from a file of `size` bytes.
constexpr std::uint64_t mostUnpacked(std::uint64_t size) {
    return (std::uint64_t{64} << 20) + 4 * size;
}

class ZipArchive {
  public:
    // Reads the central directory. Refused are: names that are absolute, climb ("..") or hold control characters, a
    // name twice, more than kMaxZipEntries, entries that unpack to far more than they take, and a total beyond
    // mostUnpacked(). `bytes` must outlive it; `reading` begins its errors.
    static Result<ZipArchive> open(std::span<const std::byte> bytes, Reading reading);

    struct Entry {
        std::uint64_t index = 0;
        std::uint64_t size = 0;  // bytes, unpacked
    };
    const std::map<std::string, Entry>& entries() const { return m_entries; }

    // One of entries(): exactly its size, its CRC-32 verified.
    Result<std::vector<std::byte>> read(const std::string& name) const;

  private:
    struct Close {
        void operator()(zip* archive) const;
    };
    ZipArchive(std::unique_ptr<zip, Close> archive, Reading reading)
        : m_archive(std::move(archive)), m_reading(std::move(reading)) {}
    Result<> list(std::uint64_t archiveBytes);

    std::unique_ptr<zip, Close> m_archive;
    Reading m_reading;
    std::map<std::string, Entry> m_entries;
};

inline constexpr std::int64_t kMaxZipEntries = 100'000;

}  // namespace condenser
