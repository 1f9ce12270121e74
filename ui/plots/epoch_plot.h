// A card with curves over a run: condensing steps, the common x axis, two pinned cursors. What the curves are is the
// business of the classes made from it.
#pragma once

#include <QVector>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "plots/plot_card.h"
#include "plots/x_scale.h"
#include "run/training_run.h"

namespace condenser {

class CondensingMarks;
class PlotSeries;

// Repaints at most twice a second for new data, and not while hidden; at once for what the user does. Reading values
// paints no curve again. Moments of the run are epochs, a real number, whatever the axis shows.
class EpochPlot : public PlotCard {
    Q_OBJECT

  public:
    ~EpochPlot() override;

    void setTheme(const Theme& theme) override;

    // Shared by all plots of a run. Whoever changes it calls scaleChanged: the points from this epoch on move.
    void setScale(std::shared_ptr<const XScale> scale);
    void scaleChanged(double fromEpoch = 0);
    // Values of zero and below have no place on it; a sentence says so where there are any.
    void setLogarithmic(bool on);

    // The run that is shown, or will be: its length and its condensing steps, drawn before they happen.
    void setPlan(double epochs, const std::vector<CondensingStep>& steps);
    void setStepsCondensed(int count);
    // What is told of a condensing step under the cursor.
    void setExplainer(std::function<QString(const CondensingStep&)> explainer) { m_explainer = std::move(explainer); }
    virtual void clearData();

    // Following: the whole run is shown. Else the plot stays where the user put it.
    void setFollowing(bool on);
    void showEpochs(double lower, double upper);
    std::pair<double, double> shownEpochs() const;

    // A line across the plot with the values there.
    void showCursor(double epoch);
    // Two lines that stay, and what lies between them.
    void setPins(std::optional<double> a, std::optional<double> b);

    // Of a curve, in the order of their making.
    int pointCount(int series) const;
    double lastValue(int series) const;
    std::span<const double> epochsOf(int series) const;
    std::span<const double> valuesOf(int series) const;
    std::optional<double> valueOf(int series, double epoch) const;
    // Marks drawn, done or to come.
    int markCount() const;
    NumberTable numbers() const override;

  signals:
    void epochsChosen(double lower, double upper);  // by the user
    void followingWanted();                         // likewise: a double click
    void cursorMoved(double epoch);
    void cursorLeft();
    void pinWanted(Pin pin, double epoch);
    void pinTakenBack();  // the click was the first half of a double click
    void pinsUnwanted();

  protected:
    using Format = QString (*)(double);

    // `difference` writes how far two values lie apart, without a sign.
    EpochPlot(const QString& title, const QString& name, Format format, Format difference, QWidget* parent);

    int addSeries(const SeriesStyle& style);
    void dropSeriesFrom(int series);
    PlotSeries& series(int number) const { return *m_series[static_cast<std::size_t>(number)]; }
    int seriesCount() const { return static_cast<int>(m_series.size()); }
    void nameSeries(int series, const QString& name);
    void setSeriesStyle(int series, const SeriesStyle& style);
    // x must rise from call to call.
    void append(int series, const QVector<double>& epochs, const QVector<double>& values);
    void replace(int series, const QVector<double>& epochs, const QVector<double>& values);
    // 0: not at all. The points themselves stay; nothing is smoothed across a condensing step.
    void setSmoothing(int series, double weight, const SeriesStyle& style);
    void setFollowedValues(double lower, double upper);  // the y axis while following
    void requestReplot();
    const XScale& scale() const { return *m_scale; }
    // Whether a curve is worth a line where the others are told too.
    virtual bool tells(int /*series*/, double /*epoch*/) const { return true; }
    // How many values have no place on the y axis, because it is logarithmic.
    virtual void notPositiveChanged(int /*count*/) {}

    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
    void clickedAt(const QPointF& at, Qt::KeyboardModifiers modifiers) override;
    void clickTakenBack() override;
    std::optional<double> stopBetween(double x, double to) const override;
    void placeOverlays() override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void measure();
    void fitWhole();
    void showPins();
    QString pinsText() const;
    QStringList told(double epoch) const;
    QString written(double epoch) const;

    Format m_format, m_difference;
    std::shared_ptr<const XScale> m_scale;
    std::vector<std::unique_ptr<PlotSeries>> m_series;
    std::unique_ptr<CondensingMarks> m_marks;
    std::function<QString(const CondensingStep&)> m_explainer;
    std::vector<double> m_condensing;
    double m_epochs = 1;
    double m_lower = 0, m_upper = 1;  // of the y axis while following
    double m_leastPositive = 0;       // of all values; 0: there is none
    int m_notPositive = 0;
    bool m_logarithmic = false;
    std::optional<double> m_pinA, m_pinB;
};

}  // namespace condenser
