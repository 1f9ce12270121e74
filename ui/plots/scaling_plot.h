// How both forms scale: images a second by batch or by threads, the measured places side by side as ticks.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/place_plot.h"

namespace condenser {

struct ScalingLine {
    QString name;  // "condensed, 2 threads"
    bool condensed = false;
    int dash = 0;                            // which of several lines of a form
    std::vector<double> x, imagesPerSecond;  // x rises
};

// Places stand one apart, whatever is between them: 1, 8, 64 as 1, 2, 4. Dense lines have discs, condensed ones
// squares.
class ScalingPlot : public PlacePlot {
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
    void fill() override;
    void describe() override;
    QString wordsAt(std::size_t place) const override;

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
