// All runs of the store: what they are, how they went, side by side, and what can be done with them.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "models/run_list_model.h"
#include "pages/page.h"
#include "pages/run_actions.h"
#include "pages/run_export.h"
#include "pages/run_removal.h"
#include "run/branch_run.h"
#include "session/latency_session.h"
#include "session/runs_session.h"
#include "session/training_session.h"

class QLabel;
class QLineEdit;
class QMenu;
class QSettings;
class QSplitter;
class QStackedWidget;

namespace condenser {

class BranchPanel;
class NoticeArea;
class RunComparison;
class RunDetails;
class RunTable;

class RunsPage : public Page {
    Q_OBJECT

  public:
    // Both must outlive it; `settings` keeps columns, sorting, splitters and what the plots show.
    RunsPage(QSettings& settings, TrainingSession& training, QWidget* parent = nullptr);
    ~RunsPage() override;

    void setTheme(const Theme& theme) override;
    // Continue where it can be, else the folders are read again.
    void mainAction() override;
    QString helpPage() const override { return QStringLiteral("runs"); }
    std::optional<Exhibit> exhibit() const override;

  public slots:
    // Selects the run, as soon as it is listed; one outside the store is listed from now on.
    void showRun(const std::filesystem::path& folder) { showRuns({folder}); }
    // All of them over each other, in this order; one that has gone meanwhile is left out.
    void showRuns(const std::vector<std::filesystem::path>& folders);

  signals:
    void continueWanted(const std::filesystem::path& folder);
    void againWanted(const RunRecord& record);
    void branchWanted(const BranchRequest& request);
    void openModelWanted(const std::filesystem::path& model);
    void connectionsWanted(const std::filesystem::path& folder);
    void trainingWanted();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* makeTableCard();
    QWidget* makeEmptyState();
    void connectParts();
    void takeRuns();
    void selectWanted();
    void selectionChanged();
    void showSelection();
    void updateActions();
    void showCount();
    RunSituation situation() const;
    std::vector<RunSummary> selected() const;
    void act(RunAction action);
    void openModel(const std::filesystem::path& folder);
    void measure();
    void showError(const QString& key, const Error& error);

    QSettings& m_settings;
    TrainingSession& m_training;
    RunsSession m_session;
    LatencySession m_latency;
    RunListModel m_model;
    const Theme* m_theme;

    QStackedWidget* m_stack;
    QLabel* m_count;
    QLineEdit* m_filter;
    RunTable* m_table;
    RunActions* m_actions;
    BranchPanel* m_branch;
    NoticeArea* m_notices;
    RunComparison* m_comparison;
    RunDetails* m_details;
    QSplitter* m_rows;
    QSplitter* m_columns;
    QMenu* m_menu;
    RunExport m_export;
    RunRemoval m_removal;
    std::vector<std::filesystem::path> m_wanted;  // to be selected when they are listed
    bool m_latencyFailed = false;                 // of those measured last
};

}  // namespace condenser
