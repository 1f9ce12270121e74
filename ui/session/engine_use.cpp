#include "session/engine_use.h"

namespace condenser {

bool Engine::lock_shared(const std::stop_token& stop) {
    std::unique_lock guard(m_mutex);
    m_changed.wait(guard, stop, [this] { return !m_whole && m_wanting == 0; });
    if (stop.stop_requested()) return false;
    ++m_shares;
    return true;
}

bool Engine::lock(const std::stop_token& stop) {
    std::unique_lock guard(m_mutex);
    ++m_wanting;
    m_changed.wait(guard, stop, [this] { return !m_whole && m_shares == 0; });
    --m_wanting;
    if (stop.stop_requested()) {
        m_changed.notify_all();  // those who made way
        return false;
    }
    m_whole = true;
    return true;
}

bool Engine::try_lock_shared() {
    const std::lock_guard guard(m_mutex);
    if (m_whole || m_wanting > 0) return false;
    ++m_shares;
    return true;
}

void Engine::unlock_shared() {
    const std::lock_guard guard(m_mutex);
    if (--m_shares == 0) m_changed.notify_all();
}

void Engine::unlock() {
    const std::lock_guard guard(m_mutex);
    m_whole = false;
    m_changed.notify_all();
}

bool Engine::wanted() const {
    const std::lock_guard guard(m_mutex);
    return m_whole || m_wanting > 0;
}

Engine& engine() {
    static Engine theEngine;
    return theEngine;
}

std::shared_lock<Engine> shareOfEngine(const std::stop_token& stop) {
    if (!engine().lock_shared(stop)) return {};
    return std::shared_lock(engine(), std::adopt_lock);
}

}  // namespace condenser
