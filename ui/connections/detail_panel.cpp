#include "connections/detail_panel.h"

#include <algorithm>

namespace condenser {
namespace {

constexpr int kBetweenMs = 100;

}  // namespace

DetailPanel::DetailPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &DetailPanel::refreshNow);
    connect(&state, &ConnectionsState::sourceChanged, this, &DetailPanel::refreshSoon);
    connect(&state, &ConnectionsState::recordChanged, this, &DetailPanel::refreshSoon);
    connect(&state, &ConnectionsState::placeChanged, this, &DetailPanel::refreshNow);
}

void DetailPanel::refreshNow() {
    m_later.stop();
    if (!isVisible()) return;
    refresh();
    m_since.start();
}

void DetailPanel::refreshSoon() {
    if (!isVisible() || m_later.isActive()) return;
    const auto passed = m_since.isValid() ? m_since.elapsed() : kBetweenMs;
    if (passed >= kBetweenMs) return refreshNow();
    m_later.start(static_cast<int>(kBetweenMs - passed));
}

void DetailPanel::showEvent(QShowEvent* event) {
    ConnectionsPanel::showEvent(event);
    refreshNow();
}

}  // namespace condenser
