// Where the time goes, layer by layer: the dense network's bars above, the condensed one's below.
#pragma once

#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct LayerBar {
    QString name;   // "2.5, 1×1"
    int block = 0;  // from 1; 0: before and behind the blocks. Blocks are named below the bars
    double denseUs = 0, condensedUs = 0;
    double promisedUs = 0;  // what the condensed layer would take at the dense one's speed: a mark; 0: none
};

class LayerBarsPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit LayerBarsPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void show(std::vector<LayerBar> layers);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
};

}  // namespace condenser
