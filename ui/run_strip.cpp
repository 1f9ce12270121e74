#include "run_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kBarWidth = 120;  // pixels
constexpr int kBarParts = 1000;

template <class Label = QLabel>
Label* stripLabel(const char* objectName, bool muted) {
    auto* label = new Label;
    label->setObjectName(QString::fromLatin1(objectName));
    label->setTextFormat(Qt::PlainText);
    if (muted) setLook(label, "tone", "muted");
    return label;
}

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
      m_machine(stripLabel("stripMachine", true)),
      m_pause(new QPushButton),
      m_stop(new QPushButton(tr("Stop"))) {
    setObjectName(QStringLiteral("runStrip"));
    setAttribute(Qt::WA_StyledBackground);
    setLook(m_run, "strong");
    m_bar->setObjectName(QStringLiteral("stripBar"));
    m_bar->setAccessibleName(tr("Progress of the run"));
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(kBarWidth);
    m_bar->setRange(0, kBarParts);
    m_pause->setObjectName(QStringLiteral("stripPause"));
    m_stop->setObjectName(QStringLiteral("stripStop"));
    m_stop->setAccessibleName(tr("Stop training"));
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
    layout->addWidget(m_machine);
    layout->addWidget(m_pause);
    layout->addWidget(m_stop);

    connect(m_pause, &QPushButton::clicked, &m_session, [this] {
        if (m_session.state() == TrainingSession::State::kRunning) {
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
    showState();
}

void RunStrip::showState() {
    using State = TrainingSession::State;
    const State state = m_session.state();
    const auto& run = m_session.run();
    const bool active = m_session.active();
    const QString name = run ? toQString(run->folder.filename()) : QString();
    m_run->setText(name);
    m_run->setToolTip(run ? toQString(run->folder).toHtmlEscaped() : QString());
    m_run->setVisible(run.has_value());
    m_bar->setVisible(active);
    m_pause->setVisible(active);
    m_stop->setVisible(active);
    m_pause->setEnabled(run.has_value() && state != State::kStopping && state != State::kLoading);
    m_stop->setEnabled(state != State::kStopping);
    const bool pausable = state == State::kRunning || state == State::kLoading || state == State::kStopping;
    m_pause->setText(pausable ? tr("Pause") : tr("Continue"));
    m_pause->setAccessibleName(pausable ? tr("Pause training") : tr("Continue training"));
    m_pause->setToolTip(tr("%1 (F5 on the Train page)").arg(m_pause->text()));
    m_machine->setText(run ? tr("%1 · %2").arg(formatPlural(run->threads, tr("thread"), tr("threads")),
                                               QString::fromStdString(run->isa))
                           : QString());
    m_machine->setVisible(active && run);
    if (state == State::kLoading) {
        m_epoch->setText(tr("Reading the pictures…"));
        m_bar->setValue(0);
    } else if (state == State::kIdle) {
        m_epoch->setText(tr("No run yet. Start one on the Train page (Alt+1, then F5)."));
    }
    setLook(m_epoch, "tone", state == State::kIdle ? "muted" : "");
    showProgress();
}

void RunStrip::showLoading(qint64 done, qint64 total) {
    if (m_session.state() != TrainingSession::State::kLoading) return;
    if (total == 0) return m_epoch->setText(tr("Looking for pictures… %1").arg(formatCount(done)));
    m_epoch->setText(tr("Reading picture %1 of %2").arg(formatCount(done), formatCount(total)));
    m_bar->setValue(total > 0 ? static_cast<int>(done * kBarParts / total) : 0);
}

void RunStrip::showProgress() {
    using State = TrainingSession::State;
    const auto& run = m_session.run();
    const bool active = m_session.active();
    for (QLabel* label : {m_stage, m_speed, m_left}) label->setVisible(run.has_value() && (active || label == m_left));
    if (!run) return;
    const auto perEpoch = std::max<std::int64_t>(1, run->stepsPerEpoch);
    const std::int64_t epochs = run->epochs();
    const std::int64_t now = std::min(m_session.stepsDone() / perEpoch + 1, epochs);
    m_epoch->setText(tr("Epoch %1 / %2").arg(active ? now : m_session.stepsDone() / perEpoch).arg(epochs));
    m_bar->setValue(static_cast<int>(m_session.stepsDone() * kBarParts / std::max<std::int64_t>(1, run->totalSteps)));
    m_bar->setToolTip(tr("Step %1 of %2").arg(formatCount(m_session.stepsDone()), formatCount(run->totalSteps)));

    const int stage = m_session.condensingStage();
    double kept = 1;
    for (const CondensingStep& step : run->condensing) {
        if (step.stage <= stage) kept = step.keptAfter;
    }
    const auto stages = run->condensing.empty() ? 0 : run->condensing.back().stage;
    m_stage->setText(stages == 0 ? tr("dense")
                                 : tr("condensing %1 / %2 · %3 kept").arg(stage).arg(stages).arg(formatShare(kept)));
    m_speed->setText(m_session.imagesPerSecond() > 0
                         ? tr("%1 images/s").arg(formatCount(static_cast<std::int64_t>(m_session.imagesPerSecond())))
                         : QString());
    QString left;
    switch (m_session.state()) {
        case State::kRunning: {
            const auto seconds = m_session.secondsLeft();
            left = seconds ? formatTimeLeft(*seconds) : tr("measuring…");
            break;
        }
        case State::kPausing:
            left = tr("pausing after this step…");
            break;
        case State::kPaused:
            left = tr("paused");
            break;
        case State::kStopping:
            left = tr("stopping, saving a checkpoint…");
            break;
        case State::kFinished:
            left = tr("finished");
            break;
        case State::kStopped:
            left = tr("stopped");
            break;
        case State::kFailed:
            left = tr("failed");
            break;
        default:
            break;
    }
    m_left->setText(left);
}

}  // namespace condenser
