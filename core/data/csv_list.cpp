#include "data/csv_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/atomic_file.h"
#include "data/class_names.h"
#include "data/image_io.h"
#include "data/scan_progress.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot read the data";
constexpr const char* kForm = "lines of path,label or path,label,split are expected";
constexpr std::size_t kMaxFile = std::size_t{256} << 20;
constexpr std::size_t kMaxRow = std::size_t{64} << 10;  // bytes
constexpr std::size_t kMaxRows = 10'000'000;
constexpr std::size_t kMaxColumns = 1000;
constexpr std::size_t kMaxLabel = 255;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

bool isPictureName(const std::string& field) {
    return isPictureFile(field);
}

// Where in a row stands what we need.
struct Columns {
    std::size_t path = 0, label = 1;
    std::optional<std::size_t> split;
};

class Parser {
  public:
    Parser(std::string_view text, const std::string& name) : m_text(text), m_name(name) {}

    Result<std::vector<CsvRow>> parse() {
        if (m_text.starts_with("\xEF\xBB\xBF")) m_text.remove_prefix(3);
        if (m_text.starts_with("\xFF\xFE") || m_text.starts_with("\xFE\xFF")) {
            return refuse(ErrorCode::kUnsupported, "it is UTF-16 text", "save it as UTF-8");
        }
        if (m_text.find('\0') != m_text.npos) {
            return refuse(ErrorCode::kBadFormat, "it is no text file", kForm);
        }
        std::vector<CsvRow> rows;
        if (auto begun = readFirst(rows); !begun) return tl::unexpected(begun.error());
        std::vector<std::string> fields;
        for (;;) {
            const auto more = next(fields);
            if (!more) return tl::unexpected(more.error());
            if (!*more) return rows;
            if (auto taken = take(fields, rows); !taken) return tl::unexpected(taken.error());
        }
    }

  private:
    // The first line tells which character separates, and which columns there are.
    Result<> readFirst(std::vector<CsvRow>& rows) {
        std::vector<std::string> fields;
        const auto readWith = [&](char separator) {
            m_at = 0;
            m_line = 1;
            m_separator = separator;
            return next(fields);
        };
        bool found = false;
        for (const char separator : {'\t', ';', ','}) {
            const auto any = readWith(separator);  // wrong quotes may be those of another separator
            if (!any || !*any || fields.size() < 2) continue;
            const auto header = columnsNamed(fields);
            found = (header && *header) || std::any_of(fields.begin(), fields.end(), isPictureName);
            if (found) break;
        }
        if (!found) {
            const auto any = readWith(',');
            if (!any) return tl::unexpected(any.error());
            if (!*any) return refuse(ErrorCode::kBadData, "there is nothing in it", kForm);
        }
        m_fields = fields.size();
        const auto header = columnsNamed(fields);
        if (!header) return tl::unexpected(header.error());
        if (*header) {
            m_columns = **header;
            return {};
        }
        if (m_fields < 2 || m_fields > 3) {
            return refuse(
                ErrorCode::kBadFormat,
                fmt::format("line {} has {} column{}, and {}", m_rowLine, m_fields, m_fields == 1 ? "" : "s", kForm),
                m_fields > 3 ? "name the columns in the first line: path, label, split" : "");
        }
        if (m_fields == 3) m_columns.split = 2;
        return take(fields, rows);
    }

    // Nothing if the first line holds data already.
    Result<std::optional<Columns>> columnsNamed(const std::vector<std::string>& fields) const {
        static constexpr std::array<std::string_view, 16> kPaths = {
            "path",  "paths",    "file",      "files",      "filename",  "file_name",  "filepath", "file_path",
            "image", "image_id", "imagepath", "image_path", "imagename", "image_name", "img_path", "picture"};
        static constexpr std::array<std::string_view, 10> kLabels = {
            "label", "labels", "class", "classes", "class_name", "classname", "target", "category", "breed", "species"};
        static constexpr std::array<std::string_view, 6> kSplits = {"split",  "part",     "set",
                                                                    "subset", "data set", "dataset"};
        const auto find = [&](const auto& names) {
            for (std::size_t i = 0; i < fields.size(); ++i) {
                if (std::find(names.begin(), names.end(), lowerAscii(fields[i])) != names.end())
                    return std::optional(i);
            }
            return std::optional<std::size_t>();
        };
        const auto path = find(kPaths), label = find(kLabels);
        if (!path && !label) return std::nullopt;
        if (path && label) return Columns{*path, *label, find(kSplits)};
        if (std::any_of(fields.begin(), fields.end(), isPictureName)) return std::nullopt;
        return refuse(ErrorCode::kBadFormat,
                      fmt::format("its first line names no column for the {}", path ? "labels" : "paths"),
                      fmt::format("call that column {}", path ? "label" : "path"));
    }

