#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "data/class_names.h"
#include "data/csv_list.h"

using namespace condenser;

// Rows have what they promise, in the order of their lines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rows = parseCsvList({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!rows) {
        CORE_CHECK(!rows.error().why.empty());
        return 0;
    }
    std::int64_t line = 0;
    std::vector<std::string> labels;
    for (const CsvRow& row : *rows) {
        CORE_CHECK(!row.path.empty() && isPlainText(row.label));
        CORE_CHECK(row.line > line && row.line <= static_cast<std::int64_t>(size) + 1);
        line = row.line;
        if (labels.size() < 20) labels.push_back(row.label);
    }
    warnOfAlike(labels);
    return 0;
}
