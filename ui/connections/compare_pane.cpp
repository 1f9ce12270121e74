#include "connections/compare_pane.h"

namespace condenser {

ComparePane::ComparePane(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void ComparePane::setTheme(const Theme&) {}

}  // namespace condenser
