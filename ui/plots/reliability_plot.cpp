#include "plots/reliability_plot.h"

namespace condenser {

ReliabilityPlot::ReliabilityPlot(QWidget* parent) : PlotCard(tr("Reliability"), tr("reliability"), parent) {}

void ReliabilityPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
}

void ReliabilityPlot::show(std::vector<ReliabilityBin> /*bins*/, double /*calibrationError*/) {}

NumberTable ReliabilityPlot::numbers() const {
    return {};
}

void ReliabilityPlot::pointAt(double /*x*/) {}
void ReliabilityPlot::pointNowhere() {}
void ReliabilityPlot::wantWhole() {}
void ReliabilityPlot::viewChosen() {}

}  // namespace condenser
