// The line at the bottom that is always there: which run, how far, how fast, how long still.
#pragma once

#include <QDateTime>
#include <QTimer>
#include <QWidget>

#include "session/training_session.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace condenser {

class RunStrip : public QWidget {
    Q_OBJECT

  public:
    // `session` must outlive it.
    explicit RunStrip(TrainingSession& session, QWidget* parent = nullptr);

    // Its words never widen the window: what does not fit gives way.
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void connectSession();
    void showState();
    void showProgress();
    void showLoading(qint64 done, qint64 total);
    void showPauseButton();
    void showCheckpoint();
    QString leftWords() const;
    void makeRoom();

    TrainingSession& m_session;
    QLabel* m_run;
    QLabel* m_epoch;
    QProgressBar* m_bar;
    QLabel* m_stage;
    QLabel* m_speed;
    QLabel* m_left;
    QLabel* m_checkpoint;
    QLabel* m_machine;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QTimer m_clock;  // of the checkpoint's age
};

}  // namespace condenser
