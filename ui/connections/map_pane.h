// The map of the place in hand: breadcrumb, order, map, legend, formula.
#pragma once

#include "connections/panel.h"

namespace condenser {

class MapPane : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit MapPane(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
