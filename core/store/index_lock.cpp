#include "store/index_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <utility>

namespace condenser {

IndexLock::IndexLock(const std::filesystem::path& file)
    : m_file(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666)) {
    // Whoever is alone is so for the milliseconds of an opening; a process that was stopped just then is not waited
    // for.
    for (int attempt = 0; m_file >= 0 && attempt < 200; ++attempt) {
        m_alone = ::flock(m_file, LOCK_EX | LOCK_NB) == 0;
        if (m_alone || ::flock(m_file, LOCK_SH | LOCK_NB) == 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

IndexLock::IndexLock(IndexLock&& other) noexcept
    : m_file(std::exchange(other.m_file, -1)), m_alone(std::exchange(other.m_alone, false)) {}

IndexLock& IndexLock::operator=(IndexLock&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_alone, other.m_alone);
    return *this;
}

IndexLock::~IndexLock() {
    if (m_file >= 0) ::close(m_file);
}

void IndexLock::share() {
    if (std::exchange(m_alone, false)) ::flock(m_file, LOCK_SH);
}

}  // namespace condenser
