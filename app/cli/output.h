// What goes to stdout (results) and to stderr (errors and notices).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace condenser::cli {

using Json = nlohmann::ordered_json;

// Where an error of printText happened.
constexpr const char* kStandardOutput = "standard output";

// Writes `text` to stdout and flushes; a full disk or a closed pipe is an error.
Result<> printText(std::string_view text);

// One object and a line end. Bytes that are no UTF-8 (file names may hold any) are replaced.
Result<> printJson(const Json& object);

// "condenser-cli: TEXT" on stderr, on one line whatever the text holds.
void printError(std::string_view text);
// The same for what the user should know but what is no error.
void printNotice(std::string_view text);

// {"what": ..., "where": ..., "why": ..., "remedy": ...}.
Json toJson(const Error& error);

// Columns padded to their widest cell, two spaces between them. The first row is the heading.
class Table {
  public:
    enum class Align { kLeft, kRight };
    struct Column {
        std::string heading;
        Align align = Align::kLeft;
    };

    explicit Table(std::vector<Column> columns);
    void row(std::vector<std::string> cells);  // as many as columns
    std::string text() const;

  private:
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

// "65.83 M", "532.0 k", "417": three or four digits for people.
std::string scaled(std::int64_t count);
// "93.25 %" of 0.9325.
std::string percent(double share);
// "0.9 s", "49 s", "4 min 09 s", "3 h 05 min".
std::string duration(double seconds);

}  // namespace condenser::cli
