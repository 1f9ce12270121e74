// Who trains in a run's folder: one process at a time.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace condenser {

inline constexpr const char* kLockName = "lock";

// Holds flock on the folder's file `lock`, which stays there for good (removing it would let two processes lock two
// files of the same name). The system lets go when the process ends, however it ends.
class RunLock {
  public:
    // Does not wait. Held by another: kUnreadable, with that process's number where the file tells it.
    static Result<RunLock> take(const std::filesystem::path& folder);
    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&& other) noexcept;
    ~RunLock();

  private:
    explicit RunLock(int file) : m_file(file) {}
    int m_file = -1;
};

// Whether somebody trains there now (this process included). False where there is no lock file or it cannot be opened.
bool isRunLocked(const std::filesystem::path& folder);

}  // namespace condenser
