#include "base/unfinished_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <system_error>

#include "base/atomic_file.h"

namespace condenser {

namespace fs = std::filesystem;

UnfinishedFolder::UnfinishedFolder(const fs::path& place) : m_place(place) {
    static std::atomic<int> number{0};
    m_path = place.parent_path() / fmt::format(".condenser-unfinished-{}-{}", ::getpid(), number++);
}

UnfinishedFolder::~UnfinishedFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

Result<> UnfinishedFolder::make(const char* what) const {
    std::error_code error;
    fs::create_directories(m_path, error);
    if (!error) return {};
    return fail(ErrorCode::kWrite, what, m_place.string(), error.message(), "choose another folder");
}

Result<> UnfinishedFolder::moveIntoPlace() const {
    return renameDurably(m_path, m_place);
}

Error UnfinishedFolder::translated(Error error) const {
    if (error.where.starts_with(m_path.string())) error.where.replace(0, m_path.string().size(), m_place.string());
    return error;
}

}  // namespace condenser
