// A part of the Connections page that reads and changes its state.
#pragma once

#include <QWidget>

#include "connections/connections_state.h"
#include "look/theme.h"

namespace condenser {

class ConnectionsPanel : public QWidget {
    Q_OBJECT

  public:
    // `state` must outlive it.
    explicit ConnectionsPanel(ConnectionsState& state, QWidget* parent = nullptr) : QWidget(parent), m_state(state) {}
    virtual void setTheme(const Theme& theme) = 0;

  protected:
    ConnectionsState& state() const { return m_state; }

  private:
    ConnectionsState& m_state;
};

}  // namespace condenser
