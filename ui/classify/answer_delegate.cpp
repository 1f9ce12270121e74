#include "classify/answer_delegate.h"

#include <QPainter>
#include <QPainterPath>

#include "classify/answer_filter.h"
#include "classify/answer_words.h"
#include "classify/picture_painting.h"
#include "look/fonts.h"
#include "look/format.h"

namespace condenser {
namespace {

constexpr int kGap = 4, kRadius = 6, kMargin = 8, kLineGap = 2, kBadge = 18;  // pixels
constexpr double kOldAnswer = 0.4;  // opacity of a picture that waits for a new one

}  // namespace

AnswerDelegate::AnswerDelegate(QObject* parent) : QStyledItemDelegate(parent), m_theme(darkTheme()) {}

int AnswerDelegate::wordsHeight(const QFont& font) {
    return QFontMetrics(font).height() + QFontMetrics(smallFont(font)).height() + kLineGap + 2 * (kMargin - 2);
}

void AnswerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* filter = qobject_cast<const AnswerFilter*>(index.model());
    if (filter == nullptr) return;
    const AnsweredPicture& picture = filter->at(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect cell = option.rect.adjusted(kGap, kGap, -kGap, -kGap);
    const bool selected = option.state & QStyle::State_Selected;
    const bool focused = selected && (option.state & QStyle::State_HasFocus);
    const QRectF frame = QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath outline;
    outline.addRoundedRect(frame, kRadius, kRadius);
    painter->fillPath(outline, selected ? m_theme.selected : m_theme.panel);

    painter->setFont(option.font);
    const int words = wordsHeight(option.font);
    const QRect above(cell.left(), cell.top(), cell.width(), cell.height() - words);
    painter->save();
    painter->setClipPath(outline);
    painter->fillRect(above, m_theme.field);
    painter->setClipPath(outline, Qt::IntersectClip);
    paintPictureOf(*painter, picture, QRectF(above).adjusted(1, 1, -1, -1));
    painter->restore();
    paintWords(*painter, picture, QRect(cell.left(), above.bottom() + 1, cell.width(), words));

    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(focused ? m_theme.accent : selected ? m_theme.marker : m_theme.border, focused ? 2 : 1));
    painter->drawRoundedRect(frame, kRadius, kRadius);
    painter->restore();
}

void AnswerDelegate::paintPictureOf(QPainter& painter, const AnsweredPicture& picture, const QRectF& room) const {
    if (picture.state == AnsweredPicture::State::kFailed) {
        painter.setFont(smallFont(painter.font()));
        return paintWithoutPicture(painter, picture.problem, m_theme.error, room);
    }
    const QImage seen = picture.seen.image();
    if (seen.isNull()) return paintWithoutPicture(painter, QStringLiteral("…"), m_theme.muted, room);
    if (picture.state == AnsweredPicture::State::kWaiting) painter.setOpacity(kOldAnswer);
    paintPicture(painter, seen, room);
    if (!picture.wrong()) return;
    // A cross in the corner: the colour alone would not do.
    const QRectF badge(room.right() - kBadge - 4, room.top() + 4, kBadge, kBadge);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.panel);
    painter.drawEllipse(badge);
    painter.setPen(QPen(m_theme.error, 2, Qt::SolidLine, Qt::RoundCap));
    const QRectF cross = badge.adjusted(5.5, 5.5, -5.5, -5.5);
    painter.drawLine(cross.topLeft(), cross.bottomRight());
    painter.drawLine(cross.topRight(), cross.bottomLeft());
}

void AnswerDelegate::paintWords(QPainter& painter, const AnsweredPicture& picture, const QRect& room) const {
    const QFont plain = painter.font(), small = smallFont(plain);
    QFont bold = plain;
    bold.setBold(true);
    const QRect inside = room.adjusted(kMargin - 2, kMargin - 2, 2 - kMargin, 2 - kMargin);
    const int line = QFontMetrics(plain).height();
    const auto write = [&](const QRect& at, const QFont& font, const QColor& ink, const QString& text,
                           Qt::Alignment side = Qt::AlignLeft) {
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(at, static_cast<int>(side | Qt::AlignVCenter) | Qt::TextSingleLine,
                         QFontMetrics(font).elidedText(text, Qt::ElideRight, at.width()));
    };
    QRect first(inside.left(), inside.top(), inside.width(), line);
    const QRect second(inside.left(), first.bottom() + 1 + kLineGap, inside.width(), QFontMetrics(small).height());
    if (picture.state == AnsweredPicture::State::kFailed) {
        write(first, bold, m_theme.error, tr("not readable"));
        return write(second, small, m_theme.muted, picture.name);
    }
    if (!picture.answered()) {
        write(first, plain, m_theme.muted, tr("waiting…"));
        return write(second, small, m_theme.muted, picture.name);
    }
    if (picture.disagreeUnexpectedly()) {
        write(first, bold, m_theme.error, tr("disagree"));
        return write(second, small, m_theme.text, bothAnswers(picture));
    }
    const QString share = formatWholeShare(picture.best().probability);
    write(first, small, m_theme.muted, share, Qt::AlignRight);
    first.setRight(first.right() - QFontMetrics(small).horizontalAdvance(share) - 6);
    write(first, bold, m_theme.text, QString::fromStdString(picture.best().name));
    if (picture.wrong()) return write(second, small, m_theme.error, tr("true: %1").arg(trueClassOf(picture)));
    write(second, small, m_theme.muted, picture.name);
}

}  // namespace condenser
