// Which of the pictures are shown, and in which order.
#pragma once

#include <QAbstractProxyModel>
#include <optional>
#include <vector>

#include "classify/answer_model.h"

namespace condenser {

// As they came, until a column is sorted by; then they stay where they are until they are sorted anew, so that no row
// jumps away under the pointer while answers come: what begins to fit the filter is then shown behind the others. (A
// QSortFilterProxyModel either sorts with each change, or leaves out what comes to fit.) Another filter resets the
// model, sorting keeps what is chosen.
class AnswerFilter : public QAbstractProxyModel {
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

    // kLeastSure shows the answered ones, sorted by margin, the smallest first; leaving it undoes that order.
    void setShow(Show show);
    Show shown() const { return m_show; }
    // Of those that are shown otherwise.
    void setCell(const std::optional<Cell>& cell);
    const std::optional<Cell>& cell() const { return m_cell; }

    const AnsweredPicture& at(const QModelIndex& index) const;

    // -1: as they came. What is not known comes last either way; equal ones stay as they came.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return m_column; }
    Qt::SortOrder sortOrder() const { return m_order; }
    // Whether answers have come since it was sorted, which may have broken the order.
    bool inOrder() const { return m_inOrder; }
    void sortAnew() { sort(m_column, m_order); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& /*child*/) const override { return {}; }
    QModelIndex sibling(int row, int column, const QModelIndex& of) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override { return rowCount(parent) > 0; }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QModelIndex mapToSource(const QModelIndex& index) const override;
    QModelIndex mapFromSource(const QModelIndex& index) const override;

  signals:
    void filterChanged();

  private:
    bool accepts(int sourceRow) const;
    void refilter();
    std::vector<int> sorted(std::vector<int> rows) const;  // of the source
    void findPlaces();
    void show(std::vector<int> sourceRows);  // that fit now; rising
    void hide(std::vector<int> rows);        // of this model

    void sourceChanged(const QModelIndex& first, const QModelIndex& last);
    void sourceInserted(int first, int last);
    void sourceToBeRemoved(int first, int last);
    void sourceRemoved(int first, int last);

    AnswerModel& m_answers;
    Show m_show = Show::kAll;
    std::optional<Cell> m_cell;
    int m_column = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    bool m_inOrder = true;
    std::vector<int> m_rows;    // of the source, in the order shown
    std::vector<int> m_places;  // of the source's rows in m_rows; -1: not shown
};

}  // namespace condenser
