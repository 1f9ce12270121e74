// Comparisons that were measured, kept in the file of the index of runs: what a machine did last month beside today.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "compare/comparison.h"

namespace condenser {

// A line of the list, without samples.
struct StoredComparison {
    std::int64_t id = 0;
    std::string name;                       // of the model
    std::string measured, cpu, isa, build;  // ISO 8601 in UTC
    int threads = 1, batch = 1;
    int height = 0, width = 0;
    double denseMs = 0, condensedMs = 0;  // medians of a call
    double ratio = 0, low = 0, high = 0;  // of the realised speed-up; low and high 0: no interval
    double theoretical = 0;
};

// For one thread at a time; several processes may have the same file open. As the index, it lives in memory where the
// file cannot be used.
class ComparisonStore {
  public:
    static Result<ComparisonStore> open(const std::filesystem::path& file);
    ComparisonStore(ComparisonStore&&) noexcept;
    ComparisonStore& operator=(ComparisonStore&&) noexcept;
    ~ComparisonStore();

    // As RunIndex's.
    const std::string& notice() const;

    // With every sample. Gives its id, which no other comparison ever gets.
    Result<std::int64_t> add(const Comparison& comparison);
    Result<std::vector<StoredComparison>> list() const;  // newest first
    Result<Comparison> read(std::int64_t id) const;      // kNotFound
    Result<> remove(std::int64_t id);

  private:
    struct Database;
    explicit ComparisonStore(std::unique_ptr<Database> database);
    std::unique_ptr<Database> m_database;
};

}  // namespace condenser
