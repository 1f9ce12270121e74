#include "compare/pause_and_measure.h"

#include <utility>

namespace condenser {

using State = TrainingSession::State;

PauseAndMeasure::PauseAndMeasure(TrainingSession& training, CompareSession& session, QObject* parent)
    : QObject(parent), m_training(training), m_session(session), m_state(training.state()) {
    connect(&training, &TrainingSession::stateChanged, this, &PauseAndMeasure::trainingChanged);
    connect(&session, &CompareSession::ended, this, &PauseAndMeasure::letGoOn);
}

bool PauseAndMeasure::mustPause() const {
    return m_training.active() && m_training.state() != State::kPaused;
}

void PauseAndMeasure::measure(const MeasureRequest& request) {
    if (m_awaited || mustPause()) return;
    m_session.measure(request);
}

void PauseAndMeasure::pauseAndMeasure(const MeasureRequest& request) {
    if (m_awaited || m_session.busy()) return;
    if (!mustPause()) return m_session.measure(request);
    await(request);
    pauseIfRunning();
}

void PauseAndMeasure::cancel() {
    if (m_awaited) {
        await(std::nullopt);
        letGoOn();
    } else {
        m_session.cancel();
    }
}

// Only a run that trains can be paused: one that still reads its pictures is waited for.
void PauseAndMeasure::pauseIfRunning() {
    if (m_training.state() != State::kRunning) return;
    m_paused = true;
    m_training.pause();
}

void PauseAndMeasure::trainingChanged(State state) {
    const State before = std::exchange(m_state, state);
    if (!m_awaited) {
        if (state == State::kPaused) return;
        // Its kernels wait until the engine is free, which is within one call of the network.
        m_paused = false;
        m_session.cancel();
    } else if (!mustPause()) {
        m_paused = m_paused && state == State::kPaused;
        const MeasureRequest request = *m_awaited;
        await(std::nullopt);
        m_session.measure(request);
        if (!m_session.busy()) letGoOn();  // there was nothing to measure
    } else if (state == State::kRunning && before == State::kLoading) {
        pauseIfRunning();
    } else if (state == State::kRunning) {  // the user has it go on
        m_paused = false;
        await(std::nullopt);
    }
}

void PauseAndMeasure::await(std::optional<MeasureRequest> request) {
    m_awaited = std::move(request);
    emit awaitsPauseChanged();
}

void PauseAndMeasure::letGoOn() {
    if (!std::exchange(m_paused, false)) return;
    if (m_training.state() == State::kPausing || m_training.state() == State::kPaused) m_training.unpause();
}

}  // namespace condenser
