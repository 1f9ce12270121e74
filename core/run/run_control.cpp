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

bool RunControl::waitWhilePaused() {
    bool waited = false;
    while (m_paused.load() && !m_stop.stop_requested()) {
        waited = true;
        m_waiting.store(true);
        m_paused.wait(true);
    }
    m_waiting.store(false);
    return waited;
}

}  // namespace condenser
