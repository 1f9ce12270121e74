#include "connections/feature_use_panel.h"

namespace condenser {

FeatureUsePanel::FeatureUsePanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {}

void FeatureUsePanel::setTheme(const Theme&) {}

}  // namespace condenser
