#include "connections/filter_panel.h"

namespace condenser {

FilterPanel::FilterPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void FilterPanel::setTheme(const Theme&) {}

}  // namespace condenser
