#include "plots/scaling_plot.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "look/format.h"
#include "plots/plot_canvas.h"

namespace condenser {
namespace {

constexpr double kBeside = 0.35;  // of a place, beside the first and the last one
constexpr double kHeadroom = 1.08;

// Three figures while they are few, else whole images.
QString speedText(double imagesPerSecond) {
    if (imagesPerSecond <= 0) return QStringLiteral("0");
    if (imagesPerSecond >= 99.5) return formatCount(std::llround(imagesPerSecond));
    return QString::number(imagesPerSecond, 'f', imagesPerSecond < 9.995 ? 2 : 1);
}

}  // namespace

struct ScalingPlot::Parts {
    std::vector<ScalingLine> lines;
    std::vector<double> places;  // every x of a line, rising
    QString xTitle;
    std::vector<QCPGraph*> graphs;
    std::vector<SeriesStyle> styles;

    double placeOf(double x) const {
        return static_cast<double>(std::lower_bound(places.begin(), places.end(), x) - places.begin());
    }
};

ScalingPlot::ScalingPlot(QWidget* parent)
    : PlacePlot(tr("Scaling"), tr("scaling"), parent), m_parts(std::make_unique<Parts>()) {
    legend().setElided(true);
    setLegendBelow(true);
    canvas().setWhole({-kBeside, kBeside}, {0, 1});
    canvas().xAxis->setTicks(false);
    canvas().yAxis->setTicks(false);
    setHint(tr("How both forms scale appears here when several batches or numbers of threads have been measured."));
}

ScalingPlot::~ScalingPlot() = default;

void ScalingPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    for (std::size_t i = 0; i < m_parts->graphs.size(); ++i) dress(*m_parts->graphs[i], m_parts->styles[i], theme);
}

// ---- lines ----------------------------------------------------------------------------------------------------------

void ScalingPlot::show(std::vector<ScalingLine> lines, const QString& xTitle) {
    m_parts->lines = std::move(lines);
    m_parts->xTitle = xTitle;
    std::set<double> places;
    QStringList names;
    for (const ScalingLine& line : m_parts->lines) {
        places.insert(line.x.begin(), line.x.end());
        names << line.name;
    }
    m_parts->places.assign(places.begin(), places.end());
    for (const double place : places) names << QString::number(place);
    showPlaces(places.size(), names);
}

void ScalingPlot::fill() {
    PlotCanvas& plot = canvas();
    plot.clearGraphs();
    legend().clear();
    m_parts->graphs.clear();
    m_parts->styles.clear();
    double most = 0;
    for (const ScalingLine& line : m_parts->lines) {
        SeriesStyle style{.name = line.name,
                          .ink = line.condensed ? Ink::kCondensed : Ink::kDense,
                          .shape = line.condensed ? SeriesStyle::Shape::kSquares : SeriesStyle::Shape::kDiscs,
                          .dash = dashOf(line.dash)};
        QCPGraph* graph = plot.addGraph();
        const std::size_t points = std::min(line.x.size(), line.imagesPerSecond.size());
        for (std::size_t i = 0; i < points; ++i) {
            if (!std::isfinite(line.imagesPerSecond[i])) continue;
            graph->addData(m_parts->placeOf(line.x[i]), line.imagesPerSecond[i]);
            most = std::max(most, line.imagesPerSecond[i]);
        }
        dress(*graph, style, theme());
        legend().setText(legend().add(style), line.name);
        m_parts->graphs.push_back(graph);
        m_parts->styles.push_back(std::move(style));
    }

    const bool any = !m_parts->places.empty();
    plot.setMeasures({.label = any ? m_parts->xTitle : QString()},
                     {.label = any ? tr("images/s") : QString(), .format = &speedText});
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) axis->setTicks(any);
    const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    for (const double x : m_parts->places) ticker->addTick(m_parts->placeOf(x), QString::number(x, 'g', 6));
    plot.xAxis->setTicker(ticker);
    const double last = std::max(0.0, static_cast<double>(m_parts->places.size()) - 1);
    plot.setWhole({-kBeside, last + kBeside}, {0, most > 0 ? most * kHeadroom : 1});
    setEmpty(!any);
}

void ScalingPlot::describe() {
    QStringList sentences;
    for (const ScalingLine& line : m_parts->lines) {
        if (line.x.empty() || line.imagesPerSecond.empty()) continue;
        sentences << tr("%1: %2 images/s at %3, %4 at %5.")
                         .arg(line.name, speedText(line.imagesPerSecond.front()),
                              QString::number(line.x.front(), 'g', 6), speedText(line.imagesPerSecond.back()),
                              QString::number(line.x.back(), 'g', 6));
    }
    setAccessibleName(m_parts->xTitle.isEmpty() ? title()
                                                : tr("%1: images a second by %2").arg(title(), m_parts->xTitle));
    setAccessibleDescription(sentences.join(u' '));
}

// ---- reading --------------------------------------------------------------------------------------------------------

QString ScalingPlot::wordsAt(std::size_t at) const {
    const auto place = static_cast<double>(at);
    QStringList lines{tr("%1: %2").arg(m_parts->xTitle, QString::number(m_parts->places[at], 'g', 6))};
    for (std::size_t i = 0; i < m_parts->graphs.size(); ++i) {
        const auto& data = *m_parts->graphs[i]->data();
        const auto point = data.findBegin(place, /*expandedRange=*/false);
        if (point == data.constEnd() || point->key != place) continue;
        lines << tr("%1 images/s  %2").arg(speedText(point->value), m_parts->lines[i].name);
    }
    return lines.join(u'\n');
}

NumberTable ScalingPlot::numbers() const {
    NumberTable table;
    table.keys.push_back({m_parts->xTitle, [](double x) { return x; }});
    const QCPRange seen = canvas().xAxis->range();
    for (std::size_t i = 0; i < m_parts->lines.size(); ++i) {
        NumberColumn column;
        column.head = tr("%1 (images/s)").arg(m_parts->lines[i].name);
        for (const QCPGraphData& point : *m_parts->graphs[i]->data()) {
            if (!seen.contains(point.key)) continue;
            column.x.push_back(m_parts->places[static_cast<std::size_t>(point.key)]);
            column.y.push_back(point.value);
        }
        table.columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace condenser
