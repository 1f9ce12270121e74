// Timed calls as they come: a point each, the dense network's and the condensed one's, by their number.
#pragma once

#include <vector>

#include "plots/plot_card.h"

namespace condenser {

// Milliseconds; y begins at 0. Medians as lines. Beyond some thousands each column of pixels keeps its extremes:
// nothing that was slow is thinned away; numbers() has every sample.
class SamplesPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit SamplesPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void clear();
    // Behind those that are there; of the dense (0) or the condensed (1) form.
    void add(std::size_t form, const std::vector<double>& ms);
    // All of a finished measurement.
    void show(const std::vector<double>& denseMs, const std::vector<double>& condensedMs);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    void wantWhole() override;
    void viewChosen() override;
};

}  // namespace condenser
