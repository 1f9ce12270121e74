// One speed-up as it was measured several times, from the oldest to the latest, each with its interval.
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "plots/place_plot.h"

namespace condenser {

struct SpeedupPoint {
    QString moment;  // "2026-11-27 21:30"
    QString words;   // when it is read
    double ratio = 1;
    double low = 1, high = 1;  // both the ratio itself: no interval is known
};

class SpeedupPlot : public PlacePlot {
    Q_OBJECT

  public:
    explicit SpeedupPlot(QWidget* parent = nullptr);
    ~SpeedupPlot() override;

    void setTheme(const Theme& theme) override;
    void show(std::vector<SpeedupPoint> points);
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
