#include "classify/answer_progress.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <algorithm>

#include "classify/answer_export.h"
#include "classify/answer_model.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kBarWidth = 72;  // pixels
constexpr int kQuick = 300;    // ms: what takes no longer needs no bar

}  // namespace

AnswerProgress::AnswerProgress(const AnswerModel& answers, const InferenceSession& session, const AnswerExport& copies,
                               QWidget* parent)
    : QStackedWidget(parent),
      m_answers(answers),
      m_session(session),
      m_copies(copies),
      m_words(new ElidedLabel),
      m_bar(new QProgressBar),
      m_done(new ElidedLabel) {
    m_words->setObjectName(QStringLiteral("classifyHeadline"));
    m_done->setObjectName(QStringLiteral("classifyProgress"));
    for (ElidedLabel* label : {m_words, m_done}) {
        label->setTextFormat(Qt::PlainText);
        setLook(label, "tone", "muted");
        setLook(label, "scale", "small");
    }
    m_bar->setObjectName(QStringLiteral("classifyBar"));
    m_bar->setAccessibleName(tr("How far the pictures are"));
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(kBarWidth);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("cancelClassifyButton"));
    cancel->setAccessibleName(tr("Cancel what is done with the pictures"));
    auto* progress = new QWidget;
    auto* row = new QHBoxLayout(progress);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_bar);
    row->addWidget(m_done, 1);
    row->addWidget(cancel);
    addWidget(m_words);
    addWidget(progress);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(cancel, &QPushButton::clicked, this, &AnswerProgress::cancelled);
    connect(&session, &InferenceSession::waitsForEngineChanged, this, &AnswerProgress::refresh);
    connect(&copies, &AnswerExport::busyChanged, this, &AnswerProgress::refresh);
    connect(&copies, &AnswerExport::progress, this, [this](qint64 done, qint64 total) {
        if (done == 0) m_sinceCopied.start();
        m_copied = done;
        m_toCopy = total;
        refresh();
    });
}

void AnswerProgress::start() {
    m_asked = m_answers.counts().waiting;
    m_sinceAsked.start();
    QTimer::singleShot(kQuick, this, &AnswerProgress::refresh);
}

void AnswerProgress::refresh() {
    if (m_copies.busy()) return showProgress(tr("Copied"), m_copied, m_toCopy, m_sinceCopied);
    const int waiting = m_answers.counts().waiting, done = m_asked - waiting;
    if (m_session.busy() && waiting > 0 && done >= 0) {
        if (m_session.waitsForEngine())
            return showProgress({}, done, m_asked, m_sinceAsked, tr("waits for the measurement on Compare"));
        if (m_sinceAsked.elapsed() >= kQuick) return showProgress({}, done, m_asked, m_sinceAsked);
    }
    m_words->setText(headline());
    m_words->setToolTip(m_words->text());
    setCurrentIndex(0);
}

void AnswerProgress::showProgress(const QString& what, qint64 done, qint64 total, const QElapsedTimer& since,
                                  const QString& waits) {
    // In the thousands: a bar counts in int.
    m_bar->setRange(0, 1000);
    m_bar->setValue(total > 0 ? static_cast<int>(1000 * done / total) : 0);
    QStringList parts{tr("%1 %2 of %3").arg(what, formatCount(done), formatCount(total)).trimmed()};
    if (!waits.isEmpty()) {
        parts << waits;
    } else if (done > 0) {
        const double rate =
            1000.0 * static_cast<double>(done) / static_cast<double>(std::max<qint64>(1, since.elapsed()));
        parts << tr("%1 a second").arg(formatCount(std::max<qint64>(1, static_cast<qint64>(rate))));
        parts << formatTimeLeft(static_cast<double>(total - done) / rate);
    }
    m_done->setText(parts.join(QStringLiteral(" · ")));
    m_done->setToolTip(m_done->text());
    setCurrentIndex(1);
}

QString AnswerProgress::headline() const {
    const AnswerModel::Counts& counts = m_answers.counts();
    QStringList parts;
    if (m_answers.rowCount() > 0) parts << formatPlural(m_answers.rowCount(), tr("picture"), tr("pictures"));
    // Before the last condensing step the forms are two functions: that they differ then is no remarkable thing.
    if (counts.compared > 0 && counts.outstanding == 0)
        parts << tr("both forms agree on %1").arg(formatCount(counts.compared - counts.disagreeing));
    if (counts.judged > 0)
        parts << tr("%1 right").arg(formatShare(1 - static_cast<double>(counts.wrong) / counts.judged));
    if (counts.waiting > 0) parts << tr("%1 waiting").arg(formatCount(counts.waiting));
    if (counts.failed > 0) parts << tr("%1 not readable").arg(formatCount(counts.failed));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace condenser
