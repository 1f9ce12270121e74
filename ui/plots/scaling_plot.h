// How both forms scale: images a second by batch or by threads, the measured places side by side as ticks.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/plot_card.h"

namespace condenser {

struct ScalingLine {
    QString name;  // "condensed, 2 threads"
    bool condensed = false;
    int dash = 0;                            // which of several lines of a form
    std::vector<double> x, imagesPerSecond;  // x rises
};

// Places stand one apart, whatever is between them: 1, 8, 64 as 1, 2, 4. Dense lines have discs, condensed ones
// squares.
class ScalingPlot : public PlotCard {
    Q_OBJECT

  public:
    explicit ScalingPlot(QWidget* parent = nullptr);
    ~ScalingPlot() override;

    void setTheme(const Theme& theme) override;
    // A zoomed view stays where it is if the places and the lines are the same. `xTitle`: "pictures a call".
    void show(std::vector<ScalingLine> lines, const QString& xTitle);
    using PlotCard::show;

    NumberTable numbers() const override;

  protected:
    void pointAt(double x) override;
    void pointNowhere() override { hideCursor(); }
    void wantWhole() override;
    void viewChosen() override {}
    std::optional<double> nextPlace(std::optional<double> x, int direction) const override;

  private:
    struct Parts;
    void fill();
    void describe();
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
