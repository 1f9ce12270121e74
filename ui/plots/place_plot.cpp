#include "plots/place_plot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plots/plot_canvas.h"

namespace condenser {

void PlacePlot::showPlaces(std::size_t count, const QStringList& called) {
    m_count = count;
    hideCursor();
    fill();
    if (std::exchange(m_called, called) != called) canvas().setFollowing(true);
    describe();
    canvas().requestReplot();
}

std::pair<std::size_t, std::size_t> PlacePlot::placesInView() const {
    const QCPRange seen = canvas().xAxis->range();
    const auto end = static_cast<double>(m_count);
    const double first = std::clamp(std::ceil(seen.lower - 0.5), 0.0, end);
    const double last = std::clamp(std::floor(seen.upper + 0.5) + 1, first, end);
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

void PlacePlot::pointAt(double x) {
    if (m_count == 0) return hideCursor();
    const double place = std::clamp(std::round(x), 0.0, static_cast<double>(m_count - 1));
    showCross(place, wordsAt(static_cast<std::size_t>(place)));
}

// If nothing is read yet, to the first in view.
std::optional<double> PlacePlot::nextPlace(std::optional<double> x, int direction) const {
    if (m_count == 0) return {};
    const double to = x ? std::round(*x) + direction : std::ceil(canvas().xAxis->range().lower);
    return std::clamp(to, 0.0, static_cast<double>(m_count) - 1);
}

// Names below the axis have as much room as the layout before this one gave them.
void PlacePlot::placeOverlays() {
    PlotCard::placeOverlays();
    const int width = canvas().inside().width();
    if (std::exchange(m_laidOutFor, width) != width) canvas().replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace condenser
