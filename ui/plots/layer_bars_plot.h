// Where the time goes, layer by layer: the dense network's bars above, the condensed one's below.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/place_plot.h"

namespace condenser {

struct LayerBar {
    QString name;   // "2.5, 1×1"
    int block = 0;  // from 1; 0: before and behind the blocks. Blocks are named below the bars
    double denseUs = 0, condensedUs = 0;
    double promisedUs = 0;  // what the condensed layer would take at the dense one's speed: a mark; 0: none
};

// Both on one scale. Hovering or the arrow keys read bars.
class LayerBarsPlot : public PlacePlot {
    Q_OBJECT

  public:
    explicit LayerBarsPlot(QWidget* parent = nullptr);
    ~LayerBarsPlot() override;

    void setTheme(const Theme& theme) override;
    // A zoomed view stays where it is if the layers are called the same.
    void show(std::vector<LayerBar> layers);
    using PlotCard::show;

    NumberTable numbers() const override;  // a row a layer, of those in view

  protected:
    void fill() override;
    void describe() override;
    QString wordsAt(std::size_t place) const override;

  private:
    struct Parts;
    void dressBars();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
