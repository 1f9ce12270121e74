// Where the moments and the condensing steps of a run stand on a line, and which words fit below it.
#pragma once

#include <QFontMetricsF>
#include <QStringList>
#include <vector>

#include "connections/connections_source.h"

namespace condenser {

// Moments by epoch over the planned run, moved just so far that neighbours can be told apart: before and after a step
// stand at the same epoch, often with the end of that epoch. Never out of order.
class MomentAxis {
  public:
    MomentAxis() = default;
    // `width`: pixels from epoch 0 to the end.
    MomentAxis(const ConnectionsSource& source, double width);

    double width() const { return m_width; }
    double ofMoment(int moment) const { return m_places[static_cast<std::size_t>(moment)]; }
    // The nearest one; -1 where there is none.
    int momentAt(double x) const;
    // Of the condensing step with that number in the source's list: where the moment after it stands, or will.
    double ofStep(std::size_t step) const { return m_steps[step]; }
    // The moment after it; -1: that is to come.
    int momentOfStep(std::size_t step) const { return m_stepMoments[step]; }
    // Pixels between moments at their densest, steps aside.
    double spacing() const { return m_spacing; }

  private:
    double ofEpoch(double epoch) const;

    double m_width = 0, m_epochs = 1, m_spacing = 0;
    std::vector<double> m_places, m_steps;
    std::vector<int> m_stepMoments;
};

// The moment as somebody reads it who does not see the line: "epoch 5", "before step 2 · epoch 4".
QString momentWords(const ConnectionsSource& source, int moment);

struct AxisLabel {
    QString text;
    double left = 0, width = 0;  // pixels
    bool muted = false;          // of what is to come
};
// "dense", one for each condensing step, and the run's length if there is room: the longest wording with which none
// touches another; at the shortest, some are left out. Between `from` and `to`, in pixels from epoch 0 as well.
std::vector<AxisLabel> axisLabels(const ConnectionsSource& source, const MomentAxis& axis, const QFontMetricsF& font,
                                  double from, double to);

}  // namespace condenser
