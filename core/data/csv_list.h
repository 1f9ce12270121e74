// Data sets as a list: a CSV file with a picture file and its class in each line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/data_source.h"
#include "data/part_names.h"

namespace condenser {

struct CsvRow {
    std::string path;  // as it is written
    std::string label;
    NamedPart part = NamedPart::kTrain;
    std::int64_t line = 0;  // from 1 on, where the row begins
};

// RFC 4180: rows of path, label and, if there is a third column, train, val or test. Commas, semicolons or tabs between
// them, LF or CRLF behind; a UTF-8 byte order mark and blank lines are passed over. A first line that names the columns
// (path, file, filename, image ...; label, class ...; split, part ...) gives their order, and further columns are then
// passed over. `name` is for messages, which name the line.
Result<std::vector<CsvRow>> parseCsvList(std::string_view text, const std::string& name);

// Paths count from the list's folder on. A picture that is not there is listed as unreadable with its line; the classes
// are the labels, sorted. A val part is used as in folders (image_folder.h): before a test part, which then stays out.
Result<DataSource> openCsvList(const std::filesystem::path& file, const ScanOptions& options = {});

}  // namespace condenser
