#include "classify/answer_delegate.h"

#include <QPainter>

#include "classify/answer_model.h"
#include "look/format.h"

namespace condenser {
namespace {

constexpr int kRow = 64, kPicture = 48, kMargin = 8, kBarHeight = 6;  // pixels

}  // namespace

AnswerDelegate::AnswerDelegate(QObject* parent) : QStyledItemDelegate(parent), m_theme(darkTheme()) {}

QSize AnswerDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const {
    return {200, std::max(kRow, 2 * option.fontMetrics.height() + kBarHeight + 18)};
}

void AnswerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* model = qobject_cast<const AnswerModel*>(index.model());
    if (model == nullptr) return;
    const AnsweredPicture& picture = model->at(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect.adjusted(0, 2, -4, -2);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(option.state & QStyle::State_HasFocus ? m_theme.accent : m_theme.selected);
        painter->setBrush(m_theme.selected);
        painter->drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const QRect image(row.left() + kMargin, row.center().y() - kPicture / 2, kPicture, kPicture);
    if (picture.seen.isNull()) {
        painter->setPen(m_theme.border);
        painter->setBrush(m_theme.field);
        painter->drawRoundedRect(image, 4, 4);
        const bool failed = picture.state == AnsweredPicture::State::kFailed;
        painter->setPen(failed ? m_theme.error : m_theme.muted);
        painter->drawText(image, Qt::AlignCenter, failed ? QStringLiteral("!") : QStringLiteral("…"));
    } else {
        painter->drawImage(image, picture.seen);  // pixels stay pixels: this is what the network reads
    }

    const QRect words = row.adjusted(kMargin + kPicture + 12, 6, -12, -6);
    const int line = option.fontMetrics.height();
    const auto write = [&](const QRect& at, Qt::Alignment alignment, const QColor& color, bool bold,
                           const QString& text) {
        QFont font = option.font;
        font.setBold(bold);
        painter->setFont(font);
        painter->setPen(color);
        painter->drawText(at, static_cast<int>(alignment) | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(text, Qt::ElideMiddle, at.width()));
    };
    const bool answered = picture.answered();
    if (!answered) {
        write({words.left(), words.top(), words.width(), line}, Qt::AlignLeft, m_theme.text, true, picture.name);
        const QString text =
            picture.state == AnsweredPicture::State::kFailed ? picture.problem : tr("waiting for an answer…");
        const QColor color = picture.state == AnsweredPicture::State::kFailed ? m_theme.error : m_theme.muted;
        QFont font = option.font;
        painter->setFont(font);
        painter->setPen(color);
        const QRect rest(words.left(), words.top() + line + 2, words.width(), words.height() - line - 2);
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignTop,
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, rest.width()));
        painter->restore();
        return;
    }
    const ClassProbability& best = picture.best();
    const QString share = formatShare(best.probability);
    const int shareWidth = option.fontMetrics.horizontalAdvance(share) + 12;
    write({words.left(), words.top(), words.width() - shareWidth, line}, Qt::AlignLeft, m_theme.text, true,
          QString::fromStdString(best.name));
    write({words.right() - shareWidth, words.top(), shareWidth, line}, Qt::AlignRight, m_theme.text, false, share);
    const QRectF bar(words.left(), words.top() + line + 4, words.width(), kBarHeight);
    const QColor color = m_theme.condensed;
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.field);
    painter->drawRoundedRect(bar, 3, 3);
    painter->setBrush(color);
    painter->drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * best.probability, bar.height()), 3, 3);
    write({words.left(), static_cast<int>(bar.bottom()) + 3, words.width(), line}, Qt::AlignLeft, m_theme.muted, false,
          picture.name);
    painter->restore();
}

}  // namespace condenser
