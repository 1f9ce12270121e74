// A thread that does what it is given, one job after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace condenser {

// For work that would make the window wait: files, databases, measurements. The destructor tells all jobs to stop and
// waits for them, those too that have not begun: what must be written is written, all else looks at `stop` first.
class JobThread {
  public:
    using Job = std::function<void(const std::stop_token& stop)>;

    JobThread();

    // From any thread. A job must not throw.
    void post(Job job);

  private:
    void work(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs;
    std::jthread m_thread;  // last: joined before anything that it uses goes
};

}  // namespace condenser
