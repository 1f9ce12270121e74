// The index layer as a table, and to how many groups each channel is copied.
#pragma once

#include "connections/panel.h"

namespace condenser {

class IndexPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit IndexPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
