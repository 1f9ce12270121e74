// XXH64: tells damaged bytes from sound ones, quickly. No protection against somebody who means harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace condenser {

// As xxHash's specification (version 0.1.1) defines it. Pieces are chained by passing the hash so far as the seed.
std::uint64_t xxh64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
std::uint64_t xxh64(std::string_view text, std::uint64_t seed = 0);

}  // namespace condenser
