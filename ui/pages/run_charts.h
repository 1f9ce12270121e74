// The right side of the Train page: four plots with one x axis, one reading line and one zoom.
#pragma once

#include <QWidget>
#include <array>

#include "plots/accuracy_plot.h"
#include "plots/loss_plot.h"
#include "plots/progress_plots.h"
#include "run/stored_run.h"

class QPushButton;

namespace condenser {

class RunCharts : public QWidget {
    Q_OBJECT

  public:
    explicit RunCharts(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);

    // A run that has not started: its condensing steps on empty axes.
    void showPlan(double epochs, const std::vector<CondensingStep>& steps);
    void showRun(const RunStarted& run);
    // What a run had before it was stopped; after showRun.
    void addHistory(const StoredRun& stored, std::int64_t stepsPerEpoch);

    void addSteps(const std::vector<StepReport>& steps);
    void addCondensing(const CondenseReport& report);
    void addEpoch(const EpochReport& report);

    bool following() const { return m_following; }
    void follow();

  private:
    void setFollowing(bool on);

    AccuracyPlot* m_accuracy;
    LossPlot* m_loss;
    KeptPlot* m_kept;
    SpeedPlot* m_speed;
    std::array<EpochPlot*, 4> m_plots;
    QPushButton* m_chip;
    double m_stepsPerEpoch = 1;
    bool m_following = true;
};

}  // namespace condenser
