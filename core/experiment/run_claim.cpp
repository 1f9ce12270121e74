#include "experiment/run_claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace condenser {

std::optional<RunClaim> RunClaim::take(const std::filesystem::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    RunClaim claim(file);
    if (file < 0) return claim;
    while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return std::nullopt;
        if (errno != EINTR) break;
    }
    return claim;
}

RunClaim::RunClaim(RunClaim&& other) noexcept : m_file(std::exchange(other.m_file, -1)) {}

RunClaim::~RunClaim() {
    if (m_file >= 0) ::close(m_file);
}

}  // namespace condenser
