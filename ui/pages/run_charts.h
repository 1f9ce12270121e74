// The right side of the Train page: plots of a run with one x axis, one reading line, one pair of cursors and one zoom.
#pragma once

#include <QTimer>
#include <QWidget>
#include <array>
#include <memory>
#include <optional>

#include "pages/chart_bar.h"
#include "plots/accuracy_plot.h"
#include "plots/loss_plot.h"
#include "plots/progress_plots.h"
#include "run/condensing_effect.h"
#include "run/stored_run.h"

class QPushButton;

namespace condenser {

class RunCharts : public QWidget {
    Q_OBJECT

  public:
    explicit RunCharts(QWidget* parent = nullptr);
    ~RunCharts() override;

    void setTheme(const Theme& theme);

    // A run that has not started: its condensing steps on empty axes.
    void showPlan(double epochs, const std::vector<CondensingStep>& steps);
    void showRun(const RunStarted& run);
    // What a run had before it was stopped; after showRun or showPlan.
    void addHistory(const StoredRun& stored, std::int64_t stepsPerEpoch);

    void addSteps(const std::vector<StepReport>& steps);
    void addCondensing(const CondenseReport& report);
    void addEpoch(const EpochReport& report);

    bool following() const { return m_following; }
    void follow();
    // The moment that somebody looks at elsewhere: the reading line stands there while nothing is read here.
    void showMoment(std::optional<double> epoch);

    ChartSettings settings() const { return m_settings; }
    void setSettings(const ChartSettings& settings);

    // All plots that are seen, as one picture and one table.
    Exhibit exhibit() const;

  signals:
    void momentRead(double epoch);  // the reading line has rested there for a moment
    void settingsChanged();         // by the user: to be kept
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void makeLayout();
    void connectPlot(EpochPlot& plot);
    void setFollowing(bool on);
    void apply(const ChartSettings& settings);
    void chooseSmallPlots();
    void placeMoment();
    void setPin(Pin pin, double epoch);
    void showPins();
    void scaleChanged(double fromEpoch);
    void addTime(const std::vector<EpochReport>& epochs);
    void measureEffects();
    double stepAfter(int stage) const;

    ExhibitMenu* m_menu;
    ChartBar* m_bar;
    AccuracyPlot* m_accuracy;
    LossPlot* m_loss;
    KeptPlot* m_kept;
    SpeedPlot* m_speed;
    RatePlot* m_rate;
    std::array<EpochPlot*, 5> m_plots;
    QPushButton* m_toRate;
    QPushButton* m_toSpeed;
    Theme m_theme;
    ChartSettings m_settings;
    std::shared_ptr<XScale> m_scale;
    std::vector<CondensingStep> m_plan;
    std::vector<MetricsRow> m_rows;
    std::vector<StepRecord> m_steps;
    std::vector<CondensingEffect> m_effects;  // of all steps of the plan, as of the last epoch's end
    QString m_testName;
    double m_stepsPerEpoch = 1;
    double m_trainImages = 0;
    bool m_following = true;
    std::optional<double> m_moment;  // looked at elsewhere
    double m_read = 0;               // where the reading line is
    QTimer m_rests;
    struct Pins {
        std::optional<double> a, b;  // epochs
    };
    Pins m_pins;
    std::optional<Pins> m_pinsBefore;  // the last one was set
};

}  // namespace condenser
