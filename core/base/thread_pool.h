// A pool of threads that is passed to whoever may use it; nothing is global.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace condenser {

// Physical cores that this process may use: affinity mask and cgroup quota respected, at least 1.
int availableCores();

// "AMD EPYC 7B13" or so; "unknown CPU" where the system does not say.
const char* cpuName();

enum class ThreadPriority { kNormal, kLow };

// Lowers the priority of the calling thread for good, as kLow does for a pool's workers: for whoever calls
// parallelFor beside a window.
void lowerThreadPriority();

// parallelFor hands out items 0..count-1 to the workers and the calling thread, and returns when all are done. Which
// worker gets an item is not defined; what it computes must not depend on it. One parallelFor at a time (from one
// thread); not re-entrant.
class ThreadPool {
  public:
    // `threads` in all, the calling one included; at least 1, and fewer where the system gives no more. kLow lowers the
    // priority of the workers (not of the caller), so that a window stays responsive beside them.
    explicit ThreadPool(int threads, ThreadPriority priority = ThreadPriority::kNormal);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int size() const { return m_size; }

    // body(item, worker): worker is 0..size()-1 and unique among those running at once, for scratch memory. What a body
    // throws (std::bad_alloc) is thrown here, once all have ended.
    template <class Body>
    void parallelFor(std::size_t count, Body&& body) {
        run(count, Call(std::ref(body)));  // a reference: whatever the body holds, nothing is allocated
    }

  private:
    using Call = std::function<void(std::size_t item, int worker)>;

    void run(std::size_t count, const Call& body);
    void work(int worker, ThreadPriority priority);
    void drain(int worker);

    int m_size;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_done;
    const Call* m_body = nullptr;  // guarded by m_mutex for the hand-over
    std::size_t m_count = 0;
    std::size_t m_next = 0;
    std::atomic<std::size_t> m_finished = 0;      // written under m_mutex
    std::exception_ptr m_error;                   // the first that a body threw
    std::atomic<std::uint64_t> m_generation = 0;  // written under m_mutex
    std::atomic<bool> m_quit = false;             // written under m_mutex
    std::vector<std::jthread> m_threads;
};

}  // namespace condenser
