// The runs of the Runs page as a table, and its sorting and filtering.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStringList>
#include <filesystem>
#include <map>
#include <vector>

#include "session/runs_session.h"

namespace condenser {

// A row a run, in the order in which they came. setRuns tells the view no more than what has changed, so that
// selection, scrolling and an open editor stay as they are.
class RunListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column {
        kName,
        kState,
        kData,
        kNetwork,
        kCondensing,
        kEpochs,
        kBest,
        kMacs,
        kLatency,
        kDisk,
        kDate,
        kColumns
    };
    enum Role {
        kSortRole = Qt::UserRole,  // a number or a text to compare by; invalid: not known
        kColourRole,               // of kName: in Theme::series; -1: the run is not drawn
        kNoteRole,
        kPlaceRole,    // of kName: runPlaceWords(), of a run outside the store; else empty
        kStateRole,    // StoredRunState
        kProblemRole,  // why the run cannot be read; empty: it can
    };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    // A new name, which is shown at once and told by `renamed`.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

    void setRuns(const std::vector<RunSummary>& runs);
    // Until the next setRuns tells the same: what was just written.
    void setNote(const std::filesystem::path& folder, const QString& note);
    // Of the runs that are drawn.
    void setColours(const std::map<std::filesystem::path, int>& colours);

    const RunSummary& run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    const std::vector<RunSummary>& runs() const { return m_runs; }
    int rowOf(const std::filesystem::path& folder) const;  // -1: there is none

  signals:
    void renamed(const std::filesystem::path& folder, const QString& name);

  private:
    QString placeOf(const RunSummary& run) const;
    QVariant text(const RunSummary& run, int column) const;
    QVariant sortValue(const RunSummary& run, int column) const;
    QString tip(const RunSummary& run, int column) const;
    void update(int row, const RunSummary& run);

    const std::filesystem::path m_store = defaultRunStore();
    std::vector<RunSummary> m_runs;
    std::map<std::filesystem::path, int> m_colours;
};

// Sorts by the true values, what is not known always last; keeps the runs in which every word of the filter occurs, in
// any column, in the note or in the place.
class RunFilterModel : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    explicit RunFilterModel(QObject* parent = nullptr);

    void setFilter(const QString& words);

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    QStringList m_words;
};

}  // namespace condenser
