#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/character_count.h"
#include "base/check.h"

namespace condenser::cli {
namespace {

std::string onOneLine(std::string_view text) {
    std::string line(text);
    for (char& c : line) {
        // A file name may hold line ends and escape sequences; a terminal must not obey them.
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return line;
}

}  // namespace

Result<> printText(std::string_view text) {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) {
        return fail(ErrorCode::kWrite, "cannot write the result", kStandardOutput, std::strerror(errno));
    }
    return {};
}

Result<> printJson(const Json& object) {
    return printText(object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void printError(std::string_view text) {
    fmt::print(stderr, "condenser-cli: {}\n", onOneLine(text));
}

void printNotice(std::string_view text) {
    printError(text);
}

Json toJson(const Error& error) {
    return {{"what", error.what}, {"where", error.where}, {"why", error.why}, {"remedy", error.remedy}};
}

Table::Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
    CORE_CHECK(cells.size() == m_columns.size());
    for (std::string& cell : cells) cell = onOneLine(cell);
    m_rows.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        std::size_t width = characterCount(m_columns[i].heading);
        for (const auto& cells : m_rows) width = std::max(width, characterCount(cells[i]));
        widths.push_back(width);
    }
    std::string text;
    const auto addLine = [&](const auto& cellOf) {
        std::string line;
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const std::string& cell = cellOf(i);
            const std::string padding(widths[i] - characterCount(cell), ' ');
            if (i > 0) line += "  ";
            line += m_columns[i].align == Align::kRight ? padding + cell : cell + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    };
    addLine([&](std::size_t i) -> const std::string& { return m_columns[i].heading; });
    for (const auto& cells : m_rows) addLine([&](std::size_t i) -> const std::string& { return cells[i]; });
    return text;
}

std::string scaled(std::int64_t count) {
    const double value = static_cast<double>(count);
    if (std::abs(value) < 1e4) return fmt::format("{}", count);
    if (std::abs(value) < 1e6) return fmt::format("{:.1f} k", value / 1e3);
    if (std::abs(value) < 1e9) return fmt::format("{:.2f} M", value / 1e6);
    return fmt::format("{:.2f} G", value / 1e9);
}

std::string percent(double share) {
    return fmt::format("{:.2f} %", share * 100);
}

std::string duration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "?";
    if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::int64_t>(std::min(seconds, 1e12) + 0.5);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace condenser::cli
