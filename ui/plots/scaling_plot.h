// How both forms scale: images a second by batch or by threads, logarithmic x with the measured places as ticks.
#pragma once

#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct ScalingLine {
    QString name;  // "condensed, 2 threads"
    bool condensed = false;
    int dash = 0;  // which of several lines of a form
    std::vector<double> x, imagesPerSecond;
};

class ScalingPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit ScalingPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void show(std::vector<ScalingLine> lines, const QString& xTitle);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
};

}  // namespace condenser
