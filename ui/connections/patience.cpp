#include "connections/patience.h"

namespace condenser {

Patience::Patience(QObject* parent) : QObject(parent) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(kMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_over = true;
        emit over();
    });
}

void Patience::setWaiting(bool on) {
    if (!on) {
        m_over = false;
        m_timer.stop();
    } else if (!m_over && !m_timer.isActive()) {
        m_timer.start();
    }
}

}  // namespace condenser
