// Figures and pieces of HTML as the report writes them. All of it is well-formed XML, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace condenser::report {

std::string percent(double share);           // "93.25 %" of 0.9325
std::string scaled(std::int64_t count);      // "65.83 M"
std::string duration(double seconds);        // "49 s", "4 min 09 s", "3 h 05 min"
std::string plain(double value);             // the shortest form that reads back the same
std::string rounded(double value);           // four digits
std::string timeOf(const std::string& iso);  // "2026-01-31 09:30 UTC"

// "<TAG class="CLASS">TEXT</TAG>", the text escaped; an empty class is left out.
std::string element(std::string_view tag, std::string_view text, std::string_view cssClass = {});

// TEXT escaped, its lines kept apart: for where the style sheet keeps them.
std::string lines(std::string_view text);

// A part of the page with its heading; the content is HTML already.
std::string section(std::string_view title, std::string_view content);

// A table whose cells are HTML already.
struct HtmlTable {
    std::vector<std::string> heading;            // may be empty
    std::vector<std::vector<std::string>> rows;  // the first cell of each names the row
    std::vector<std::string> rowClasses;         // as many as rows, or none
    std::string cssClass;

    std::string html() const;
};

// What a row without a figure shows.
inline constexpr const char* kNone = "–";

}  // namespace condenser::report
