#include "store/comparison_store.h"

#include <utility>

#include "base/check.h"
#include "compare/bench_document.h"
#include "store/index_file.h"

namespace condenser {
namespace {

StoredComparison lineOf(const Comparison& comparison) {
    const BenchReport& bench = comparison.bench;
    const std::vector<BenchPair> pairs = pairsOf(bench);
    CORE_CHECK(!pairs.empty());
    const BenchPair& pair = pairs.front();
    const BenchRow &dense = *pair.dense, &condensed = *pair.condensed;
    StoredComparison line;
    line.name = comparison.name;
    line.measured = bench.measured;
    line.cpu = bench.cpu;
    line.isa = bench.isa;
    line.build = bench.build;
    line.threads = dense.threads;
    line.batch = dense.batch;
    line.height = dense.height;
    line.width = dense.width;
    line.denseMs = dense.medianMs;
    line.condensedMs = condensed.medianMs;
    line.ratio = pair.speedup.realised;
    line.theoretical = pair.speedup.theoretical;
    if (pair.interval) {
        line.low = pair.interval->low;
        line.high = pair.interval->high;
    }
    return line;
}

}  // namespace

struct ComparisonStore::Database {
    IndexFile file;
};

ComparisonStore::ComparisonStore(std::unique_ptr<Database> database) : m_database(std::move(database)) {}
ComparisonStore::ComparisonStore(ComparisonStore&&) noexcept = default;
ComparisonStore& ComparisonStore::operator=(ComparisonStore&&) noexcept = default;
ComparisonStore::~ComparisonStore() = default;

Result<ComparisonStore> ComparisonStore::open(const std::filesystem::path& file) {
    auto opened = IndexFile::open(file);
    if (!opened) return tl::unexpected(opened.error());
    return ComparisonStore(std::make_unique<Database>(Database{std::move(*opened)}));
}

const std::string& ComparisonStore::notice() const {
    return m_database->file.notice();
}

Result<std::int64_t> ComparisonStore::add(const Comparison& comparison) {
    return m_database->file.addComparison(lineOf(comparison), comparisonJson(comparison, Samples::kEvery));
}

Result<std::vector<StoredComparison>> ComparisonStore::list() const {
    return m_database->file.comparisons();
}

Result<Comparison> ComparisonStore::read(std::int64_t id) const {
    const auto document = m_database->file.comparison(id);
    if (!document) return tl::unexpected(document.error());
    if (!*document) {
        return fail(ErrorCode::kNotFound, "there is no such measurement", {}, "it was removed",
                    "another window may have done that; undo it there, or measure again");
    }
    return readComparison(**document, "measurement " + std::to_string(id));
}

Result<> ComparisonStore::remove(std::int64_t id) {
    return m_database->file.removeComparison(id);
}

}  // namespace condenser
