// Moments of the run on a line, condensing steps marked: drag, play, live.
#pragma once

#include <QTimer>

#include "connections/panel.h"

class QLabel;
class QPushButton;

namespace condenser {

class ElidedLabel;
class MomentLine;

class Scrubber : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit Scrubber(ConnectionsState& state, QWidget* parent = nullptr);
    void setTheme(const Theme& theme) override;

    // A moment after the other, as fast as their records come and at most 12 a second, up to the last one; from the
    // first one on, if that is where it stands. Ends when somebody chooses a moment.
    void togglePlaying();
    bool playing() const { return m_timer.isActive(); }

  private:
    void setPlaying(bool on);
    void playOn();
    void showIcon();
    void showSource();
    void showMoment();
    void showKept();
    bool canPlay() const;

    Theme m_theme;
    QPushButton* m_play;
    MomentLine* m_line;
    QPushButton* m_live;
    QWidget* m_summary;
    QLabel* m_share;
    ElidedLabel *m_counts, *m_unused;
    QTimer m_timer;
    ConnectionsSourcePtr m_source;
    int m_played = -1;     // the moment that playing came to
    bool m_waits = false;  // its record is late
};

}  // namespace condenser
