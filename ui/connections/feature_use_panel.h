// Dead and popular features, ranked, and what removing the dead ones would save.
#pragma once

#include "connections/panel.h"

namespace condenser {

class FeatureUsePanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit FeatureUsePanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
