// Left the run to start, right how it goes.
#pragma once

#include <optional>

#include "bench/cost_estimate.h"
#include "pages/notices.h"
#include "pages/page.h"
#include "run/branch_run.h"
#include "run/stored_run.h"
#include "run/training_run.h"
#include "session/calibration_session.h"
#include "session/training_session.h"

class QLabel;
class QPushButton;
class QSettings;

namespace condenser {

class CostBox;
class DataPicker;
class NetworkForm;
class RunCharts;
class ScheduleForm;

class TrainPage : public Page {
    Q_OBJECT

  public:
    // Both must outlive it; `settings` keeps the fields from one start of the program to the next. `meter` tells this
    // machine's speed, some time after the page is shown.
    TrainPage(TrainingSession& session, QSettings& settings, QWidget* parent = nullptr,
              CalibrationSession::Meter meter = CalibrationSession::thisMachine());

    void setTheme(const Theme& theme) override;
    void mainAction() override;
    QString helpPage() const override;
    std::optional<Exhibit> exhibit() const override;

    void stop();
    // The built-in pictures with the settings of a first start, from the beginning. Nothing while a run trains.
    void startDemo();
    void setDataPath(const QString& path);  // a folder, a list, an archive
    void chooseDataFolder();
    // A run from the disk: its curves, and "Continue" where it can go on.
    void showStoredRun(const StoredRun& run);
    void showError(const QString& key, const Error& error);

    TrainRequest request() const;
    // The run whose curves are shown; empty: none.
    std::filesystem::path run() const { return m_run; }
    // A moment of it that is looked at elsewhere; nothing: none any more.
    void showMoment(std::optional<double> epoch);

    // These three do nothing while a run is active.
    // The form as it was for that run, its seed too: Start runs it again.
    void fillFrom(const RunRecord& record);
    // Goes on with a run, or with a new one that begins where another one was; what fails is said on the page.
    void resume(const std::filesystem::path& folder);
    void branch(const BranchRequest& request);

  signals:
    void picturesWanted();                                 // "drop a picture to try it" was pressed
    void momentRead(double epoch);                         // of that run, off the curves
    void runsWanted(const std::filesystem::path& folder);  // to be shown on the Runs page

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeForm();
    void connectSession();
    void connectCharts();
    void formChanged();
    void showPlan();
    void showState();
    void showStarted(const RunStarted& run);
    void showHistory(const RunStarted& run);
    void showCondensing(const CondenseReport& report);
    void showFinished(const RunResult& result);
    void showFailed(const Error& error);
    Notice::Action branchAction(const std::filesystem::path& folder, double learningRate);
    void offerToContinue(const QString& title, const QString& detail, const std::filesystem::path& folder);
    void showNotFinite(const Error& error);
    std::optional<TrainingAmount> amount() const;
    void save();
    void restore();

    TrainingSession& m_session;
    QSettings& m_settings;
    CalibrationSession m_calibration;
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
    std::filesystem::path m_run;
    bool m_chartsInUse = false;                // they show a run, not a plan
    std::vector<CondensingStep> m_condensing;  // of the run in hand
    bool m_restoring = false;
};

}  // namespace condenser
