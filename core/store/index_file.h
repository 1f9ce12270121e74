// The index's file: rows in, rows out. The only door to SQLite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/comparison_store.h"
#include "store/run_index.h"

namespace condenser {

struct IndexedRun {
    RunSummary summary;       // its record empty, its latency set
    std::string text;         // run.json as it was; empty where it could not be read
    std::string identity;     // runIdentity() of it
    std::string fingerprint;  // of the files when they were read (run_scan.h)
};

class IndexFile {
  public:
    static constexpr int kVersion = 3;

    // As RunIndex::open.
    static Result<IndexFile> open(const std::filesystem::path& file);
    IndexFile(IndexFile&&) noexcept;
    IndexFile& operator=(IndexFile&&) noexcept;
    ~IndexFile();

    const std::string& notice() const;

    Result<std::vector<IndexedRun>> runs() const;
    // Writes `changed` over what was there and removes `gone`, all or nothing.
    Result<> update(std::span<const IndexedRun> changed, std::span<const std::filesystem::path> gone);

    Result<std::vector<std::filesystem::path>> opened() const;  // by hand, the first one first
    Result<> addOpened(const std::filesystem::path& folder);
    Result<> removeOpened(const std::filesystem::path& folder);  // its row, too

    Result<std::optional<RunLatency>> latency(const std::string& identity) const;
    // kNotFound where there is no row of that folder with an identity.
    Result<> setLatency(const std::filesystem::path& folder, const RunLatency& latency);

    // The line's id is not looked at; `document` is the comparison as a whole. Gives its id.
    Result<std::int64_t> addComparison(const StoredComparison& line, const std::string& document);
    Result<std::vector<StoredComparison>> comparisons() const;  // newest first
    Result<std::optional<std::string>> comparison(std::int64_t id) const;
    Result<> removeComparison(std::int64_t id);

  private:
    struct Database;
    explicit IndexFile(std::unique_ptr<Database> database);
    std::unique_ptr<Database> m_database;
};

}  // namespace condenser
