#include "classify/answer_card.h"

#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QVBoxLayout>
#include <algorithm>

#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kCardWidth = 320, kPicture = 192;  // pixels
constexpr int kNameWidth = 96, kShareWidth = 60, kBarHeight = 12, kMostRows = 5;

}  // namespace

AnswerBars::AnswerBars(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Answers"));
}

void AnswerBars::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void AnswerBars::show(const std::vector<ClassProbability>& top, Variant variant) {
    m_top = top;
    m_variant = variant;
    QStringList words;
    for (const ClassProbability& entry : top) {
        words << QString::fromStdString(entry.name) + u' ' + formatShare(entry.probability);
    }
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

int AnswerBars::rowHeight() const {
    return std::max(24, fontMetrics().height() + 8);
}

QSize AnswerBars::sizeHint() const {
    return {kCardWidth - 32, kMostRows * rowHeight()};
}

void AnswerBars::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int shareWidth = std::max(kShareWidth, fontMetrics().horizontalAdvance(formatShare(1)) + 8);
    for (std::size_t i = 0; i < m_top.size(); ++i) {
        const ClassProbability& entry = m_top[i];
        const QRect row(0, static_cast<int>(i) * rowHeight(), width(), rowHeight());
        painter.setPen(m_theme.text);
        painter.drawText(QRect(row.left(), row.top(), kNameWidth - 8, row.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine,
                         fontMetrics().elidedText(QString::fromStdString(entry.name), Qt::ElideRight, kNameWidth - 8));
        painter.drawText(QRect(row.right() - shareWidth, row.top(), shareWidth, row.height()),
                         Qt::AlignVCenter | Qt::AlignRight, formatShare(entry.probability));
        const QRectF bar(kNameWidth, row.center().y() - kBarHeight / 2, width() - kNameWidth - shareWidth, kBarHeight);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.field);
        painter.drawRoundedRect(bar, 3, 3);
        const double filled = std::max(2.0, bar.width() * entry.probability);
        painter.setBrush(m_variant == Variant::kDense ? m_theme.dense : m_theme.condensed);
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), filled, bar.height()), 3, 3);
    }
}

AnswerCard::AnswerCard(QWidget* parent)
    : QFrame(parent),
      m_name(new QLabel),
      m_picture(new QLabel),
      m_sizes(new QLabel),
      m_bars(new AnswerBars),
      m_model(new QLabel) {
    setLook(this, "card");
    setObjectName(QStringLiteral("answerCard"));
    setFixedWidth(kCardWidth);
    setLook(m_name, "strong");
    m_name->setObjectName(QStringLiteral("answerName"));
    m_picture->setObjectName(QStringLiteral("answerPicture"));
    m_picture->setAccessibleName(tr("The picture as the network saw it"));
    m_sizes->setObjectName(QStringLiteral("answerSizes"));
    m_bars->setObjectName(QStringLiteral("answerBars"));
    m_model->setObjectName(QStringLiteral("answerModel"));
    for (QLabel* label : {m_name, m_sizes, m_model}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    for (QLabel* label : {m_sizes, m_model}) setLook(label, "tone", "muted");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(m_name);
    layout->addWidget(m_picture);
    layout->addWidget(m_sizes);
    layout->addSpacing(4);
    layout->addWidget(m_bars);
    layout->addWidget(m_model);
    layout->addStretch(1);
    show(nullptr);
}

void AnswerCard::setTheme(const Theme& theme) {
    m_bars->setTheme(theme);
}

void AnswerCard::show(const AnsweredPicture* picture) {
    const bool answered = picture != nullptr && picture->state == AnsweredPicture::State::kAnswered;
    for (QWidget* widget :
         {static_cast<QWidget*>(m_picture), static_cast<QWidget*>(m_bars), static_cast<QWidget*>(m_model)}) {
        widget->setVisible(answered);
    }
    if (picture == nullptr) {
        m_name->setText(tr("No picture chosen"));
        m_sizes->setText(tr("Choose one in the list to see what the network saw and its five best answers."));
        return;
    }
    m_name->setText(picture->name);
    if (!answered) {
        m_sizes->setText(picture->problem.isEmpty() ? tr("Waiting for an answer…") : picture->problem);
        return;
    }
    const double ratio = devicePixelRatioF();
    QPixmap pixmap = QPixmap::fromImage(
        picture->seen.image().scaled(QSize(kPicture, kPicture) * ratio, Qt::KeepAspectRatio, Qt::FastTransformation));
    pixmap.setDevicePixelRatio(ratio);
    m_picture->setPixmap(pixmap);
    m_sizes->setText(tr("%1 × %2 pixels, seen by the network as above").arg(picture->width).arg(picture->height));
    m_bars->show(picture->condensed, Variant::kCondensed);
    m_model->setText(tr("%1\n%2 ms").arg(picture->model).arg(picture->condensedMs, 0, 'f', 1));
}

}  // namespace condenser
