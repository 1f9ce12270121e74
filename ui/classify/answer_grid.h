// Pictures side by side, as many as there are: only what is seen is painted.
#pragma once

#include <QListView>

#include "look/theme.h"

namespace condenser {

class AnswerDelegate;
class AnswerFilter;

class AnswerGrid : public QListView {
    Q_OBJECT

  public:
    // `filter` must outlive it.
    explicit AnswerGrid(AnswerFilter& filter, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex& index,
                                                         const QEvent* event = nullptr) const override;

  private:
    void fitCells();

    AnswerDelegate* m_delegate;
};

}  // namespace condenser
