// What is shown, and how much of it is left: a line above the map.
#pragma once

#include "connections/kept_connections.h"
#include "connections/panel.h"

class QLabel;

namespace condenser {

class ElidedLabel;

// What the place keeps: "Layer 2.5 keeps 50 % of its connections, 3 072 of 6 144; 31 inputs unused by every group". Of
// the whole network what it is made of, since the scrubber tells what it keeps.
QString keptWords(const ConnectionsSource& source, const ConnectionsRecord& record, const MapPlace& place);

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
