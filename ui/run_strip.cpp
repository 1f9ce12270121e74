#include "run_strip.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "io/run_folder.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

using State = TrainingSession::State;

constexpr int kBarWidth = 120;   // pixels
constexpr int kNarrowest = 640;  // pixels
constexpr int kBarParts = 1000;
constexpr int kCheckpointMs = 5000;

template <class Label = QLabel>
Label* stripLabel(const char* objectName, bool muted) {
    auto* label = new Label;
    label->setObjectName(QString::fromLatin1(objectName));
    label->setTextFormat(Qt::PlainText);
    if (muted) setLook(label, "tone", "muted");
    return label;
}

// What shortens itself elsewhere stays wide enough for a name.
constexpr int kShortestName = 96;  // pixels

}  // namespace

RunStrip::RunStrip(TrainingSession& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_run(stripLabel<ElidedLabel>("stripRun", false)),
      m_epoch(stripLabel("stripEpoch", false)),
      m_bar(new QProgressBar),
      m_stage(stripLabel("stripStage", true)),
      m_speed(stripLabel("stripSpeed", true)),
      m_left(stripLabel("stripLeft", true)),
      m_checkpoint(stripLabel("stripCheckpoint", true)),
      m_machine(stripLabel("stripMachine", true)),
      m_pause(new QPushButton),
      m_stop(new QPushButton(tr("Stop"))) {
    setObjectName(QStringLiteral("runStrip"));
    setAttribute(Qt::WA_StyledBackground);
    // It gives way to the window, not the window to it: makeRoom().
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setLook(m_run, "strong");
    m_bar->setObjectName(QStringLiteral("stripBar"));
    m_bar->setAccessibleName(tr("Progress of the run"));
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(kBarWidth);
    m_bar->setRange(0, kBarParts);
    m_checkpoint->setToolTip(tr("If the computer were switched off now, the run would go on from there"));
    m_pause->setObjectName(QStringLiteral("stripPause"));
    m_stop->setObjectName(QStringLiteral("stripStop"));
    m_stop->setAccessibleName(tr("Stop the run"));
    m_stop->setToolTip(tr("Stop training (Shift+F5)"));

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 6, 16, 6);
    layout->setSpacing(14);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_run), static_cast<QWidget*>(m_epoch), static_cast<QWidget*>(m_bar),
          static_cast<QWidget*>(m_stage), static_cast<QWidget*>(m_speed), static_cast<QWidget*>(m_left)}) {
        layout->addWidget(widget);
    }
    layout->addStretch(1);
    layout->addWidget(m_checkpoint);
    layout->addWidget(m_machine);
    layout->addWidget(m_pause);
    layout->addWidget(m_stop);
    m_clock.setInterval(kCheckpointMs);
    connectSession();
    showState();
}

void RunStrip::connectSession() {
    connect(m_pause, &QPushButton::clicked, &m_session, [this] {
        if (m_session.state() == State::kRunning) {
            m_session.pause();
        } else {
            m_session.unpause();
        }
    });
    connect(m_stop, &QPushButton::clicked, &m_session, &TrainingSession::stop);
    connect(&m_session, &TrainingSession::stateChanged, this, &RunStrip::showState);
    connect(&m_session, &TrainingSession::loading, this, &RunStrip::showLoading);
    connect(&m_session, &TrainingSession::started, this, &RunStrip::showState);
    connect(&m_session, &TrainingSession::stepsAdded, this, &RunStrip::showProgress);
    connect(&m_session, &TrainingSession::condensed, this, &RunStrip::showProgress);
    connect(&m_session, &TrainingSession::epochDone, this, &RunStrip::showProgress);
    connect(&m_clock, &QTimer::timeout, this, &RunStrip::showCheckpoint);
}

// ---- the run's state ------------------------------------------------------------------------------------------------

void RunStrip::showState() {
    const State state = m_session.state();
    const auto& run = m_session.run();
    const bool active = m_session.active();
    m_run->setText(run ? toQString(run->folder.filename()) : QString());
    m_run->setToolTip(run ? toQString(run->folder).toHtmlEscaped() : QString());
    m_run->setMinimumWidth(std::min(kShortestName, m_run->sizeHint().width()));
    m_run->setVisible(run.has_value());
    m_bar->setVisible(active);
    m_stop->setVisible(active);
    m_stop->setEnabled(state != State::kStopping);
    showPauseButton();
    m_machine->setText(run ? tr("%1 · %2").arg(formatPlural(run->threads, tr("thread"), tr("threads")),
                                               QString::fromStdString(run->isa))
                           : QString());
    if (state == State::kLoading) {
        m_epoch->setText(tr("Reading the pictures…"));
        m_bar->setValue(0);
    } else if (state == State::kIdle) {
        m_epoch->setText(tr("No run yet. Start one on the Train page (Alt+1, then F5)."));
    }
    setLook(m_epoch, "tone", state == State::kIdle ? "muted" : "");
    if (active && run) {
        m_clock.start();
    } else {
        m_clock.stop();
    }
    showCheckpoint();
    showProgress();
}

