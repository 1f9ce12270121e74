#include "session/job_thread.h"

#include <utility>

#include "base/thread_pool.h"

namespace condenser {

JobThread::JobThread() : m_thread([this](const std::stop_token& stop) { work(stop); }) {}

void JobThread::post(Job job) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void JobThread::work(const std::stop_token& stop) {
    lowerThreadPriority();
    while (true) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); })) return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job(stop);
    }
}

}  // namespace condenser
