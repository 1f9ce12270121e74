// Where the time goes, layer by layer: the dense network's bars above, the condensed one's below.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct LayerBar {
    QString name;   // "2.5, 1×1"
    int block = 0;  // from 1; 0: before and behind the blocks. Blocks are named below the bars
    double denseUs = 0, condensedUs = 0;
    double promisedUs = 0;  // what the condensed layer would take at the dense one's speed: a mark; 0: none
};

// Both on one scale. Hovering or the arrow keys read bars.
class LayerBarsPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit LayerBarsPlot(QWidget* parent = nullptr);
    ~LayerBarsPlot() override;

    void setTheme(const Theme& theme) override;
    // A zoomed view stays where it is if the layers are called the same.
    void show(std::vector<LayerBar> layers);
    using PlotCard::show;

    Exhibit exhibit() const override;  // its numbers are a row a layer, of those in view
    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override { hideCursor(); }
    void wantWhole() override;
    void viewChosen() override {}
    std::optional<double> nextPlace(std::optional<double> x, int direction) const override;
    void placeOverlays() override;

  private:
    struct Parts;
    void fill();
    void dressBars();
    void describe();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
