// From one time to another in steps, each beginning where the one before it ended.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/place_plot.h"

namespace condenser {

struct WaterfallBar {
    enum class Kind { kDense, kPromised, kLoss, kGain, kCondensed };
    QString name;   // below the bar, in few short words; soft hyphens say where they may be broken
    QString words;  // when it is read
    double ms = 0;  // kDense, kPromised and kCondensed: from 0; else a change
    Kind kind = Kind::kLoss;
};

// On each bar its time, and what share that is of the first bar's. Hovering or the arrow keys read bars.
class WaterfallPlot : public PlacePlot {
    Q_OBJECT

  public:
    explicit WaterfallPlot(QWidget* parent = nullptr);
    ~WaterfallPlot() override;

    void setTheme(const Theme& theme) override;
    // A zoomed view stays where it is if the bars are called the same.
    void show(std::vector<WaterfallBar> bars);
    using PlotCard::show;

    NumberTable numbers() const override;  // a row a bar, of those in view

  protected:
    void fill() override;
    void describe() override;
    QString wordsAt(std::size_t place) const override;
    void placeOverlays() override;

  private:
    struct Parts;
    void dressBars();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
