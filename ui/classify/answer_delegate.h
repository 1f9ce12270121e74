// A cell of the grid: the picture, the answer with its probability, what is remarkable about it; or why there is none.
#pragma once

#include <QStyledItemDelegate>

#include "classify/answer_model.h"
#include "look/theme.h"

namespace condenser {

class AnswerDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    explicit AnswerDelegate(QObject* parent = nullptr);

    void setTheme(const Theme& theme) { m_theme = theme; }

    // Of AnswerFilter's indices alone.
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override {
        return m_cell;
    }
    void setCell(const QSize& cell) { m_cell = cell; }
    // Of the two lines below the picture, with what is around them.
    static int wordsHeight(const QFont& font);

  private:
    void paintPictureOf(QPainter& painter, const AnsweredPicture& picture, const QRectF& room) const;
    void paintWords(QPainter& painter, const AnsweredPicture& picture, const QRect& room) const;

    Theme m_theme;
    QSize m_cell{128, 160};
};

}  // namespace condenser
