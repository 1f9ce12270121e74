#include "plots/scaling_plot.h"

namespace condenser {

ScalingPlot::ScalingPlot(QWidget* parent) : PlotCard(tr("Scaling"), tr("scaling"), parent) {}

void ScalingPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
}

void ScalingPlot::show(std::vector<ScalingLine> /*lines*/, const QString& /*xTitle*/) {}

NumberTable ScalingPlot::numbers() const {
    return {};
}

void ScalingPlot::pointAt(double /*x*/) {}
void ScalingPlot::pointNowhere() {}
void ScalingPlot::wantWhole() {}
void ScalingPlot::viewChosen() {}

}  // namespace condenser
