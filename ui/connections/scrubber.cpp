#include "connections/scrubber.h"

namespace condenser {

Scrubber::Scrubber(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void Scrubber::setTheme(const Theme&) {}

}  // namespace condenser
