#include "base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace condenser {

Result<InputFile> InputFile::open(const std::filesystem::path& path, std::string what) {
    const auto refuse = [&](int error) {
        const bool absent = error == ENOENT || error == ENOTDIR;
        return fail(absent ? ErrorCode::kNotFound : ErrorCode::kUnreadable, what, path.string(),
                    absent ? "there is no such file" : std::generic_category().message(error));
    };
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return refuse(errno);
    InputFile input(file, 0, what, path.string());
    struct stat status {};
    if (::fstat(file, &status) != 0) return refuse(errno);
    if (S_ISDIR(status.st_mode)) {
        return fail(ErrorCode::kUnreadable, std::move(what), path.string(), "this is a folder, not a file");
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorCode::kUnreadable, std::move(what), path.string(), "this is not a regular file");
    }
    input.m_size = static_cast<std::uint64_t>(status.st_size);
    return input;
}

InputFile::InputFile(InputFile&& other) noexcept
    : m_file(std::exchange(other.m_file, -1)),
      m_size(other.m_size),
      m_what(std::move(other.m_what)),
      m_where(std::move(other.m_where)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_size, other.m_size);
    std::swap(m_what, other.m_what);
    std::swap(m_where, other.m_where);
    return *this;
}

InputFile::~InputFile() {
    if (m_file >= 0) ::close(m_file);
}

Result<> InputFile::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got = ::pread(m_file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorCode::kUnreadable, m_what, m_where, std::generic_category().message(errno));
        if (got == 0) return fail(ErrorCode::kUnreadable, m_what, m_where, "the file ended while it was being read");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

}  // namespace condenser
