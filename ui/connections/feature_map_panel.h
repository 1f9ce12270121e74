// What the channels along the traced path make of a picture.
#pragma once

#include "connections/panel.h"

namespace condenser {

class FeatureMapPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit FeatureMapPanel(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
