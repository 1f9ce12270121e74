#include "session/drop_planner.h"

#include <chrono>
#include <utility>

namespace condenser {
namespace {

// Below the 50 ms after which a window feels stuck.
constexpr auto kPatience = std::chrono::milliseconds(25);
constexpr int kReportMs = 200;

}  // namespace

DropPlanner::DropPlanner(QObject* parent) : QObject(parent) {
    m_report.setInterval(kReportMs);
    connect(&m_report, &QTimer::timeout, this, [this] { emit looking(m_entries.load()); });
    m_worker = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

DropPlanner::~DropPlanner() {
    m_stop.request_stop();
}

std::optional<DropPlan> DropPlanner::plan(Work work) {
    cancel();
    const quint64 generation = m_generation;
    std::unique_lock lock(m_mutex);
    m_stop = std::stop_source();
    m_task = Task{std::move(work), generation, m_stop.get_token()};
    m_wake.notify_one();
    if (m_ready.wait_for(lock, kPatience, [&] { return m_answer && m_answered == generation; }))
        return std::exchange(m_answer, std::nullopt);
    m_busy = true;
    m_report.start();
    return std::nullopt;
}

void DropPlanner::cancel() {
    m_busy = false;
    m_report.stop();
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_stop.request_stop();
    m_task.reset();
    m_answer.reset();
}

void DropPlanner::work(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (m_wake.wait(lock, stop, [this] { return m_task.has_value(); })) {
        const Task task = *std::exchange(m_task, std::nullopt);
        lock.unlock();
        m_entries = 0;
        DropPlan plan = task.work({task.stop, &m_entries});
        lock.lock();
        if (task.stop.stop_requested()) continue;
        m_answer = std::move(plan);
        m_answered = task.generation;
        m_ready.notify_one();
        QMetaObject::invokeMethod(
            this, [this, generation = task.generation] { deliver(generation); }, Qt::QueuedConnection);
    }
}

void DropPlanner::deliver(quint64 generation) {
    std::optional<DropPlan> plan;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_busy || generation != m_generation || !m_answer) return;  // taken already, or not wanted any more
        plan = std::exchange(m_answer, std::nullopt);
    }
    m_busy = false;
    m_report.stop();
    emit planned(*plan);
}

}  // namespace condenser
