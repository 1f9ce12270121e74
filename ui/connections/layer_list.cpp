#include "connections/layer_list.h"

namespace condenser {

LayerList::LayerList(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void LayerList::setTheme(const Theme&) {}

}  // namespace condenser
