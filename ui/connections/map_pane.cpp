#include "connections/map_pane.h"

namespace condenser {

MapPane::MapPane(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void MapPane::setTheme(const Theme&) {}

}  // namespace condenser
