// What is shown, and how much of it is left: a line above the map.
#pragma once

#include "connections/panel.h"

class QLabel;

namespace condenser {

class ElidedLabel;

class ConnectionsHeadline : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit ConnectionsHeadline(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

  private:
    void showSource();
    void showMoment();
    void showKept();

    ElidedLabel* m_name;
    QLabel* m_sample;
    QLabel* m_live;
    QLabel* m_moment;
    ElidedLabel* m_kept;
};

}  // namespace condenser
