#include "base/markdown_text.h"

namespace condenser {

std::string markdownText(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (std::string_view("|\\`*_<[").find(c) != std::string_view::npos) safe += '\\';
        safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return safe;
}

std::string markdownRow(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (const std::string& cell : cells) row += " " + cell + " |";
    return row + "\n";
}

std::string markdownHeading(const std::vector<std::string>& cells) {
    std::string row = markdownRow(cells) + "| --- |";
    for (std::size_t i = 1; i < cells.size(); ++i) row += " ---: |";
    return row + "\n";
}

}  // namespace condenser
