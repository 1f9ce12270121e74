// Measuring and training in one program: never both at once.
#pragma once

#include <QObject>
#include <optional>

#include "compare/compare_session.h"
#include "session/training_session.h"

namespace condenser {

// "Pause it and measure": pauses the run, measures once it stands still, and lets it go on when measuring has ended,
// however, if it was this that paused it. What the user does with the run in between counts: where it goes on, ends or
// another begins, the measurement is given up, and the run is nobody else's business any more.
class PauseAndMeasure : public QObject {
    Q_OBJECT

  public:
    // Both must outlive it.
    PauseAndMeasure(TrainingSession& training, CompareSession& session, QObject* parent = nullptr);

    // A run is training, or about to: measure() is refused.
    bool mustPause() const;
    // Nothing happens while a measurement is under way or awaited, or where a run must be paused.
    void measure(const MeasureRequest& request);
    // The same, and pauses the run where it must be.
    void pauseAndMeasure(const MeasureRequest& request);
    // Ends what is under way or awaited.
    void cancel();

    // The run has been asked to stand still and does not yet.
    bool awaitsPause() const { return m_awaited.has_value(); }

  signals:
    void awaitsPauseChanged();

  private:
    void trainingChanged(TrainingSession::State state);
    void pauseIfRunning();
    void await(std::optional<MeasureRequest> request);
    void letGoOn();

    TrainingSession& m_training;
    CompareSession& m_session;
    TrainingSession::State m_state;  // of the training, as last heard
    std::optional<MeasureRequest> m_awaited;
    bool m_paused = false;  // by this
};

}  // namespace condenser