    Result<> take(std::vector<std::string>& fields, std::vector<CsvRow>& rows) const {
        const auto refuseRow = [&](const std::string& why) {
            return refuse(ErrorCode::kBadFormat, fmt::format("line {}: {}", m_rowLine, why));
        };
        if (fields.size() != m_fields) {
            return refuseRow(fmt::format("it has {} columns, and the first line has {}", fields.size(), m_fields));
        }
        CsvRow row{std::move(fields[m_columns.path]), std::move(fields[m_columns.label]), NamedPart::kTrain, m_rowLine};
        if (row.path.empty()) return refuseRow("the path is missing");
        if (row.label.empty()) return refuseRow("the label is missing");
        if (row.label.size() > kMaxLabel) return refuseRow(fmt::format("the label has more than {} bytes", kMaxLabel));
        if (!isPlainText(row.label)) return refuseRow("the label is not UTF-8 text");
        if (m_columns.split) {
            const auto part = partNamed(fields[*m_columns.split]);
            if (!part) {
                const std::string& found = fields[*m_columns.split];
                return refuseRow(fmt::format("the split is \"{}\", and train, val or test is expected",
                                             isPlainText(found) ? found.substr(0, kMaxLabel) : ""));
            }
            row.part = *part;
        }
        if (rows.size() == kMaxRows)
            return refuse(ErrorCode::kTooLarge, fmt::format("it has more than {} lines", kMaxRows));
        rows.push_back(std::move(row));
        return {};
    }

    // The fields of the next row that is not blank. False at the end.
    Result<bool> next(std::vector<std::string>& fields) {
        for (;;) {
            if (m_at >= m_text.size()) return false;
            if (auto read = readRow(fields); !read) return tl::unexpected(read.error());
            const bool blank =
                std::all_of(fields.begin(), fields.end(), [](const std::string& field) { return field.empty(); });
            if (!blank) return true;
        }
    }

    Result<> readRow(std::vector<std::string>& fields) {
        fields.clear();
        m_rowLine = m_line;
        const std::size_t begin = m_at;
        for (;;) {
            if (fields.size() == kMaxColumns) {
                return refuse(ErrorCode::kTooLarge,
                              fmt::format("line {} has more than {} columns", m_rowLine, kMaxColumns));
            }
            auto field = readField(begin);
            if (!field) return tl::unexpected(field.error());
            fields.push_back(std::move(*field));
            if (m_at >= m_text.size()) return {};
            const char end = m_text[m_at++];
            if (end == m_separator) continue;
            if (end == '\r' && m_at < m_text.size() && m_text[m_at] == '\n') ++m_at;
            ++m_line;
            return {};
        }
    }

    bool endsField(char c) const { return c == m_separator || c == '\n' || c == '\r'; }

    // Up to the separator or the end of the line, which is left to the caller.
    Result<std::string> readField(std::size_t rowBegin) {
        const auto tooLong = [&]() -> tl::unexpected<Error> {
            return refuse(ErrorCode::kTooLarge, fmt::format("line {} has more than {} bytes", m_rowLine, kMaxRow));
        };
        std::size_t at = m_at;
        while (at < m_text.size() && m_text[at] == ' ') ++at;
        if (at == m_text.size() || m_text[at] != '"') {
            const std::size_t begin = m_at;
            while (m_at < m_text.size() && !endsField(m_text[m_at])) ++m_at;
            if (m_at - rowBegin > kMaxRow) return tooLong();
            return std::string(trimmed(m_text.substr(begin, m_at - begin)));
        }
        std::string field;
        for (m_at = at + 1;;) {
            if (m_at - rowBegin > kMaxRow) return tooLong();
            if (m_at >= m_text.size()) {
                return refuse(ErrorCode::kBadFormat, fmt::format("line {}: the quote is not closed", m_rowLine));
            }
            const char c = m_text[m_at++];
            if (c == '\n') ++m_line;
            if (c != '"') {
                field += c;
            } else if (m_at < m_text.size() && m_text[m_at] == '"') {
                field += '"';
                ++m_at;
            } else {
                break;
            }
        }
        while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
        if (m_at < m_text.size() && !endsField(m_text[m_at])) {
            return refuse(ErrorCode::kBadFormat,
                          fmt::format("line {}: there is something behind the closing quote", m_rowLine),
                          "write a quote inside of quotes twice");
        }
        return field;
    }

    tl::unexpected<Error> refuse(ErrorCode code, std::string why, std::string remedy = {}) const {
        return fail(code, kWhat, m_name, std::move(why), std::move(remedy));
    }

    std::string_view m_text;
    const std::string& m_name;
    char m_separator = ',';
    std::size_t m_at = 0;
    std::int64_t m_line = 1, m_rowLine = 1;
    std::size_t m_fields = 0;
    Columns m_columns;
};

