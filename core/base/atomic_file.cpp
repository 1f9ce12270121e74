#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/input_file.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot write the file";
// Short and without the target's name, so that a target with the longest legal name can be written too.
constexpr std::string_view kTemporaryPrefix = ".condenser-";
constexpr std::string_view kTemporarySuffix = ".tmp";

Error writeError(const std::filesystem::path& path, int error) {
    std::string remedy;
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            remedy = "free some space there, or choose another disk";
            break;
        case EFBIG:
            remedy = "raise the limit on the size of files (ulimit -f), or choose another disk";
            break;
        case EROFS:
        case EACCES:
        case EPERM:
            remedy = "choose a folder that you may write to";
            break;
        case ENOENT:
        case ENOTDIR:
            remedy = "make the folder first, or choose another";
            break;
        default:
            break;
    }
    return {ErrorCode::kWrite, kWhat, path.string(), std::generic_category().message(error), std::move(remedy)};
}

// 0 or an errno.
int writeAll(int file, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        if (written == 0) return ENOSPC;  // POSIX allows it for no other reason here
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return 0;
}

int flush(int file) {
    while (::fsync(file) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

// An interrupted close() has closed the file on Linux.
int closeChecked(int file) {
    return ::close(file) != 0 && errno != EINTR ? errno : 0;
}

// 0 or an errno; EEXIST where the name is taken. File systems that cannot refuse that by themselves (NFS) are asked
// first.
int renameToNew(const char* from, const char* to) {
    if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    struct stat other {};
    if (::lstat(to, &other) == 0) return EEXIST;
    return ::rename(from, to) == 0 ? 0 : errno;
}

std::filesystem::path folderOf(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

// Makes a new name in the folder last through a power cut. Folders that may be written but not read, and file systems
// that cannot flush a folder, are no reason to fail.
int flushFolderOf(const std::filesystem::path& path) {
    const int folder = ::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno == EACCES ? 0 : errno;
    const int error = flush(folder);
    ::close(folder);
    return error == EINVAL || error == ENOTSUP ? 0 : error;
}

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : m_target(std::move(target)) {}

AtomicFile::~AtomicFile() {
    abandon();
}

void AtomicFile::abandon() {
    if (m_file >= 0) ::close(std::exchange(m_file, -1));
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
    m_temporary.clear();
}

Result<> AtomicFile::failed(int error) {
    m_error = writeError(m_target, error);
    abandon();
    return tl::unexpected(*m_error);
}

Result<> AtomicFile::open() {
    if (m_error) return tl::unexpected(*m_error);
    CORE_CHECK(m_file < 0);
    std::error_code ignored;
    if (std::filesystem::is_symlink(m_target, ignored)) {
        const std::filesystem::path pointedTo = std::filesystem::canonical(m_target, ignored);
        if (!ignored) m_target = pointedTo;
    }
    struct stat old {};
    const bool exists = ::stat(m_target.c_str(), &old) == 0;
    if (!m_target.has_filename() || (exists && S_ISDIR(old.st_mode))) return failed(EISDIR);
    if (exists && !S_ISREG(old.st_mode)) {
        m_error =
            Error{ErrorCode::kWrite, kWhat, m_target.string(), "this is not a regular file", "choose another name"};
        return tl::unexpected(*m_error);
    }
    static std::atomic<unsigned> counter{0};
    while (m_file < 0) {
        m_temporary =
            folderOf(m_target) / fmt::format("{}{}-{}{}", kTemporaryPrefix, ::getpid(), counter++, kTemporarySuffix);
        m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (m_file < 0 && errno != EEXIST) {
            const int error = errno;
            m_temporary.clear();
            return failed(error);
        }
    }
    // A file that only its owner may read must not become readable by all because it was saved anew.
    if (exists && ::fchmod(m_file, old.st_mode & 07777) != 0) return failed(errno);
    return {};
}

Result<> AtomicFile::write(std::span<const std::byte> bytes) {
    if (m_error) return tl::unexpected(*m_error);
    CORE_CHECK(m_file >= 0);
    if (const int error = writeAll(m_file, bytes); error != 0) return failed(error);
    return {};
}

Result<> AtomicFile::write(std::string_view text) {
    return write(bytesOf(text));
}

Result<> AtomicFile::commit() {
    if (auto closed = close(); !closed) return closed;
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) return failed(errno);
    return renamed();
}

Result<bool> AtomicFile::commitNew() {
    if (auto closed = close(); !closed) return tl::unexpected(closed.error());
    if (const int error = renameToNew(m_temporary.c_str(), m_target.c_str()); error == EEXIST) {
        abandon();
        return false;
    } else if (error != 0) {
        return tl::unexpected(failed(error).error());
    }
    if (auto done = renamed(); !done) return tl::unexpected(done.error());
    return true;
}

// All of it on the disk, still under its temporary name.
Result<> AtomicFile::close() {
    if (m_error) return tl::unexpected(*m_error);
    CORE_CHECK(m_file >= 0);
    // An fsync that failed once may succeed the next time with the data lost: it is final.
    if (const int error = flush(m_file); error != 0) return failed(error);
    if (const int error = closeChecked(std::exchange(m_file, -1)); error != 0) return failed(error);
    return {};
}

Result<> AtomicFile::renamed() {
    m_temporary.clear();
    if (const int error = flushFolderOf(m_target); error != 0) return failed(error);
    return {};
}

Result<> writeFileAtomically(const std::filesystem::path& target, std::string_view content) {
    AtomicFile file(target);
    if (auto ok = file.open(); !ok) return ok;
    if (auto ok = file.write(content); !ok) return ok;
    return file.commit();
}

Result<> renameDurably(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return tl::unexpected(writeError(to, errno));
    if (const int error = flushFolderOf(to); error != 0) return tl::unexpected(writeError(to, error));
    return {};
}

bool isTemporaryFile(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with(kTemporaryPrefix) && name.ends_with(kTemporarySuffix);
}

void removeTemporaryFiles(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (isTemporaryFile(entry->path())) ::unlink(entry->path().c_str());
    }
}

Result<std::string> readWholeFile(const std::filesystem::path& path, std::size_t limit) {
    auto file = InputFile::open(path);
    if (!file) return tl::unexpected(file.error());
    if (file->size() > limit) {
        return fail(ErrorCode::kTooLarge, "cannot read the file", path.string(),
                    fmt::format("it has {} bytes, and at most {} are expected", file->size(), limit));
    }
    try {
        std::string content(file->size(), '\0');
        if (auto ok = file->readAt(0, std::as_writable_bytes(std::span(content))); !ok) {
            return tl::unexpected(ok.error());
        }
        return content;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, "cannot read the file", path.string(),
                    fmt::format("there is no memory for its {} bytes", file->size()));
    }
}

