// Which of the pictures are shown, and in which order.
#pragma once

#include <QSortFilterProxyModel>
#include <optional>

#include "classify/answer_model.h"

namespace condenser {

// As they came, until a column is sorted by; then they stay where they are until they are sorted anew, so that no row
// jumps away under the pointer while answers come.
class AnswerFilter : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    enum class Show { kAll, kDisagreements, kLeastSure, kWrong, kUnreadable };
    // A cell of a form's confusion matrix; `answer` < 0: the whole row.
    struct Cell {
        int truth = 0, answer = 0;
        Variant judged = Variant::kCondensed;
        bool operator==(const Cell&) const = default;
        bool holds(const AnsweredPicture& picture) const;
    };

    explicit AnswerFilter(AnswerModel& model, QObject* parent = nullptr);

    // kLeastSure shows the answered ones with the smallest margin first.
    void setShow(Show show);
    Show shown() const { return m_show; }
    void setCell(const std::optional<Cell>& cell);
    const std::optional<Cell>& cell() const { return m_cell; }

    const AnsweredPicture& at(const QModelIndex& index) const;

  signals:
    void filterChanged();

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    AnswerModel& m_answers;
    Show m_show = Show::kAll;
    std::optional<Cell> m_cell;
};

}  // namespace condenser