// Pictures with two labels: one of them is wrong.
void warnOfConflicts(const std::vector<CsvRow>& rows, std::vector<std::string>& warnings) {
    std::unordered_map<std::string_view, const CsvRow*> first;
    const CsvRow *one = nullptr, *other = nullptr;
    std::int64_t count = 0;
    for (const CsvRow& row : rows) {
        const CsvRow* known = first.emplace(row.path, &row).first->second;
        if (known->label == row.label) continue;
        if (count++ == 0) one = known, other = &row;
    }
    if (count == 0) return;
    warnings.push_back(
        fmt::format("{} line{} give{} a picture another label than a line before: {}, \"{}\" in line {} "
                    "and \"{}\" in line {}{}",
                    count, count == 1 ? "" : "s", count == 1 ? "s" : "", one->path, one->label, one->line, other->label,
                    other->line, count == 1 ? "" : ", ..."));
}

// The file that a row means. Lists that were written on Windows have backslashes.
fs::path resolve(const fs::path& folder, const std::string& written) {
    std::error_code ignored;
    const fs::path path = folder / written;
    if (written.find('\\') == written.npos || fs::exists(path, ignored)) return path;
    std::string turned = written;
    std::replace(turned.begin(), turned.end(), '\\', '/');
    return folder / turned;
}

// Why it cannot be read; empty if it may be.
std::string whyNot(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        return error && error != std::errc::no_such_file_or_directory ? error.message() : "no such file";
    }
    return fs::is_directory(status) ? "it is a folder" : "";
}

}  // namespace

Result<std::vector<CsvRow>> parseCsvList(std::string_view text, const std::string& name) {
    return Parser(text, name).parse();
}

Result<DataSource> openCsvList(const fs::path& file, const ScanOptions& options) {
    const auto text = readWholeFile(file, kMaxFile);
    if (!text) {
        Error error = text.error();
        error.what = kWhat;
        if (error.code == ErrorCode::kNotFound) error.remedy = "check the name after csv:";
        return tl::unexpected(error);
    }
    const auto rows = parseCsvList(*text, file.string());
    if (!rows) return tl::unexpected(rows.error());

    DataSource source;
    std::set<std::string_view> labels;
    for (const CsvRow& row : *rows) labels.insert(row.label);
    source.classes.assign(labels.begin(), labels.end());
    if (source.classes.size() < 2) {
        return fail(ErrorCode::kBadData, kWhat, file.string(),
                    fmt::format("its labels are of {} class{}, and two or more are expected", source.classes.size(),
                                source.classes.size() == 1 ? "" : "es"));
    }
    source.warnings = warnOfAlike(source.classes);
    warnOfConflicts(*rows, source.warnings);
    const auto count = [&](NamedPart part) {
        return std::count_if(rows->begin(), rows->end(), [part](const CsvRow& row) { return row.part == part; });
    };
    const auto tests = count(NamedPart::kTest), vals = count(NamedPart::kVal);
    const NamedPart testPart = vals > 0 ? NamedPart::kVal : NamedPart::kTest;
    source.testName = vals > 0 ? "val" : tests > 0 ? "test" : "";
    if (vals > 0 && tests > 0) {
        source.warnings.push_back(
            fmt::format("there are both val and test: the {} pictures of test are not used", tests));
    }

    const fs::path folder = file.parent_path();
    const auto paths = std::make_shared<std::vector<fs::path>>();
    ScanProgress scan(options);
    for (const CsvRow& row : *rows) {
        if (row.part != NamedPart::kTrain && row.part != testPart) continue;
        if (scan.stopped()) {
            return fail(ErrorCode::kCancelled, kWhat, file.string(), "it was stopped");
        }
        fs::path path = resolve(folder, row.path);
        if (const std::string why = whyNot(path); !why.empty()) {
            source.unreadable.push_back({std::move(path), fmt::format("line {}: {}", row.line, why)});
            continue;
        }
        const auto label = std::lower_bound(source.classes.begin(), source.classes.end(), row.label);
        (row.part == NamedPart::kTrain ? source.train : source.test)
            .push_back(
                {static_cast<std::int32_t>(label - source.classes.begin()), static_cast<std::uint32_t>(paths->size())});
        paths->push_back(std::move(path));
        scan.found();
    }
    if (paths->empty()) {
        return fail(ErrorCode::kBadData, kWhat, file.string(),
                    fmt::format("none of its {} pictures is there; the first: {}: {}", source.unreadable.size(),
                                source.unreadable.front().path.string(), source.unreadable.front().why),
                    "paths count from the folder of the list on");
    }
    source.read = [paths](std::uint32_t index) { return decodePicture((*paths)[index]); };
    source.place = [paths](std::uint32_t index) { return (*paths)[index]; };
    return source;
}

}  // namespace condenser
