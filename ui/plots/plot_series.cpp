#include "plots/plot_series.h"

#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr double kBeyond = 0.5;  // epochs beside a curve's ends that still mean it

// `graph` holds the points `start` and following; those from `changed` on get their new places.
void placeAgain(QCPGraph& graph, std::size_t start, std::size_t changed, std::span<const double> epochs,
                const XScale& scale) {
    const auto count = static_cast<std::size_t>(graph.dataCount());
    if (start + count <= changed) return;
    QVector<QCPGraphData> points(graph.data()->constBegin(), graph.data()->constEnd());
    for (std::size_t i = std::max(start, changed); i < start + count; ++i) {
        points[static_cast<qsizetype>(i - start)].key = scale.toAxis(epochs[i]);
    }
    graph.data()->set(points, /*alreadySorted=*/true);
}

}  // namespace

PlotSeries::PlotSeries(PlotCanvas& canvas, const SeriesStyle& style)
    : m_canvas(canvas), m_style(style), m_theme(darkTheme()), m_graph(canvas.addGraph()) {
    setTheme(m_theme);
}

PlotSeries::~PlotSeries() {
    m_canvas.removeGraph(m_graph);
    for (QCPGraph* graph : m_segments) m_canvas.removeGraph(graph);
}

void PlotSeries::setTheme(const Theme& theme) {
    m_theme = theme;
    dress(*m_graph, m_style, theme);
    for (QCPGraph* graph : m_segments) dress(*graph, m_smoothStyle, theme);
}

void PlotSeries::setStyle(const SeriesStyle& style) {
    m_style = style;
    setTheme(m_theme);
}

bool PlotSeries::stairs() const {
    return m_style.shape == SeriesStyle::Shape::kStairs || m_style.shape == SeriesStyle::Shape::kPlan;
}

// ---- points ---------------------------------------------------------------------------------------------------------

void PlotSeries::append(std::span<const double> epochs, std::span<const double> values, const XScale& scale) {
    const std::size_t first = m_epochs.size();
    m_epochs.insert(m_epochs.end(), epochs.begin(), epochs.end());
    m_values.insert(m_values.end(), values.begin(), values.end());
    QVector<double> x;
    for (const double epoch : epochs) x << scale.toAxis(epoch);
    m_graph->addData(x, QVector<double>(values.begin(), values.end()), /*alreadySorted=*/true);
    if (m_weight > 0) smoothFrom(first, scale);
}

void PlotSeries::clear() {
    m_epochs.clear();
    m_values.clear();
    m_smoothed.clear();
    m_smoother.restart();
    m_segment = 0;
    m_graph->data()->clear();
    for (QCPGraph* graph : m_segments) graph->data()->clear();
}

void PlotSeries::place(const XScale& scale, double fromEpoch) {
    const auto at = std::lower_bound(m_epochs.begin(), m_epochs.end(), fromEpoch);
    const auto changed = static_cast<std::size_t>(at - m_epochs.begin());
    placeAgain(*m_graph, 0, changed, m_epochs, scale);
    std::size_t start = 0;
    for (QCPGraph* graph : m_segments) {
        placeAgain(*graph, start, changed, m_epochs, scale);
        start += static_cast<std::size_t>(graph->dataCount());
    }
}

// ---- smoothing ------------------------------------------------------------------------------------------------------

void PlotSeries::setSmoothing(double weight, const SeriesStyle& style, const XScale& scale) {
    m_weight = weight;
    m_smoothStyle = style;
    m_smoothed.clear();
    m_smoother = Smoother(weight);
    m_segment = 0;
    for (QCPGraph* graph : m_segments) graph->data()->clear();
    if (m_weight > 0) smoothFrom(0, scale);
}

QCPGraph* PlotSeries::segment(std::size_t index) {
    while (m_segments.size() <= index) {
        m_segments.push_back(m_canvas.addGraph());
        dress(*m_segments.back(), m_smoothStyle, m_theme);
    }
    return m_segments[index];
}

void PlotSeries::smoothFrom(std::size_t first, const XScale& scale) {
    QVector<double> x, y;
    const auto flush = [&] {
        segment(m_segment)->addData(x, y, /*alreadySorted=*/true);
        x.clear();
        y.clear();
    };
    for (std::size_t i = first; i < m_epochs.size(); ++i) {
        // What stands at a break's epoch itself came before it.
        while (m_segment < m_breaks.size() && m_epochs[i] > m_breaks[m_segment]) {
            flush();
            ++m_segment;
            m_smoother.restart();
        }
        m_smoothed.push_back(m_smoother.next(m_values[i]));
        x << scale.toAxis(m_epochs[i]);
        y << m_smoothed.back();
    }
    flush();
}

// ---- reading --------------------------------------------------------------------------------------------------------

std::optional<PlotSeries::Reading> PlotSeries::at(double epoch) const {
    if (m_epochs.empty() || epoch > m_epochs.back() + kBeyond || epoch < m_epochs.front() - kBeyond) return {};
    const auto right = std::upper_bound(m_epochs.begin(), m_epochs.end(), epoch) - m_epochs.begin();
    auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, right - 1));
    if (!stairs() && i + 1 < m_epochs.size() && m_epochs[i + 1] - epoch < epoch - m_epochs[i]) ++i;
    return Reading{m_values[i], m_weight > 0 ? m_smoothed[i] : m_values[i]};
}

NumberColumn PlotSeries::column(double lower, double upper, bool smoothed) const {
    NumberColumn column;
    column.head = m_style.unit.isEmpty() ? m_style.name : QStringLiteral("%1 (%2)").arg(m_style.name, m_style.unit);
    const auto first = std::lower_bound(m_epochs.begin(), m_epochs.end(), lower) - m_epochs.begin();
    const auto last = std::upper_bound(m_epochs.begin(), m_epochs.end(), upper) - m_epochs.begin();
    const auto& source = smoothed && m_weight > 0 ? m_smoothed : m_values;
    column.x.assign(m_epochs.begin() + first, m_epochs.begin() + last);
    column.y.assign(source.begin() + first, source.begin() + last);
    for (double& value : column.y) value *= m_style.unitsPerValue;
    return column;
}

}  // namespace condenser
