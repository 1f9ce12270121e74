// The map over all moments as an animation: asks where to, writes beside the window, tells how far it is.
#pragma once

#include <QElapsedTimer>
#include <filesystem>
#include <functional>
#include <stop_token>

#include "connections/animation_writer.h"
#include "connections/panel.h"
#include "session/job_thread.h"

class QFrame;
class QLabel;
class QProgressBar;
class QPushButton;

namespace condenser {

// A row that is seen only while there is something to tell. What is animated is decided when it is asked for: run,
// place and colours may change meanwhile.
class AnimationExport : public ConnectionsPanel {
    Q_OBJECT

  public:
    using Frame = std::function<Exhibit(const AnimationMoment& moment)>;

    explicit AnimationExport(ConnectionsState& state, QWidget* parent = nullptr);
    ~AnimationExport() override;

    void setTheme(const Theme& theme) override;

    // A dialog for a GIF or a folder of numbered pictures, then write(). Where nothing could move, says so instead.
    // `name`: of the file, without a suffix. `frame`: as in AnimationPlan; of a single group it needs the weights, so
    // that has only the moments that keep them.
    void ask(const QString& name, const Frame& frame);
    // `file`: as in AnimationPlan. One at a time: a second takes the place of the first, which is cancelled.
    void write(const std::filesystem::path& file, const Frame& frame);
    bool active() const { return m_active; }
    void cancel();

  private:
    // Of what is shown; empty moments: nothing could move, for a reason that is shown then.
    AnimationPlan planOf(const Frame& frame);
    void start(const AnimationPlan& plan);
    void progressed(int frames);
    void ended(const Result<std::filesystem::path>& written);
    void lay(const char* notice, const QString& title, const QString& detail);

    Theme m_theme;
    QFrame* m_row;
    QLabel* m_title;
    QLabel* m_detail;
    QProgressBar* m_bar;
    QPushButton* m_open;
    QPushButton* m_close;  // cancels while it is active
    bool m_active = false;
    int m_frames = 0;
    QString m_left;                  // what the animation does not have
    std::filesystem::path m_folder;  // to be opened
    QElapsedTimer m_clock;
    std::stop_source m_cancel;  // of the latest
    JobThread m_worker;         // last: joined before anything that it uses goes
};

}  // namespace condenser
