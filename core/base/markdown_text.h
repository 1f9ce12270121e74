// Tables in Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace condenser {

// A name from elsewhere as text: what would end a cell or begin something else is escaped, line ends are spaces.
std::string markdownText(std::string_view text);

// "| a | b |" and a line end; the cells as they are.
std::string markdownRow(const std::vector<std::string>& cells);

// The same and the line below it: the first column is text, all others are numbers.
std::string markdownHeading(const std::vector<std::string>& cells);

}  // namespace condenser
