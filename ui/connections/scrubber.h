// Moments of the run on a line, condensing steps marked: drag, play, live.
#pragma once

#include "connections/panel.h"

namespace condenser {

class Scrubber : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit Scrubber(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;
};

}  // namespace condenser
