// What confidence is worth: how often answers of each confidence are right, beside the line on which both are equal.
#pragma once

#include <vector>

#include "plots/plot_card.h"
#include "run/answer_statistics.h"

namespace condenser {

class ReliabilityPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit ReliabilityPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void show(std::vector<ReliabilityBin> bins, double calibrationError);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
};

}  // namespace condenser
