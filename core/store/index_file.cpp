#include "store/index_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "io/run_record.h"
#include "store/index_lock.h"

namespace condenser {
namespace {

constexpr int kBusyMs = 2000;  // how long another window's write is waited for

// The k-th brings a file of version k to version k + 1. Those that were shipped never change.
constexpr const char* kMigrations[IndexFile::kVersion] = {
    "CREATE TABLE runs (folder BLOB PRIMARY KEY, fingerprint TEXT NOT NULL, record TEXT NOT NULL,"
    "  name TEXT NOT NULL, note TEXT NOT NULL, problem TEXT NOT NULL,"
    "  state INTEGER NOT NULL, resumable INTEGER NOT NULL, epochs INTEGER NOT NULL, best_epoch INTEGER NOT NULL,"
    "  best_top1 REAL, last_top1 REAL, seconds REAL NOT NULL,"
    "  dense_macs INTEGER NOT NULL, condensed_macs INTEGER NOT NULL, condensed_params INTEGER NOT NULL,"
    "  bytes INTEGER NOT NULL, stages TEXT NOT NULL);"
    "CREATE TABLE opened (folder BLOB PRIMARY KEY);",

    // Latencies, kept for a run rather than for its folder. Rows are read again, for their identity.
    "CREATE TABLE latency (identity TEXT PRIMARY KEY, median_ms REAL NOT NULL, p5_ms REAL NOT NULL,"
    "  p95_ms REAL NOT NULL, threads INTEGER NOT NULL, isa TEXT NOT NULL, cpu TEXT NOT NULL, measured TEXT NOT NULL);"
    "ALTER TABLE runs ADD COLUMN identity TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE runs ADD COLUMN note_problem TEXT NOT NULL DEFAULT '';"
    "UPDATE runs SET fingerprint = '';",

    // Measurements that the Compare page made: a line of a list each, and all of it as text (bench_document.h).
    "CREATE TABLE comparisons (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, measured TEXT NOT NULL,"
    "  cpu TEXT NOT NULL, isa TEXT NOT NULL, build TEXT NOT NULL, threads INTEGER NOT NULL, batch INTEGER NOT NULL,"
    "  height INTEGER NOT NULL, width INTEGER NOT NULL, dense_ms REAL NOT NULL, condensed_ms REAL NOT NULL,"
    "  ratio REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, theoretical REAL NOT NULL,"
    "  document TEXT NOT NULL);",
};

constexpr const char* kSelect =
    "SELECT folder, fingerprint, record, identity, name, note, note_problem, problem, state, resumable, epochs,"
    " best_epoch, best_top1, last_top1, seconds, dense_macs, condensed_macs, condensed_params, bytes, stages,"
    " median_ms, p5_ms, p95_ms, threads, isa, cpu, measured"
    " FROM runs LEFT JOIN latency USING (identity)";
constexpr const char* kInsert =
    "INSERT OR REPLACE INTO runs (folder, fingerprint, record, identity, name, note, note_problem, problem, state,"
    " resumable, epochs, best_epoch, best_top1, last_top1, seconds, dense_macs, condensed_macs, condensed_params,"
    " bytes, stages) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr const char* kSelectComparisons =
    "SELECT id, name, measured, cpu, isa, build, threads, batch, height, width, dense_ms, condensed_ms, ratio, low,"
    " high, theoretical FROM comparisons ORDER BY measured DESC, id DESC";
constexpr const char* kInsertComparison =
    "INSERT INTO comparisons (name, measured, cpu, isa, build, threads, batch, height, width, dense_ms, condensed_ms,"
    " ratio, low, high, theoretical, document) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

// Any bytes, as file names may be.
void bindPath(SQLite::Statement& statement, int index, const std::filesystem::path& path) {
    statement.bind(index, path.c_str(), static_cast<int>(path.native().size()));
}

std::filesystem::path pathOf(const SQLite::Column& column) {
    return std::string(static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes()));
}

std::string textOf(const std::vector<int>& numbers) {
    return fmt::format("{}", fmt::join(numbers, ","));
}

std::vector<int> numbersOf(std::string_view text) {
    std::vector<int> numbers;
    for (int number = 0; !text.empty();) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc()) break;
        numbers.push_back(number);
        text.remove_prefix(std::min(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
    }
    return numbers;
}

// Takes a row's columns one after the other.
class Columns {
  public:
    explicit Columns(SQLite::Statement& row) : m_row(row) {}

    SQLite::Column next() { return m_row.getColumn(m_index++); }
    std::string text() { return next().getString(); }
    int number() { return next().getInt(); }
    std::int64_t large() { return next().getInt64(); }
    double real() { return next().getDouble(); }
    std::optional<double> optionalReal() {
        const SQLite::Column column = next();
        return column.isNull() ? std::nullopt : std::optional(column.getDouble());
    }
    bool atNull() { return m_row.getColumn(m_index).isNull(); }