Result<> appendToFile(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    // Without O_NONBLOCK, opening a pipe would wait for its reader.
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
    if (file < 0) return tl::unexpected(writeError(path, errno));
    struct stat before {};
    int error = ::fstat(file, &before) == 0 ? 0 : errno;
    if (error == 0 && !S_ISREG(before.st_mode)) error = EINVAL;
    if (error == 0) {
        error = writeAll(file, bytes);
        if (error == 0) error = flush(file);
        if (error != 0 && ::ftruncate(file, before.st_size) == 0) flush(file);
    }
    const int closing = closeChecked(file);
    if (error == 0) error = closing;
    if (error == 0 && before.st_size == 0) error = flushFolderOf(path);  // it may have been made just now
    if (error != 0) return tl::unexpected(writeError(path, error));
    return {};
}

Result<> appendToFile(const std::filesystem::path& path, std::string_view text) {
    return appendToFile(path, bytesOf(text));
}

Result<> cutFile(const std::filesystem::path& path, std::uint64_t size) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return tl::unexpected(writeError(path, errno));
    int error = ::ftruncate(file, static_cast<off_t>(size)) == 0 ? flush(file) : errno;
    const int closing = closeChecked(file);
    if (error == 0) error = closing;
    if (error != 0) return tl::unexpected(writeError(path, error));
    return {};
}

}  // namespace condenser
