// How a row of the Runs page is painted: the colour in which the run is drawn, where it lies, a sign for its state, the
// place of the keyboard, and across the row of an unreadable run, why.
#pragma once

#include <QStyledItemDelegate>

#include "look/theme.h"

namespace condenser {

class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    explicit RunDelegate(QObject* parent = nullptr);

    void setTheme(const Theme& theme) { m_theme = theme; }
    int widestState(const QFont& font) const;  // pixels that a cell needs for any state

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

  private:
    void paintProblem(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;

    Theme m_theme;
};

}  // namespace condenser
