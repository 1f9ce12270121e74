// What the next condensing step would take now, and how close the call is.
#pragma once

#include "connections/panel.h"

namespace condenser {

class NextToGoPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit NextToGoPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
