// From one time to another in steps, each beginning where the one before it ended.
#pragma once

#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct WaterfallBar {
    enum class Kind { kDense, kPromised, kLoss, kGain, kCondensed };
    QString name;   // below the bar, in few words
    QString words;  // when it is read
    double ms = 0;  // kDense, kPromised and kCondensed: from 0; else a change
    Kind kind = Kind::kLoss;
};

class WaterfallPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit WaterfallPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void show(std::vector<WaterfallBar> bars);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
};

}  // namespace condenser
