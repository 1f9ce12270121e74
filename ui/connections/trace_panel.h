// What a layer, group or filter reads, or who reads a feature.
#pragma once

#include "connections/panel.h"

namespace condenser {

class TracePanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit TracePanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
