// A panel of the details card: it looks at the state only while it is seen.
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include "connections/panel.h"

namespace condenser {

class DetailPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit DetailPanel(ConnectionsState& state, QWidget* parent = nullptr);

  protected:
    // Shows the state as it is now. Not called while the panel is hidden; showing it makes up for that.
    virtual void refresh() = 0;
    // By the user: at once.
    void refreshNow();
    // By a record: as often as numbers can be read, so that scrubbing is not held up.
    void refreshSoon();

    void showEvent(QShowEvent* event) override;

  private:
    QTimer m_later;
    QElapsedTimer m_since;  // the last refresh
};

}  // namespace condenser
