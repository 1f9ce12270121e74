#include "classify/answer_progress.h"

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

constexpr int kBarWidth = 72;  // pixels

}  // namespace

AnswerProgress::AnswerProgress(QWidget* parent)
    : QStackedWidget(parent),
      m_words(new ElidedLabel),
      m_bar(new QProgressBar),
      m_done(new ElidedLabel),
      m_cancel(new QPushButton(tr("Cancel"))) {
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
    m_cancel->setObjectName(QStringLiteral("cancelClassifyButton"));
    m_cancel->setAccessibleName(tr("Cancel what is done with the pictures"));
    auto* progress = new QWidget;
    auto* row = new QHBoxLayout(progress);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_bar);
    row->addWidget(m_done, 1);
    row->addWidget(m_cancel);
    addWidget(m_words);
    addWidget(progress);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(m_cancel, &QPushButton::clicked, this, &AnswerProgress::cancelled);
}

void AnswerProgress::showWords(const QString& words) {
    m_words->setText(words);
    m_words->setToolTip(words);
    setCurrentIndex(0);
}

void AnswerProgress::showProgress(const QString& what, qint64 done, qint64 total, double rate) {
    // In the thousands: a bar counts in int.
    m_bar->setRange(0, 1000);
    m_bar->setValue(total > 0 ? static_cast<int>(1000 * done / total) : 0);
    QStringList parts{tr("%1 %2 of %3").arg(what, formatCount(done), formatCount(total)).trimmed()};
    if (rate > 0) {
        parts << tr("%1 a second").arg(formatCount(std::max<qint64>(1, static_cast<qint64>(rate))));
        parts << formatTimeLeft(static_cast<double>(total - done) / rate);
    }
    m_done->setText(parts.join(QStringLiteral(" · ")));
    m_done->setToolTip(m_done->text());
    setCurrentIndex(1);
}

}  // namespace condenser
