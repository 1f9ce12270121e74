// The confusion matrix as a grid of cells: as large as fits, or scrolled.
#pragma once

#include <QTableView>
#include <optional>

#include "classify/confusion_model.h"
#include "look/theme.h"

namespace condenser {

class ConfusionDelegate;
class ConfusionHeader;

// Arrow keys go from cell to cell, a click or Enter chooses one, Esc lets it go. Ctrl with the wheel, + and - change
// the size of cells; 0 makes them as large as fits again.
class ConfusionTable : public QTableView {
    Q_OBJECT

  public:
    // `model` must outlive it.
    explicit ConfusionTable(ConfusionModel& model, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setChosen(const std::optional<AnswerFilter::Cell>& cell);
    QSize minimumSizeHint() const override { return {160, 120}; }

  signals:
    void chosen(const AnswerFilter::Cell& cell);
    void cleared();
    void pointedAt(const QModelIndex& index);  // not valid: the pointer left

  protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

  private:
    void fit();
    void zoom(double factor, const QModelIndex& around);
    void choose(const QModelIndex& index);

    ConfusionModel& m_matrix;
    ConfusionDelegate* m_delegate;
    ConfusionHeader* m_answers;
    ConfusionHeader* m_truths;
    std::optional<int> m_zoomed;  // pixels of a cell; nothing: what fits
    bool m_fitting = false;
};

}  // namespace condenser
