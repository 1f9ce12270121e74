// What confidence is worth: how often answers of each confidence are right, beside the line on which both are equal.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "io/model_file.h"
#include "plots/plot_card.h"
#include "run/answer_statistics.h"

class QCPItemText;

namespace condenser {

// A bar for each bin of confidence, as high as the accuracy of its pictures, with their number above. Bars of few
// pictures are hollow. Arrow keys go from bin to bin.
class ReliabilityPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit ReliabilityPlot(QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    // Of the answers of one form, which gives its colour. At most twice a second it is painted anew.
    void show(std::vector<ReliabilityBin> bins, double calibrationError, Variant form);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override;
    std::optional<double> nextPlace(std::optional<double> x, int direction) const override;
    void placeOverlays() override;

  private:
    void rebuild();
    void describe();
    int binAt(double x) const;  // -1: of no picture
    void read(int bin);
    int pictures() const;

    std::vector<ReliabilityBin> m_bins;
    double m_calibrationError = 0;
    Variant m_form = Variant::kCondensed;
    std::vector<std::pair<QCPItemText*, double>> m_labels;  // pictures of a bar, and the bar's width on the axis
    int m_read = -1;
};

}  // namespace condenser
