#include "store/comparison_store.h"

namespace condenser {

struct ComparisonStore::Database {};

ComparisonStore::ComparisonStore(std::unique_ptr<Database> database) : m_database(std::move(database)) {}
ComparisonStore::ComparisonStore(ComparisonStore&&) noexcept = default;
ComparisonStore& ComparisonStore::operator=(ComparisonStore&&) noexcept = default;
ComparisonStore::~ComparisonStore() = default;

Result<ComparisonStore> ComparisonStore::open(const std::filesystem::path& /*file*/) {
    return ComparisonStore(std::make_unique<Database>());
}

Result<std::int64_t> ComparisonStore::add(const Comparison& /*comparison*/) {
    return 0;
}

Result<std::vector<StoredComparison>> ComparisonStore::list() const {
    return std::vector<StoredComparison>{};
}

Result<Comparison> ComparisonStore::read(std::int64_t /*id*/) const {
    return fail(ErrorCode::kNotFound, "there is no such measurement", "", "it was removed");
}

Result<> ComparisonStore::remove(std::int64_t /*id*/) {
    return {};
}

}  // namespace condenser
