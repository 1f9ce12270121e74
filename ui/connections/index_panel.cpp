#include "connections/index_panel.h"

namespace condenser {

IndexPanel::IndexPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void IndexPanel::setTheme(const Theme&) {}

}  // namespace condenser
