// A curve of an EpochPlot: its points by epochs, and where they stand on the axis of now. For the .cpp files of this
// folder only.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "plots/number_table.h"
#include "plots/plot_canvas.h"
#include "plots/smoothing.h"
#include "plots/x_scale.h"

namespace condenser {

// Adding points costs as much as there are new ones. A smoothed curve is drawn over the points as they are.
class PlotSeries {
  public:
    PlotSeries(PlotCanvas& canvas, const SeriesStyle& style);
    ~PlotSeries();
    PlotSeries(const PlotSeries&) = delete;
    PlotSeries& operator=(const PlotSeries&) = delete;

    const SeriesStyle& style() const { return m_style; }
    void setStyle(const SeriesStyle& style);
    void setTheme(const Theme& theme);
    // What is smoothed begins anew behind each of these epochs, and its line is not drawn across them.
    void setBreaks(std::vector<double> epochs) { m_breaks = std::move(epochs); }
    // 0: not at all. `style`: of the smoothed curve.
    void setSmoothing(double weight, const SeriesStyle& style, const XScale& scale);
    bool smoothed() const { return m_weight > 0; }

    // x must rise from call to call.
    void append(std::span<const double> epochs, std::span<const double> values, const XScale& scale);
    void clear();
    // The scale has changed for points from this epoch on.
    void place(const XScale& scale, double fromEpoch);

    std::span<const double> epochs() const { return m_epochs; }
    std::span<const double> values() const { return m_values; }  // unsmoothed
    std::size_t size() const { return m_epochs.size(); }
    struct Reading {
        double value, smoothed;  // the same where nothing is smoothed
    };
    // The nearest point, or for stairs the last one. Half an epoch beyond its ends a curve is still meant.
    std::optional<Reading> at(double epoch) const;
    // Between these epochs, in the style's unit.
    NumberColumn column(double lower, double upper, bool smoothed) const;

  private:
    void smoothFrom(std::size_t first, const XScale& scale);
    QCPGraph* segment(std::size_t index);
    bool stairs() const;

    PlotCanvas& m_canvas;
    SeriesStyle m_style, m_smoothStyle;
    Theme m_theme;
    std::vector<double> m_epochs, m_values;
    QCPGraph* m_graph;

    double m_weight = 0;
    Smoother m_smoother;
    std::vector<double> m_smoothed;  // as many as there are points, if they are smoothed
    std::vector<double> m_breaks;
    std::vector<QCPGraph*> m_segments;  // between the breaks
    std::size_t m_segment = 0;          // of the last point
};

}  // namespace condenser
