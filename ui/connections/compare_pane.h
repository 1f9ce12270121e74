// A second map beside the first: another moment or another run, and what the two have in common.
#pragma once

#include "connections/panel.h"

namespace condenser {

class ComparePane : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit ComparePane(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
