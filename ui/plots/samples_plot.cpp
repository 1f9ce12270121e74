#include "plots/samples_plot.h"

namespace condenser {

SamplesPlot::SamplesPlot(QWidget* parent) : PlotCard(tr("Latency, call by call"), tr("latency"), parent) {}

void SamplesPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
}

void SamplesPlot::clear() {}

void SamplesPlot::add(std::size_t /*form*/, const std::vector<double>& /*ms*/) {}

void SamplesPlot::show(const std::vector<double>& /*denseMs*/, const std::vector<double>& /*condensedMs*/) {}

NumberTable SamplesPlot::numbers() const {
    return {};
}

void SamplesPlot::pointAt(double /*x*/) {}
void SamplesPlot::pointNowhere() {}
void SamplesPlot::wantWhole() {}
void SamplesPlot::viewChosen() {}

}  // namespace condenser
