// Texts of others (names, notes, commands) inside SVG and HTML.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace condenser {

// At most `limit` characters of `text`, fit to stand between tags and in attributes: what has a meaning there is
// escaped; what is not UTF-8, control characters and what XML forbids become U+FFFD.
std::string xmlText(std::string_view text, std::size_t limit = std::numeric_limits<std::size_t>::max());

}  // namespace condenser
