#include "net/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "net/http_get.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot write the file";
constexpr std::size_t kGather = std::size_t{4} << 20;  // every write is flushed to the disk, which takes its time
constexpr std::size_t kLargestVersionFile = 1024;

std::filesystem::path longer(std::filesystem::path path, const char* ending) {
    path += ending;
    return path;
}

}  // namespace

PartialFile::PartialFile(std::filesystem::path target, std::filesystem::path part, int lock)
    : m_target(std::move(target)), m_path(std::move(part)), m_versionPath(longer(m_path, ".version")), m_lock(lock) {}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : m_target(std::move(other.m_target)),
      m_path(std::move(other.m_path)),
      m_versionPath(std::move(other.m_versionPath)),
      m_lock(std::exchange(other.m_lock, -1)),
      m_stored(other.m_stored),
      m_waiting(std::move(other.m_waiting)),
      m_version(std::move(other.m_version)) {}

PartialFile::~PartialFile() {
    if (m_lock >= 0) ::close(m_lock);
}

Result<PartialFile> PartialFile::open(const std::filesystem::path& target) {
    std::filesystem::path path = longer(target, ".part");
    if (auto made = appendToFile(path, std::string_view{}); !made) return tl::unexpected(made.error());
    const int lock = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) return fail(ErrorCode::kWrite, kWhat, path.string(), std::generic_category().message(errno));
    PartialFile part(target, std::move(path), lock);
    struct stat locked {};
    struct stat named {};
    // Whoever had the lock until now may just have made the target of it: then it is not the part any more.
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0 || ::fstat(lock, &locked) != 0 ||
        ::stat(part.m_path.c_str(), &named) != 0 || locked.st_ino != named.st_ino) {
        return fail(ErrorCode::kWrite, kWhat, part.m_path.string(), "it is being downloaded already",
                    "wait until the other download has ended");
    }
    part.m_stored = static_cast<std::uint64_t>(locked.st_size);
    if (auto version = readWholeFile(part.m_versionPath, kLargestVersionFile); version && isVersionText(*version))
        part.m_version = std::move(*version);
    return part;
}

Result<> PartialFile::restart(const std::string& version) {
    m_waiting.clear();
    // In this order no crash leaves bytes of one version beside the name of another.
    if (auto cut = cutFile(m_path, 0); !cut) return cut;
    m_stored = 0;
    m_version = version;
    if (!version.empty()) return writeFileAtomically(m_versionPath, version);
    ::unlink(m_versionPath.c_str());
    return {};
}

Result<> PartialFile::append(std::span<const std::byte> bytes) {
    m_waiting.insert(m_waiting.end(), bytes.begin(), bytes.end());
    return m_waiting.size() < kGather ? Result<>{} : flush();
}

Result<> PartialFile::flush() {
    if (m_waiting.empty()) return {};
    const std::vector<std::byte> bytes = std::exchange(m_waiting, {});
    if (auto written = appendToFile(m_path, bytes); !written) return written;
    m_stored += bytes.size();
    return {};
}

Result<> PartialFile::publish() {
    if (auto renamed = renameDurably(m_path, m_target); !renamed) return renamed;
    ::unlink(m_versionPath.c_str());
    return {};
}

void PartialFile::remove() {
    m_waiting.clear();
    m_stored = 0;
    m_version.clear();
    ::unlink(m_path.c_str());
    ::unlink(m_versionPath.c_str());
}

}  // namespace condenser
