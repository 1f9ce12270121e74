// Left the run to start, right how it goes.
#pragma once

#include <optional>

#include "pages/page.h"
#include "run/training_run.h"
#include "run/stored_run.h"
#include "session/training_session.h"

class QLabel;
class QPushButton;
class QSettings;

namespace condenser {

class CostBox;
class DataPicker;
class NetworkForm;
class NoticeArea;
class RunCharts;
class ScheduleForm;

class TrainPage : public Page {
    Q_OBJECT

  public:
    // Both must outlive it; `settings` keeps the fields from one start of the program to the next.
    TrainPage(TrainingSession& session, QSettings& settings, QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void mainAction() override;
    QString explanation() const override;

    void stop();
    void setDataPath(const QString& path);  // a folder, a list, an archive
    void chooseDataFolder();
    // A run from the disk: its curves, and "Continue" where it can go on.
    void showStoredRun(const StoredRun& run);
    void showError(const QString& key, const Error& error);

    TrainRequest request() const;

  signals:
    void picturesWanted();  // "drop a picture to try it" was pressed

  private:
    QWidget* makeForm();
    void connectSession();
    void formChanged();
    void showPlan();
    void showState();
    void showStarted(const RunStarted& run);
    void showFinished(const RunResult& result);
    void showFailed(const Error& error);
    void offerToContinue(const QString& title, const QString& detail, const std::filesystem::path& folder);
    void resume(const std::filesystem::path& folder);
    void save();
    void restore();

    TrainingSession& m_session;
    QSettings& m_settings;
    QLabel* m_title;
    DataPicker* m_data;
    NetworkForm* m_network;
    ScheduleForm* m_schedule;
    CostBox* m_cost;
    QPushButton* m_primary;
    QPushButton* m_stop;
    QLabel* m_obstacle;  // why Start is disabled
    NoticeArea* m_notices;
    RunCharts* m_charts;
    bool m_chartsInUse = false;          // they show a run, not a plan
    std::optional<StoredRun> m_resumed;  // the curves to show when it has started again
    bool m_restoring = false;
};

}  // namespace condenser
