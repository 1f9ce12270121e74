#include "io/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot train in this folder";

// 0 or an errno, EWOULDBLOCK where somebody else holds a lock that excludes this one.
int tryLock(int file, int kind) {
    while (::flock(file, kind | LOCK_NB) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

// "process 1234", as the holder wrote it; "another process" where it did not.
std::string holderOf(int file) {
    char text[16];
    const ssize_t length = ::pread(file, text, sizeof text, 0);
    std::string digits;
    for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) digits += text[i];
    return digits.empty() ? "another process" : "process " + digits;
}

}  // namespace

Result<RunLock> RunLock::take(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kLockName;
    const auto refuse = [&](int error) {
        return fail(ErrorCode::kWrite, kWhat, path.string(), std::generic_category().message(error),
                    "choose a folder that you may write to");
    };
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (file < 0) return refuse(errno);
    RunLock lock(file);
    struct stat status {};
    if (::fstat(file, &status) != 0) return refuse(errno);
    if (!S_ISREG(status.st_mode)) return refuse(EINVAL);
    // isRunLocked() of another process holds the lock for a moment; so once is not enough.
    int error = tryLock(file, LOCK_EX);
    for (int attempt = 0; attempt < 10 && error == EWOULDBLOCK; ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        error = tryLock(file, LOCK_EX);
    }
    if (error == EWOULDBLOCK) {
        return fail(ErrorCode::kUnreadable, kWhat, folder.string(), holderOf(file) + " trains there already",
                    "wait until it has ended, or stop it");
    }
    if (error != 0) return refuse(error);
    // For that message only: not worth failing where the disk is full.
    const std::string number = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file, 0) == 0) (void)!::pwrite(file, number.data(), number.size(), 0);
    return lock;
}

RunLock::RunLock(RunLock&& other) noexcept : m_file(std::exchange(other.m_file, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
    std::swap(m_file, other.m_file);
    return *this;
}

RunLock::~RunLock() {
    if (m_file >= 0) ::close(m_file);
}

bool isRunLocked(const std::filesystem::path& folder) {
    const int file = ::open((folder / kLockName).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return false;
    const bool locked = tryLock(file, LOCK_SH) == EWOULDBLOCK;
    ::close(file);
    return locked;
}

}  // namespace condenser
