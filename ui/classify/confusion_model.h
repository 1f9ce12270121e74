// A confusion matrix as a table: a row a true class, a column an answer.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "classify/answer_filter.h"
#include "run/answer_statistics.h"

namespace condenser {

struct Confusion {
    AnswerStatistics statistics;
    std::vector<std::string> classes;      // as many as `statistics` has
    Variant judged = Variant::kCondensed;  // whose answers
    QString source;                        // "run 14 · epoch 3 of 12", for what is taken out
};

// Of many classes, only those that are somebody's true class or answer.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Role { kCountRole = Qt::UserRole, kShareRole, kRightRole };  // pictures; of the row's, 0..1; the diagonal

    using QAbstractTableModel::QAbstractTableModel;

    // Selection and scrolling stay where the classes shown are the same.
    void show(Confusion confusion);
    const Confusion& confusion() const { return m_confusion; }
    bool leavesOut() const { return m_shown.size() < m_confusion.classes.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    // Accessible text and tool tip are the sentence.
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    AnswerFilter::Cell cellOf(const QModelIndex& index) const;
    // "12 of 200 pictures of cat were taken for dog."
    QString sentence(const QModelIndex& index) const;

  private:
    int classOf(int section) const { return m_shown[static_cast<std::size_t>(section)]; }
    QString nameOf(int section) const;

    Confusion m_confusion;
    std::vector<int> m_shown;  // classes, in their order
};

}  // namespace condenser
