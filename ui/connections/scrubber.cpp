#include "connections/scrubber.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "connections/kept_connections.h"
#include "connections/moment_line.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kFrameMs = 1000 / 12;
constexpr int kIconSize = 12;

QIcon playIcon(const QColor& color, bool pause, double ratio) {
    QPixmap pixmap(QSize(kIconSize, kIconSize) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    if (pause) {
        painter.drawRect(QRectF(2, 1, 3, 10));
        painter.drawRect(QRectF(7, 1, 3, 10));
    } else {
        painter.drawPolygon(QPolygonF({{2, 1}, {11, 6}, {2, 11}}));
    }
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Disabled);
    return icon;
}

}  // namespace

Scrubber::Scrubber(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_theme(darkTheme()),
      m_play(new QPushButton),
      m_line(new MomentLine),
      m_live(new QPushButton(tr("live"))),
      m_summary(new QWidget),
      m_share(new QLabel),
      m_counts(new ElidedLabel),
      m_unused(new ElidedLabel) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);

    m_play->setObjectName(QStringLiteral("playButton"));
    m_play->setIconSize({kIconSize, kIconSize});
    row->addWidget(m_play);

    m_line->setObjectName(QStringLiteral("momentLine"));
    row->addWidget(m_line, 1);

    m_live->setObjectName(QStringLiteral("liveChip"));
    m_live->setCheckable(true);
    m_live->setAccessibleName(tr("Follow the training"));
    m_live->setToolTip(tr("Shows each moment as the training records it"));
    setLook(m_live, "role", "chip");
    row->addWidget(m_live);

    auto* summary = new QVBoxLayout(m_summary);
    summary->setContentsMargins(0, 0, 0, 0);
    summary->setSpacing(2);
    auto* first = new QHBoxLayout;
    first->setSpacing(4);
    auto* kept = new QLabel(tr("kept"));
    setLook(m_share, "strong");
    m_share->setObjectName(QStringLiteral("keptShare"));
    m_counts->setObjectName(QStringLiteral("keptCounts"));
    m_unused->setObjectName(QStringLiteral("unusedFeatures"));
    setLook(m_unused, "tone", "muted");
    first->addWidget(kept);
    first->addWidget(m_share);
    first->addWidget(m_counts, 1);
    summary->addStretch(1);
    summary->addLayout(first);
    summary->addWidget(m_unused);
    summary->addStretch(1);
    row->addWidget(m_summary);

    m_timer.setInterval(kFrameMs);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Scrubber::playOn);
    connect(m_play, &QPushButton::clicked, this, &Scrubber::togglePlaying);
    connect(m_line, &MomentLine::playWanted, this, &Scrubber::togglePlaying);
    connect(m_line, &MomentLine::momentWanted, &state, &ConnectionsState::setMoment);
    connect(m_live, &QPushButton::clicked, &state, &ConnectionsState::setFollowing);
    connect(&state, &ConnectionsState::sourceChanged, this, &Scrubber::showSource);
    connect(&state, &ConnectionsState::momentChanged, this, &Scrubber::showMoment);
    connect(&state, &ConnectionsState::followingChanged, this,
            [this] { m_live->setChecked(this->state().following()); });
    connect(&state, &ConnectionsState::recordChanged, this, &Scrubber::showKept);
    setPlaying(false);
    showSource();
    showMoment();
}

void Scrubber::setTheme(const Theme& theme) {
    m_theme = theme;
    m_line->setTheme(theme);
    showIcon();
}

void Scrubber::showIcon() {
    m_play->setIcon(playIcon(canPlay() ? m_theme.text : m_theme.muted, playing(), devicePixelRatioF()));
}

bool Scrubber::canPlay() const {
    return m_source != nullptr && !m_source->folder.empty() && m_source->count() > 1;
}

void Scrubber::togglePlaying() {
    setPlaying(!playing());
}

void Scrubber::setPlaying(bool on) {
    on = on && canPlay();
    if (on && !playing()) {
        m_waits = false;
        m_timer.start();
        const bool again = state().moment() == m_source->count() - 1;
        m_played = again ? 0 : state().moment();
        if (again) state().setMoment(0);
    } else if (!on) {
        m_timer.stop();
    }
    m_play->setText(on ? tr("Pause") : tr("Play"));
    m_play->setAccessibleName(on ? tr("Pause") : tr("Play the moments of the run"));
    m_play->setToolTip(on ? tr("Stays at this moment") : tr("Shows one moment after the other (Space on the line)"));
    showIcon();
}

void Scrubber::playOn() {
    m_waits = state().recordMoment() != state().moment();
    if (m_waits) return;
    m_played = state().moment() + 1;
    if (m_played < m_source->count()) state().setMoment(m_played);
    if (m_played >= m_source->count() - 1) setPlaying(false);
}

void Scrubber::showSource() {
    const ConnectionsSourcePtr before = m_source;
    m_source = state().source();
    const bool sameRun = before != nullptr && m_source != nullptr && before->folder == m_source->folder;
    if (!sameRun || !canPlay()) setPlaying(false);
    m_play->setEnabled(canPlay());
    m_line->setSource(m_source);
    m_live->setVisible(m_source != nullptr && m_source->training);
    m_live->setChecked(state().following());
    showIcon();
    showKept();
}

void Scrubber::showMoment() {
    m_line->setMoment(state().moment());
    if (playing() && state().moment() != m_played) setPlaying(false);
}

void Scrubber::showKept() {
    const ConnectionsRecordPtr& record = state().record();
    m_summary->setVisible(m_source != nullptr && record != nullptr && record->layers.size() == m_source->layers.size());
    if (m_summary->isHidden()) return;
    const KeptConnections sum = keptConnections(m_source->layout, m_source->layers, *record);
    m_share->setText(formatWholeShare(sum.share()));
    setLook(m_share, "tone", sum.kept == sum.possible ? "dense" : "condensed");
    m_counts->setText(tr("of connections · %1 of %2").arg(formatCount(sum.kept), formatCount(sum.possible)));
    m_unused->setText(
        sum.unused == 0
            ? tr("every feature is read by a later layer")
            : tr("%1 that no later layer reads").arg(formatPlural(sum.unused, tr("feature"), tr("features"))));
    m_summary->setToolTip(tr("The whole network kept %1 %2, %3. A connection is an input that a group reads.")
                              .arg(m_share->text(), m_counts->text(), m_unused->text()));
    // Playing does not outrun the disk, nor waits longer than for it.
    if (playing() && m_waits && state().recordMoment() == state().moment()) {
        m_timer.start();
        playOn();
    }
}

}  // namespace condenser
