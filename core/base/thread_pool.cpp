#include "base/thread_pool.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "base/check.h"

namespace condenser {
namespace {

// Cores that the cgroup's quota allows; 0 where there is none.
int quotaCores() {
    std::ifstream unified("/sys/fs/cgroup/cpu.max");
    std::string quota;
    double period = 0;
    if (unified >> quota >> period && quota != "max" && period > 0) {
        return std::max(1, static_cast<int>(std::ceil(std::strtod(quota.c_str(), nullptr) / period)));
    }
    return 0;
}

// Identifies the physical core of a logical CPU; its own number where the system does not say.
std::pair<int, int> physicalCore(int cpu) {
    const std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    int package = 0, core = 0;
    std::ifstream packageFile(topology + "physical_package_id"), coreFile(topology + "core_id");
    if (packageFile >> package && coreFile >> core) return {package, core};
    return {-1, cpu};
}

// Work that follows soon (the next picture, the next layer) is found by looking: waking a thread that sleeps takes
// longer than many a step. Yields rather than spins, for the sake of whoever else wants the core.
template <class Ready>
void lookFor(const Ready& ready) {
    constexpr int kLooks = 100;  // some tens of microseconds
    for (int look = 0; look < kLooks && !ready(); ++look) std::this_thread::yield();
}

std::string readCpuName() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.rfind("model name", 0) == 0 || line.rfind("Model", 0) == 0) {
            const std::size_t colon = line.find(": ");
            if (colon != std::string::npos) return line.substr(colon + 2);
        }
    }
    return "unknown CPU";
}

}  // namespace

int availableCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    std::set<std::pair<int, int>> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set)) cores.insert(physicalCore(cpu));
    }
    const int count = std::max(1, static_cast<int>(cores.size()));
    const int quota = quotaCores();
    return quota > 0 ? std::min(count, quota) : count;
}

const char* cpuName() {
    static const std::string name = readCpuName();
    return name.c_str();
}

void lowerThreadPriority() {
    // Linux: a thread's nice value, by its thread id. Failing leaves the priority as it is, which is no error.
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
}

ThreadPool::ThreadPool(int threads, ThreadPriority priority) : m_size(std::max(1, threads)) {
    m_threads.reserve(static_cast<std::size_t>(m_size - 1));
    try {
        for (int worker = 1; worker < m_size; ++worker) {
            m_threads.emplace_back([this, worker, priority] { work(worker, priority); });
        }
    } catch (const std::exception&) {
        // The system gives no more threads (memory, a limit of processes). Fewer compute the same, only later.
        m_size = static_cast<int>(m_threads.size()) + 1;
    }
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_wake.notify_all();
}

void ThreadPool::run(std::size_t count, const Call& body) {
    if (m_size == 1 || count <= 1) {
        for (std::size_t item = 0; item < count; ++item) body(item, 0);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        CORE_CHECK(m_body == nullptr);
        m_body = &body;
        m_count = count;
        m_next = 0;
        m_finished = 0;
        ++m_generation;
    }
    m_wake.notify_all();
    drain(0);
    lookFor([&] { return m_finished.load(std::memory_order_acquire) == count; });
    std::unique_lock lock(m_mutex);
    m_done.wait(lock, [this] { return m_finished == m_count; });
    m_body = nullptr;
    if (m_error) std::rethrow_exception(std::exchange(m_error, nullptr));
}

void ThreadPool::drain(int worker) {
    std::unique_lock lock(m_mutex);
    while (m_body != nullptr && m_next < m_count) {
        const std::size_t item = m_next++;
        const auto* body = m_body;
        lock.unlock();
        std::exception_ptr error;  // the memory gave out, if anything
        try {
            (*body)(item, worker);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        if (error && !m_error) m_error = error;
        if (++m_finished == m_count) m_done.notify_all();
    }
}

void ThreadPool::work(int worker, ThreadPriority priority) {
    if (priority == ThreadPriority::kLow) lowerThreadPriority();
    std::uint64_t seen = 0;
    for (;;) {
        lookFor([&] { return m_quit || m_generation.load(std::memory_order_acquire) != seen; });
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [&] { return m_quit || m_generation != seen; });
            if (m_quit) return;
            seen = m_generation;
        }
        drain(worker);
    }
}

}  // namespace condenser
