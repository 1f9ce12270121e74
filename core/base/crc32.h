// CRC-32 as PNG and gzip use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace condenser {

// Pieces are chained by passing the checksum so far.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace condenser
