// Text as a cell of CSV.
#pragma once

#include <string>
#include <string_view>

namespace condenser {

// As RFC 4180 has it: quoted where a comma, a quote or the end of a line stands in it.
std::string csvCellOf(std::string_view text);

}  // namespace condenser