  private:
    SQLite::Statement& m_row;
    int m_index = 0;
};

StoredRunState stateNumbered(int number) {
    return number >= 0 && number <= static_cast<int>(StoredRunState::kFailed) ? static_cast<StoredRunState>(number)
                                                                              : StoredRunState::kStopped;
}

RunLatency latencyOf(Columns& row) {
    RunLatency latency;
    latency.medianMs = row.real();
    latency.p5Ms = row.real();
    latency.p95Ms = row.real();
    latency.threads = row.number();
    latency.isa = row.text();
    latency.cpu = row.text();
    latency.measured = row.text();
    return latency;
}

IndexedRun runOf(SQLite::Statement& statement) {
    Columns row(statement);
    IndexedRun run;
    RunSummary& summary = run.summary;
    summary.folder = pathOf(row.next());
    run.fingerprint = row.text();
    run.text = row.text();
    run.identity = row.text();
    summary.name = row.text();
    summary.note = row.text();
    summary.noteProblem = row.text();
    summary.problem = row.text();
    summary.state = stateNumbered(row.number());
    summary.resumable = row.number() != 0;
    summary.epochs = row.number();
    summary.bestEpoch = row.number();
    summary.bestTop1 = row.optionalReal();
    summary.lastTop1 = row.optionalReal();
    summary.seconds = row.real();
    summary.denseMacs = row.large();
    summary.condensedMacs = row.large();
    summary.condensedParams = row.large();
    summary.bytes = static_cast<std::uint64_t>(row.large());
    summary.stages = numbersOf(row.text());
    if (!row.atNull()) summary.latency = latencyOf(row);
    return run;
}

StoredComparison comparisonOf(SQLite::Statement& statement) {
    Columns row(statement);
    StoredComparison line;
    line.id = row.large();
    for (std::string* text : {&line.name, &line.measured, &line.cpu, &line.isa, &line.build}) *text = row.text();
    for (int* number : {&line.threads, &line.batch, &line.height, &line.width}) *number = row.number();
    for (double* real : {&line.denseMs, &line.condensedMs, &line.ratio, &line.low, &line.high, &line.theoretical}) {
        *real = row.real();
    }
    return line;
}

void bindReal(SQLite::Statement& statement, int index, const std::optional<double>& value) {
    if (value) {
        statement.bind(index, *value);
    } else {
        statement.bind(index);
    }
}

void bindRun(SQLite::Statement& statement, const IndexedRun& run) {
    const RunSummary& summary = run.summary;
    int index = 0;
    bindPath(statement, ++index, summary.folder);
    for (const std::string* text : {&run.fingerprint, &run.text, &run.identity, &summary.name, &summary.note,
                                    &summary.noteProblem, &summary.problem}) {
        statement.bind(++index, *text);
    }
    statement.bind(++index, static_cast<int>(summary.state));
    statement.bind(++index, summary.resumable ? 1 : 0);
    statement.bind(++index, summary.epochs);
    statement.bind(++index, summary.bestEpoch);
    bindReal(statement, ++index, summary.bestTop1);
    bindReal(statement, ++index, summary.lastTop1);
    statement.bind(++index, summary.seconds);
    statement.bind(++index, summary.denseMacs);
    statement.bind(++index, summary.condensedMacs);
    statement.bind(++index, summary.condensedParams);
    statement.bind(++index, static_cast<std::int64_t>(summary.bytes));
    statement.bind(++index, textOf(summary.stages));
}

void migrate(SQLite::Database& database, int version) {
    for (; version < IndexFile::kVersion; ++version) {
        // Immediate, so that of two windows one migrates and the other waits and sees it done.
        SQLite::Transaction step(database, SQLite::TransactionBehavior::IMMEDIATE);
        if (database.execAndGet("PRAGMA user_version").getInt() != version) continue;
        database.exec(kMigrations[version]);
        database.exec(fmt::format("PRAGMA user_version = {}", version + 1));
        step.commit();
    }
}

struct NewerVersion {
    int version;
};
struct Damaged {};

// Throws one of the two above, or the library's own.
SQLite::Database openChecked(const std::string& file, bool checkAll) {
    SQLite::Database database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version > IndexFile::kVersion) throw NewerVersion{version};
    if (version < 0) throw Damaged{};
    if (checkAll && database.execAndGet("PRAGMA quick_check(1)").getString() != "ok") throw Damaged{};
    SQLite::Statement(database, "PRAGMA journal_mode = WAL").executeStep();
    // A power cut may lose the last changes, which are read again from the folders, but damages nothing.
    database.exec("PRAGMA synchronous = NORMAL");
    migrate(database, version);
    // Other tables than ours fail here rather than later.
    SQLite::Statement(database, kSelect).executeStep();
    SQLite::Statement(database, "SELECT folder FROM opened").executeStep();
    SQLite::Statement(database, kSelectComparisons).executeStep();
    return database;
}

