// The window: pages, sidebar, run strip, and what reaches across pages: keys, drops, the current model, closing.
#pragma once

#include <QMainWindow>
#include <filesystem>
#include <vector>

#include "dropping.h"
#include "look/theme_switch.h"
#include "session/inference_session.h"
#include "session/training_session.h"

class QSettings;
class QStackedWidget;

namespace condenser {

class ClassifyPage;
class HelpPanel;
class Page;
class RunStrip;
class Sidebar;
class TrainPage;

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

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    enum PageNumber { kTrainPage, kClassifyPage };
    // Why a model file is being read, which decides what is said about it.
    enum class Opening { kByUser, kOfRun, kFromLastTime };

    void makeActions();
    void addAction(const QString& name, const QList<QKeySequence>& keys, const std::function<void()>& act);
    void connectSessions();
    Page* page() const;
    void showPage(int number);
    void applyTheme();
    void chooseModel();
    DropPlan refine(DropPlan plan) const;
    void carryOut(const DropPlan& plan);
    void openModel(const std::filesystem::path& file, Opening opening, const QString& name);
    void openRun(const std::filesystem::path& folder);
    void modelOpened(const CurrentModel& model);
    void modelFailed(const Error& error);
    void snapshotTaken(const std::shared_ptr<const ModelSnapshot>& snapshot);
    void runFinished(const RunResult& result);
    void stateChanged();
    void askToClose();

    QSettings& m_settings;
    ThemeSwitch m_theme;
    InferenceSession m_inference;
    TrainingSession m_training;
    Sidebar* m_sidebar;
    QStackedWidget* m_pages;
    TrainPage* m_train;
    ClassifyPage* m_classify;
    RunStrip* m_strip;
    HelpPanel* m_help;
    DropOverlay* m_overlay;
    DropPlan m_plan;  // of what hovers
    Opening m_opening = Opening::kByUser;
    QString m_openingName;     // of the run whose model is being read
    bool m_followRun = false;  // the run's snapshots become the current model
    bool m_closeWhenDone = false;
};

}  // namespace condenser
