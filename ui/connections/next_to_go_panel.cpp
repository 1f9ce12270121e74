#include "connections/next_to_go_panel.h"

namespace condenser {

NextToGoPanel::NextToGoPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void NextToGoPanel::setTheme(const Theme&) {}

}  // namespace condenser