bool meansDamage(const SQLite::Exception& error) {
    if (error.getExtendedErrorCode() == SQLITE_IOERR_SHORT_READ) return true;
    switch (error.getErrorCode()) {
        case SQLITE_ERROR:  // a statement that does not fit the tables
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
        case SQLITE_MISMATCH:
            return true;
        default:
            return false;
    }
}

// FILE and its log become FILE.damaged.
std::error_code setAside(const std::filesystem::path& file) {
    const auto beside = [&file](const char* end) { return std::filesystem::path(file.native() + end); };
    std::error_code error, ignored;
    std::filesystem::rename(file, beside(".damaged"), error);
    if (error) return error;
    std::filesystem::rename(beside("-wal"), beside(".damaged-wal"), ignored);
    std::filesystem::remove(beside("-shm"), ignored);
    return {};
}

}  // namespace

struct IndexFile::Database {
    IndexLock lock;
    SQLite::Database database;
    std::string file, notice;

    // Calls `work`, which may throw.
    template <class Work>
    auto guarded(const char* what, Work work) -> Result<decltype(work())> {
        try {
            if constexpr (std::is_void_v<decltype(work())>) {
                work();
                return {};
            } else {
                return work();
            }
        } catch (const SQLite::Exception& error) {
            return fail(ErrorCode::kWrite, what, file, error.what());
        }
    }
};

Result<IndexFile> IndexFile::open(const std::filesystem::path& file) {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    IndexLock lock(file.native() + ".lock");
    std::string notice;
    const auto made = [&](SQLite::Database database) {
        lock.share();
        return IndexFile(std::make_unique<Database>(
            Database{std::move(lock), std::move(database), file.string(), std::move(notice)}));
    };
    std::string why;
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            return made(openChecked(file.string(), lock.alone()));
        } catch (const NewerVersion& newer) {
            why = fmt::format("it is of version {}, made by a newer Condenser, and this one knows version {}",
                              newer.version, kVersion);
            break;
        } catch (const Damaged&) {
            why = "it is damaged";
        } catch (const SQLite::Exception& error) {
            why = error.what();
            if (!meansDamage(error)) break;
        }
        if (attempt > 0 || !lock.alone()) break;  // another window works with it
        if (const std::error_code error = setAside(file)) {
            why += fmt::format(", and it cannot be set aside: {}", error.message());
            break;
        }
        notice = fmt::format(
            "The list of runs {} was damaged ({}). It was set aside as {}.damaged and made anew from the runs' "
            "folders. Runs opened from elsewhere must be opened again; measurements that were kept are in the file set "
            "aside.",
            file.string(), why, file.filename().string());
    }
    notice = fmt::format(
        "The list of runs {} cannot be used: {}. The runs themselves are safe and are read from their folders; which "
        "runs were opened from elsewhere, and what is measured, is not remembered.",
        file.string(), why);
    try {
        return made(openChecked(":memory:", false));
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::kTooLarge, "cannot make the list of runs", "", error.what());
    }
}

IndexFile::IndexFile(std::unique_ptr<Database> database) : m_database(std::move(database)) {}
IndexFile::IndexFile(IndexFile&&) noexcept = default;
IndexFile& IndexFile::operator=(IndexFile&&) noexcept = default;
IndexFile::~IndexFile() = default;

const std::string& IndexFile::notice() const {
    return m_database->notice;
}

Result<std::vector<IndexedRun>> IndexFile::runs() const {
    return m_database->guarded("cannot read the list of runs", [&] {
        std::vector<IndexedRun> runs;
        SQLite::Statement select(m_database->database, kSelect);
        while (select.executeStep()) runs.push_back(runOf(select));
        return runs;
    });
}

