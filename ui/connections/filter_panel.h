// The 3x3 filters of the layer in hand as pictures.
#pragma once

#include "connections/panel.h"

namespace condenser {

class FilterPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit FilterPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
