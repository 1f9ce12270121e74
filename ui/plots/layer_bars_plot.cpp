#include "plots/layer_bars_plot.h"

namespace condenser {

LayerBarsPlot::LayerBarsPlot(QWidget* parent) : PlotCard(tr("Where the time goes"), tr("layers"), parent) {}

void LayerBarsPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
}

void LayerBarsPlot::show(std::vector<LayerBar> /*layers*/) {}

NumberTable LayerBarsPlot::numbers() const {
    return {};
}

void LayerBarsPlot::pointAt(double /*x*/) {}
void LayerBarsPlot::pointNowhere() {}
void LayerBarsPlot::wantWhole() {}
void LayerBarsPlot::viewChosen() {}

}  // namespace condenser