// It answers at once, though the engine first ends the step in hand.
void RunStrip::showPauseButton() {
    const State state = m_session.state();
    m_pause->setVisible(m_session.active());
    m_pause->setEnabled(m_session.run().has_value() && state != State::kStopping && state != State::kLoading);
    QString text = tr("Pause"), name = tr("Pause the run");
    if (state == State::kPausing) {
        text = tr("Pausing…");
        name = tr("Pausing; press to go on");
    } else if (state == State::kPaused) {
        text = tr("Continue");
        name = tr("Continue the run");
    }
    m_pause->setText(text);
    m_pause->setAccessibleName(name);
    m_pause->setToolTip(tr("%1 (F5 on the Train page)").arg(name));
}

void RunStrip::showLoading(qint64 done, qint64 total) {
    if (m_session.state() != State::kLoading) return;
    if (total == 0) return m_epoch->setText(tr("Looking for pictures… %1").arg(formatCount(done)));
    m_epoch->setText(tr("Reading picture %1 of %2").arg(formatCount(done), formatCount(total)));
    m_bar->setValue(static_cast<int>(done * kBarParts / total));
}

// Of the file, which is what a crash would leave; the engine writes it at its own times.
void RunStrip::showCheckpoint() {
    const auto& run = m_session.run();
    QString words;
    if (run && m_session.active()) {
        const QFileInfo file(toQString(run->folder / kCheckpointName));
        words = file.exists() ? tr("checkpoint %1 ago")
                                    .arg(formatDuration(static_cast<double>(
                                        std::max<qint64>(0, file.lastModified().secsTo(QDateTime::currentDateTime())))))
                              : tr("no checkpoint yet");
    }
    m_checkpoint->setText(words);
    makeRoom();
}

// ---- numbers --------------------------------------------------------------------------------------------------------

void RunStrip::showProgress() {
    const auto& run = m_session.run();
    const bool active = m_session.active();
    for (QLabel* label : {m_stage, m_speed}) label->setVisible(run.has_value() && active);
    m_left->setVisible(run.has_value());
    if (!run) return makeRoom();
    const auto perEpoch = std::max<std::int64_t>(1, run->stepsPerEpoch);
    const std::int64_t epochs = run->epochs(), done = m_session.stepsDone();
    const std::int64_t epoch = active ? std::min(done / perEpoch + 1, epochs) : done / perEpoch;
    m_epoch->setText(tr("Epoch %1 / %2").arg(formatCount(epoch), formatCount(epochs)));
    m_bar->setValue(static_cast<int>(done * kBarParts / std::max<std::int64_t>(1, run->totalSteps)));
    m_bar->setToolTip(tr("Step %1 of %2").arg(formatCount(done), formatCount(run->totalSteps)));

    const int stage = m_session.condensingStage();
    double kept = 1;
    for (const CondensingStep& step : run->condensing) {
        if (step.stage <= stage) kept = step.keptAfter;
    }
    const auto stages = run->condensing.empty() ? 0 : run->condensing.back().stage;
    m_stage->setText(stages == 0 ? tr("dense")
                                 : tr("step %1 / %2 · %3 kept").arg(stage).arg(stages).arg(formatShare(kept)));
    m_stage->setToolTip(tr("Condensing steps that are done, and the share of the connections that is left"));
    m_speed->setText(m_session.imagesPerSecond() > 0
                         ? tr("%1 images/s").arg(formatCount(static_cast<std::int64_t>(m_session.imagesPerSecond())))
                         : QString());
    m_left->setText(leftWords());
    makeRoom();
}

QString RunStrip::leftWords() const {
    switch (m_session.state()) {
        case State::kRunning: {
            const auto seconds = m_session.secondsLeft();
            return seconds ? formatTimeLeft(*seconds) : tr("measuring…");
        }
        case State::kPausing:
            return tr("pausing after this step…");
        case State::kPaused:
            return tr("paused");
        case State::kStopping:
            return tr("saving a checkpoint…");
        case State::kFinished:
            return tr("finished");
        case State::kStopped:
            return tr("stopped");
        case State::kFailed:
            return tr("failed");
        default:
            return {};
    }
}

void RunStrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    makeRoom();
}

QSize RunStrip::minimumSizeHint() const {
    return {kNarrowest, QWidget::minimumSizeHint().height()};
}

// In a narrow window what matters least goes, rather than all being cut off.
void RunStrip::makeRoom() {
    const bool active = m_session.active() && m_session.run().has_value();
    for (QLabel* label : {m_checkpoint, m_machine}) label->setVisible(active && !label->text().isEmpty());
    if (!active || width() == 0) return;
    for (QLabel* label : {m_machine, m_checkpoint}) {
        layout()->invalidate();
        const int wanted = layout()->sizeHint().width() - m_run->sizeHint().width() + m_run->minimumWidth();
        if (wanted <= width()) return;
        label->hide();
    }
}

}  // namespace condenser