Result<> IndexFile::update(std::span<const IndexedRun> changed, std::span<const std::filesystem::path> gone) {
    if (changed.empty() && gone.empty()) return {};
    return m_database->guarded("cannot write the list of runs", [&] {
        SQLite::Transaction all(m_database->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(m_database->database, kInsert);
        for (const IndexedRun& run : changed) {
            bindRun(insert, run);
            insert.exec();
            insert.reset();
        }
        SQLite::Statement remove(m_database->database, "DELETE FROM runs WHERE folder = ?");
        for (const std::filesystem::path& folder : gone) {
            bindPath(remove, 1, folder);
            remove.exec();
            remove.reset();
        }
        all.commit();
    });
}

Result<std::vector<std::filesystem::path>> IndexFile::opened() const {
    return m_database->guarded("cannot read the list of runs", [&] {
        std::vector<std::filesystem::path> folders;
        SQLite::Statement select(m_database->database, "SELECT folder FROM opened ORDER BY rowid");
        while (select.executeStep()) folders.push_back(pathOf(select.getColumn(0)));
        return folders;
    });
}

Result<> IndexFile::addOpened(const std::filesystem::path& folder) {
    return m_database->guarded("cannot remember the run", [&] {
        SQLite::Statement insert(m_database->database, "INSERT OR IGNORE INTO opened (folder) VALUES (?)");
        bindPath(insert, 1, folder);
        insert.exec();
    });
}

Result<> IndexFile::removeOpened(const std::filesystem::path& folder) {
    return m_database->guarded("cannot forget the run", [&] {
        SQLite::Transaction both(m_database->database, SQLite::TransactionBehavior::IMMEDIATE);
        for (const char* text : {"DELETE FROM opened WHERE folder = ?", "DELETE FROM runs WHERE folder = ?"}) {
            SQLite::Statement remove(m_database->database, text);
            bindPath(remove, 1, folder);
            remove.exec();
        }
        both.commit();
    });
}

Result<std::optional<RunLatency>> IndexFile::latency(const std::string& identity) const {
    return m_database->guarded("cannot read the list of runs", [&]() -> std::optional<RunLatency> {
        SQLite::Statement select(m_database->database,
                                 "SELECT median_ms, p5_ms, p95_ms, threads, isa, cpu, measured FROM latency"
                                 " WHERE identity = ?");
        select.bind(1, identity);
        if (!select.executeStep()) return std::nullopt;
        Columns row(select);
        return latencyOf(row);
    });
}

Result<> IndexFile::setLatency(const std::filesystem::path& folder, const RunLatency& latency) {
    constexpr const char* kWhat = "cannot keep the run's latency";
    const auto rows = m_database->guarded(kWhat, [&] {
        SQLite::Statement insert(m_database->database,
                                 "INSERT OR REPLACE INTO latency SELECT identity, ?, ?, ?, ?, ?, ?, ? FROM runs"
                                 " WHERE folder = ? AND identity <> ''");
        insert.bind(1, latency.medianMs);
        insert.bind(2, latency.p5Ms);
        insert.bind(3, latency.p95Ms);
        insert.bind(4, latency.threads);
        insert.bind(5, latency.isa);
        insert.bind(6, latency.cpu);
        insert.bind(7, latency.measured);
        bindPath(insert, 8, folder);
        return insert.exec();
    });
    if (!rows) return tl::unexpected(rows.error());
    if (*rows == 0) return fail(ErrorCode::kNotFound, kWhat, folder.string(), "the list has no such run");
    return {};
}

Result<std::int64_t> IndexFile::addComparison(const StoredComparison& line, const std::string& document) {
    return m_database->guarded("cannot keep the measurement", [&] {
        SQLite::Database& database = m_database->database;
        // It is nowhere else, so that no power cut may lose it.
        database.exec("PRAGMA synchronous = FULL");
        SQLite::Statement insert(database, kInsertComparison);
        int index = 0;
        for (const std::string* text : {&line.name, &line.measured, &line.cpu, &line.isa, &line.build}) {
            insert.bind(++index, *text);
        }
        for (const int number : {line.threads, line.batch, line.height, line.width}) insert.bind(++index, number);
        for (const double real : {line.denseMs, line.condensedMs, line.ratio, line.low, line.high, line.theoretical}) {
            insert.bind(++index, real);
        }
        insert.bindNoCopy(++index, document);
        insert.exec();
        return static_cast<std::int64_t>(database.getLastInsertRowid());
    });
}

Result<std::vector<StoredComparison>> IndexFile::comparisons() const {
    return m_database->guarded("cannot read the list of measurements", [&] {
        std::vector<StoredComparison> lines;
        SQLite::Statement select(m_database->database, kSelectComparisons);
        while (select.executeStep()) lines.push_back(comparisonOf(select));
        return lines;
    });
}

Result<std::optional<std::string>> IndexFile::comparison(std::int64_t id) const {
    return m_database->guarded("cannot read the measurement", [&]() -> std::optional<std::string> {
        SQLite::Statement select(m_database->database, "SELECT document FROM comparisons WHERE id = ?");
        select.bind(1, id);
        if (!select.executeStep()) return std::nullopt;
        return select.getColumn(0).getString();
    });
}

Result<> IndexFile::removeComparison(std::int64_t id) {
    return m_database->guarded("cannot remove the measurement", [&] {
        SQLite::Statement remove(m_database->database, "DELETE FROM comparisons WHERE id = ?");
        remove.bind(1, id);
        remove.exec();
    });
}

}  // namespace condenser
