#include "plots/waterfall_plot.h"

namespace condenser {

WaterfallPlot::WaterfallPlot(QWidget* parent) : PlotCard(tr("Where the gain went"), tr("gain"), parent) {}

void WaterfallPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
}

void WaterfallPlot::show(std::vector<WaterfallBar> /*bars*/) {}

NumberTable WaterfallPlot::numbers() const {
    return {};
}

void WaterfallPlot::pointAt(double /*x*/) {}
void WaterfallPlot::pointNowhere() {}
void WaterfallPlot::wantWhole() {}
void WaterfallPlot::viewChosen() {}

}  // namespace condenser
