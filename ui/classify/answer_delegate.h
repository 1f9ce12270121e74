// One row of the Classify page's list: the picture, its name, the answer with its bar, or why there is none.
#pragma once

#include <QStyledItemDelegate>

#include "look/theme.h"

namespace condenser {

class AnswerDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    explicit AnswerDelegate(QObject* parent = nullptr);

    void setTheme(const Theme& theme) { m_theme = theme; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    Theme m_theme;
};

}  // namespace condenser
