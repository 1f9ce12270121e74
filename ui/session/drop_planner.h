// Looks into what was dropped, beside the window: a folder may be huge, or on a disk that is slow to answer.
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "dropping.h"

namespace condenser {

// Lives on the UI thread and owns one thread that looks. A new request replaces the old one, of which nothing is heard
// any more.
class DropPlanner : public QObject {
    Q_OBJECT

  public:
    explicit DropPlanner(QObject* parent = nullptr);
    ~DropPlanner() override;

    using Work = std::function<DropPlan(const LookingIn&)>;
    // Waits a few hundredths of a second for the answer, so that what is quick is done at once; if that was too short,
    // the answer comes with planned().
    std::optional<DropPlan> plan(Work work);
    void cancel();
    bool busy() const { return m_busy; }

  signals:
    void looking(qint64 entries);  // seen so far; a few times a second
    void planned(const DropPlan& plan);

  private:
    struct Task {
        Work work;
        quint64 generation = 0;
        std::stop_token stop;
    };
    void work(const std::stop_token& stop);
    void deliver(quint64 generation);

    quint64 m_generation = 0;  // these belong to the UI thread
    bool m_busy = false;
    QTimer m_report;

    std::atomic<std::int64_t> m_entries{0};  // of the task in hand
    std::mutex m_mutex;                      // guards all below
    std::condition_variable_any m_wake;
    std::condition_variable m_ready;
    std::optional<Task> m_task;
    std::stop_source m_stop;  // of the latest task
    std::optional<DropPlan> m_answer;
    quint64 m_answered = 0;  // the generation of m_answer

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
