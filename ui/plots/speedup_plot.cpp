#include "plots/speedup_plot.h"

#include <algorithm>
#include <utility>

#include "look/format.h"
#include "plots/place_ticker.h"
#include "plots/plot_canvas.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr double kBeside = 0.5;             // of a place, beside the first and the last one
constexpr double kHeadroom = 1.08;          // above the fastest
constexpr double kMargin = 0.25;            // of what is seen of y, above and below the intervals
constexpr double kLeastSpan = 0.05;         // of the fastest: noise is not blown up to look like a change
constexpr double kFine = 0.3;               // seen of y: below, its ticks need a place more
constexpr std::ptrdiff_t kMostMoments = 4;  // that have room to be named
constexpr double kPointSize = 7, kWhiskers = 8;

}  // namespace

struct SpeedupPlot::Parts {
    std::vector<SpeedupPoint> points;
    QCPGraph* graph = nullptr;
    QCPErrorBars* intervals = nullptr;
};

SpeedupPlot::SpeedupPlot(QWidget* parent)
    : PlacePlot(tr("Speed-up over time"), tr("speed-ups"), parent), m_parts(std::make_unique<Parts>()) {
    PlotCanvas& plot = canvas();
    m_parts->graph = plot.addGraph();
    m_parts->intervals = new QCPErrorBars(plot.xAxis, plot.yAxis);
    m_parts->intervals->setDataPlottable(m_parts->graph);
    m_parts->intervals->setWhiskerWidth(kWhiskers);
    fill();
    setHint(tr("Measure a model again, and whether it has become slower shows here."));
}

SpeedupPlot::~SpeedupPlot() = default;

void SpeedupPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    m_parts->graph->setPen(QPen(theme.muted, 1, Qt::DotLine));
    m_parts->graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.text, theme.text, kPointSize));
    m_parts->intervals->setPen(QPen(theme.text, 1.5));
}

void SpeedupPlot::show(std::vector<SpeedupPoint> points) {
    m_parts->points = std::move(points);
    QStringList moments;
    for (const SpeedupPoint& point : m_parts->points) moments << point.moment;
    showPlaces(m_parts->points.size(), moments);
}

void SpeedupPlot::fill() {
    PlotCanvas& plot = canvas();
    QVector<double> at, ratios, below, above;
    std::vector<Place> places;
    double lowest = 1, highest = 1;
    for (const SpeedupPoint& point : m_parts->points) {
        const auto place = static_cast<double>(at.size());
        lowest = at.isEmpty() ? point.low : std::min(lowest, point.low);
        highest = at.isEmpty() ? point.high : std::max(highest, point.high);
        at << place;
        ratios << point.ratio;
        below << point.ratio - point.low;
        above << point.high - point.ratio;
        places.push_back({place - kBeside, place + kBeside, point.moment,
                          std::ssize(m_parts->points) > kMostMoments ? QString::number(at.size()) : QString()});
    }
    m_parts->graph->setData(at, ratios, /*alreadySorted=*/true);
    m_parts->intervals->setData(below, above);
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) axis->setTicks(!at.isEmpty());
    // The intervals, with a margin.
    const double spare = std::max((highest - lowest) * kMargin, (kLeastSpan * highest - (highest - lowest)) / 2);
    const int decimals = highest - lowest + 2 * spare < kFine ? 3 : 2;
    plot.setMeasures(
        {}, {.format = [decimals](double ratio) { return QString::number(ratio, 'f', decimals) + QChar(0xd7); }});
    plot.xAxis->setTicker(QSharedPointer<PlaceTicker>::create(*plot.xAxis, std::move(places)));
    plot.setWhole({-kBeside, std::max(1.0, static_cast<double>(at.size())) - kBeside},
                  {0, std::max(highest * kHeadroom, highest + spare)},
                  QCPRange(std::max(0.0, lowest - spare), highest + spare));
    setEmpty(at.isEmpty());
}

void SpeedupPlot::describe() {
    QStringList sentences;
    for (const SpeedupPoint& point : m_parts->points) {
        sentences << tr("%1: %2.").arg(point.moment, timesText(point.ratio));
    }
    setAccessibleDescription(sentences.join(u' '));
}

QString SpeedupPlot::wordsAt(std::size_t place) const {
    return m_parts->points[place].moment + u'\n' + m_parts->points[place].words;
}

NumberTable SpeedupPlot::numbers() const {
    NumberTable table;
    const auto momentAt = [points = m_parts->points](double place) {
        return points[static_cast<std::size_t>(place)].moment;
    };
    table.keys = {{tr("measured"), {}, momentAt}};
    table.columns = {{tr("speed-up"), {}, {}}, {tr("from"), {}, {}}, {tr("to"), {}, {}}};
    const auto [first, last] = placesInView();
    for (std::size_t i = first; i < last; ++i) {
        const SpeedupPoint& point = m_parts->points[i];
        const double values[] = {point.ratio, point.low, point.high};
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            table.columns[c].x.push_back(static_cast<double>(i));
            table.columns[c].y.push_back(values[c]);
        }
    }
    return table;
}

}  // namespace condenser
