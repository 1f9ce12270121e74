#include "connections/feature_map_panel.h"

namespace condenser {

FeatureMapPanel::FeatureMapPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void FeatureMapPanel::setTheme(const Theme&) {}

}  // namespace condenser
