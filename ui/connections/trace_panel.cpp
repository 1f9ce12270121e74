#include "connections/trace_panel.h"

namespace condenser {

TracePanel::TracePanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void TracePanel::setTheme(const Theme&) {}

}  // namespace condenser
