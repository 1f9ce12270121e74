// The window: pages, sidebar, run strip, and what ties them together. Its larger parts stand in files of their own:
// commands (keys), drops, opener (model and run in hand), closing, exporting, window_state.
#pragma once

#include <QMainWindow>
#include <filesystem>
#include <memory>
#include <vector>

#include "commands.h"
#include "look/theme_switch.h"
#include "session/inference_session.h"
#include "session/recent_files.h"
#include "session/suspend_inhibitor.h"
#include "session/training_session.h"

class QSettings;
class QStackedWidget;

namespace condenser {

class ClassifyPage;
class Closing;
class CompareSession;
class ComparePage;
class ConnectionsPage;
class Drops;
class Exporting;
class HelpPanel;
class NoticeArea;
class Opener;
class Page;
class RunsPage;
class Sidebar;
class TrainPage;
class UndoBar;
class WindowState;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    // `settings` must outlive it; it keeps the window's place, the page, the fields, the theme, the last run and model.
    explicit MainWindow(QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    // What the program was started with: a model, a run, a folder of data, pictures.
    void open(const std::vector<std::filesystem::path>& paths);
    // The run and the model of the last time; after the window is shown.
    void restoreLastTime();
    // Trains the built-in pictures at once, unless a run is training.
    void startDemo();
    // A second start of the program was asked for.
    void comeToFront();

  protected:
    void closeEvent(QCloseEvent* event) override;

  private:
    // A page and its place in the sidebar: `number` is that of Alt+number, for those not built yet keep theirs.
    template <class P>
    P* addPage(P* page, const QString& objectName, const QString& name, const QString& navName, int number);
    void layOut();
    void makeCommands();
    void makePageCommands();
    void focusNotices();
    void connectPages();
    void connectRuns();
    void connectConnections();
    void connectOpening();
    Page* page() const;
    void showPage(QWidget* page);
    void applyTheme();
    void chooseModel();
    void chooseFolder();
    void chooseRunToCompare();
    void openRecent(const RecentFiles::Entry& entry);
    void openExperiment(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& runs);
    void useData(const std::filesystem::path& place);
    void paste();
    void stateChanged();
    void showTitle();

    QSettings& m_settings;
    ThemeSwitch m_theme;
    InferenceSession m_inference;
    TrainingSession m_training;
    RecentFiles m_recent;
    SuspendInhibitor m_awake;
    std::unique_ptr<CompareSession> m_measuring;
    Commands m_commands;
    Sidebar* m_sidebar;
    QStackedWidget* m_pages;
    TrainPage* m_train;
    ConnectionsPage* m_connections;
    ClassifyPage* m_classify;
    ComparePage* m_compare;
    RunsPage* m_runs;
    NoticeArea* m_notices;
    UndoBar* m_undo;
    HelpPanel* m_help;
    Drops* m_drops;
    Opener* m_opener;
    Exporting* m_exporting;
    Closing* m_closing;
    WindowState* m_state;
};

}  // namespace condenser
