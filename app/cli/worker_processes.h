// Further processes of this program that work on the same folder.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser::cli {

// Whether this process is one of them: it tells errors only, and leaves what follows the work to the first process.
bool isWorkerProcess();

// Each is this very program with the arguments of this one and --quiet, nothing on stdout, and a process group of its
// own: Ctrl+C comes from here, once, and stops it cleanly. It is stopped as well where this process dies.
class WorkerProcesses {
  public:
    WorkerProcesses() = default;
    ~WorkerProcesses();  // interrupts and waits
    WorkerProcesses(const WorkerProcesses&) = delete;
    WorkerProcesses& operator=(const WorkerProcesses&) = delete;

    // To be called by the main thread, whose end they would take for the program's.
    Result<> start(int count);
    // Stops all that still work; on any thread, and only once however often it is called.
    void interrupt();
    // Those that failed and have not been told of yet, a sentence each.
    std::vector<std::string> failures();
    // Until all have ended; their failures.
    std::vector<std::string> wait();

  private:
    std::vector<std::string> reap(int flags);

    std::mutex m_mutex;
    std::vector<pid_t> m_processes;  // guarded by m_mutex, as the next
    bool m_interrupted = false;
};

}  // namespace condenser::cli
