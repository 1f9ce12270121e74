// Timed calls as they come: a point each, the dense network's and the condensed one's, by their number.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "plots/plot_card.h"

namespace condenser {

// Milliseconds; y begins at 0. Medians as lines. Beyond some thousands each column of pixels keeps its extremes:
// nothing that was slow is thinned away; numbers() has every sample. Where a few calls were so slow that all others
// would lie flat on the floor, the view ends below them: each is an arrowhead at the top, the caption counts them, and
// zooming out shows them. What is new is looked at when it is painted: twice a second, and not while hidden.
class SamplesPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit SamplesPlot(QWidget* parent = nullptr);
    ~SamplesPlot() override;

    void setTheme(const Theme& theme) override;
    void clear();
    // Behind those that are there; of the dense (0) or the condensed (1) form.
    void add(std::size_t form, const std::vector<double>& ms);
    // All of a finished measurement, in whole.
    void show(const std::vector<double>& denseMs, const std::vector<double>& condensedMs);
    using PlotCard::show;

    std::pair<double, double> shownY() const;  // ms
    Exhibit exhibit() const override;
    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    std::optional<double> nextPlace(std::optional<double> x, int direction) const override;
    void keyPressEvent(QKeyEvent* event) override;
    void placeOverlays() override;

  private:
    struct Parts;
    void append(std::size_t form, std::span<const double> ms);
    void summarise();  // medians, where the view ends
    void measure();
    void describe();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
