#include "run/training_run.h"

namespace condenser {

void RunControl::pause(bool on) {
    m_paused.store(on);
    m_paused.notify_all();
}

void RunControl::requestStop() {
    m_stop.request_stop();
    pause(false);
}

void RunControl::waitWhilePaused(const std::function<void()>& first) {
    if (!m_paused.load() || stopRequested()) return;
    m_waiting.store(true);
    if (first) first();
    while (m_paused.load() && !stopRequested()) m_paused.wait(true);
    m_waiting.store(false);
}

}  // namespace condenser
