// The table of the Runs page: which runs are selected, in which order, and what the user has made of its columns.
#pragma once

#include <QTableView>
#include <filesystem>
#include <map>
#include <vector>

#include "models/run_list_model.h"

class QLabel;
class QSettings;

namespace condenser {

struct Theme;
class RunDelegate;

class RunTable : public QTableView {
    Q_OBJECT

  public:
    static constexpr std::size_t kMostDrawn = 12;

    // Both must outlive it; `settings` keeps the columns' widths and the sorting.
    RunTable(RunListModel& runs, QSettings& settings, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);

    // Runs that the filter hides stay selected until the user selects others.
    void setFilter(const QString& words);
    int shownCount() const { return m_filtered.rowCount(); }
    const RunFilterModel& shown() const { return m_filtered; }

    // In the order in which they were selected; those that are gone have left.
    const std::vector<std::filesystem::path>& selectedRuns() const { return m_selected; }
    // Of the first kMostDrawn of them: a number in Theme::series, the same as long as the run stays selected.
    // Where there are more of them than colours, runs that differ in their seed alone share one.
    const std::map<std::filesystem::path, int>& colours() const { return m_colours; }
    std::filesystem::path currentRun() const;  // empty: none
    // These alone, in this order, and the first one scrolled into view; what is not there or hidden by the filter is
    // left out.
    void selectRuns(const std::vector<std::filesystem::path>& folders);
    // Makes it the current row, selected beside the others where it was not.
    bool markRun(const std::filesystem::path& folder);
    void rename(const std::filesystem::path& folder);

    // Column widths in the room there is, until the user has chosen others.
    void fitColumns();

  signals:
    void selectedRunsChanged();
    void runOpened(const std::filesystem::path& folder);  // Enter or a double click

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void restoreColumns();
    void saveColumns();
    enum class Cause { kUser, kRows };
    void takeSelection(Cause cause);
    void colour();
    int seriesOf(const std::filesystem::path& folder, const std::map<std::filesystem::path, int>& others) const;
    std::filesystem::path folderAt(const QModelIndex& index) const;
    QModelIndex indexOf(const std::filesystem::path& folder) const;
    void showHint();

    RunListModel& m_runs;
    QSettings& m_settings;
    RunFilterModel m_filtered;
    RunDelegate* m_delegate;
    QLabel* m_hint;
    std::vector<std::filesystem::path> m_selected;
    std::map<std::filesystem::path, int> m_colours;
    bool m_removing = false;  // rows are on their way out: the model must not be asked or changed
    bool m_fitting = false;
    bool m_columnsChosen = false;  // by the user
};

}  // namespace condenser
