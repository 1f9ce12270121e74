// What runs were made with: all of it, or only what differs between them.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <vector>

#include "store/run_index.h"

namespace condenser {

struct RunSetting {
    QString name, value;
};

// Every setting of a run, in one fixed order, in words with units.
std::vector<RunSetting> settingsOf(const RunSummary& run);

// Rows are settings. Of one run all of them, with two columns (setting, value); of several only those that differ, with
// a column a run.
class RunSettingsModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    // Nothing happens where this changes no text: a selection in the view stays.
    void setRuns(const std::vector<RunSummary>& runs);

  private:
    struct Row {
        QString name;
        QStringList values;  // one a run
        bool operator==(const Row&) const = default;
    };
    QStringList m_names;  // of the runs
    std::vector<Row> m_rows;
};

}  // namespace condenser
