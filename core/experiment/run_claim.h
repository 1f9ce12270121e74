// Which of the processes that work on one experiment takes which run.
#pragma once

#include <filesystem>
#include <optional>

namespace condenser {

// Held from before a run's pictures are read, which takes its time, until it ends: the run's own lock (io/run_lock.h)
// is taken only behind that, and two processes would have read them for one run. An flock on the run's folder itself:
// the system lets go when the process ends, and no file is left. Where folders cannot be locked, everybody gets a
// claim, and the run's lock alone decides.
class RunClaim {
  public:
    // Nothing where another process, or another claim of this one, has it. The folder exists.
    static std::optional<RunClaim> take(const std::filesystem::path& folder);
    RunClaim(RunClaim&& other) noexcept;
    RunClaim& operator=(RunClaim&&) = delete;
    ~RunClaim();

  private:
    explicit RunClaim(int file) : m_file(file) {}
    int m_file = -1;
};

}  // namespace condenser
