// All learned layers with a small picture each; choosing one shows it.
#pragma once

#include "connections/panel.h"

namespace condenser {

class LayerList : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit LayerList(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
