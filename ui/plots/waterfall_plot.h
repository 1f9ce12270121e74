// From one time to another in steps, each beginning where the one before it ended.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct WaterfallBar {
    enum class Kind { kDense, kPromised, kLoss, kGain, kCondensed };
    QString name;   // below the bar, in few short words; soft hyphens say where they may be broken
    QString words;  // when it is read
    double ms = 0;  // kDense, kPromised and kCondensed: from 0; else a change
    Kind kind = Kind::kLoss;
};

// On each bar its time, and what share that is of the first bar's. Hovering or the arrow keys read bars.
class WaterfallPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit WaterfallPlot(QWidget* parent = nullptr);
    ~WaterfallPlot() override;

    void setTheme(const Theme& theme) override;
    // A zoomed view stays where it is if the bars are called the same.
    void show(std::vector<WaterfallBar> bars);
    using PlotCard::show;

    Exhibit exhibit() const override;  // its numbers are a row a bar, of those in view
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
