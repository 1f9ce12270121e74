#include "plots/layer_bars_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "look/format.h"
#include "plots/place_ticker.h"
#include "plots/plot_canvas.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr double kBarWidth = 0.84;  // of a layer's place
constexpr double kMarkWidth = 1;
constexpr double kHeadroom = 1.08;
constexpr double kUsPerMs = 1000;
constexpr int kMarkHalo = 3;  // pixels
const double kGap = std::numeric_limits<double>::quiet_NaN();

}  // namespace

struct LayerBarsPlot::Parts {
    std::vector<LayerBar> layers;
    QCPBars* dense = nullptr;
    QCPBars* condensed = nullptr;
    QCPGraph* halo = nullptr;  // around the marks: they must be seen on bars and beside them
    QCPGraph* promised = nullptr;
    std::vector<QCPItemRect*> bands;  // behind every other block

    struct Block {
        int number;
        std::size_t first, last;
    };
    std::vector<Block> runs() const {
        std::vector<Block> runs;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (runs.empty() || runs.back().number != layers[i].block) runs.push_back({layers[i].block, i, i});
            runs.back().last = i;
        }
        return runs;
    }
};

LayerBarsPlot::LayerBarsPlot(QWidget* parent)
    : PlacePlot(tr("Where the time goes"), tr("layers"), parent), m_parts(std::make_unique<Parts>()) {
    PlotCanvas& plot = canvas();
    m_parts->dense = new QCPBars(plot.xAxis, plot.yAxis);
    m_parts->condensed = new QCPBars(plot.xAxis, plot.yAxis);
    for (QCPBars* bars : {m_parts->dense, m_parts->condensed}) {
        bars->setWidth(kBarWidth);
        bars->setPen(Qt::NoPen);
    }
    m_parts->halo = plot.addGraph();
    m_parts->promised = plot.addGraph();
    for (QCPGraph* graph : {m_parts->halo, m_parts->promised}) graph->setAdaptiveSampling(false);
    legend().setText(legend().add({.ink = Ink::kDense, .shape = SeriesStyle::Shape::kBars}), tr("dense, above"));
    legend().setText(legend().add({.ink = Ink::kCondensed, .shape = SeriesStyle::Shape::kBars}),
                     tr("condensed, below"));
    legend().setText(legend().add({.ink = Ink::kText, .shape = SeriesStyle::Shape::kPlainLine}), tr("promised"));
    setLegendBelow(true);
    legend().setToolTip(
        tr("A mark on a bar below: the time of a condensed layer if each of its multiply-adds took as long as one of "
           "the dense layer."));
    fill();
    setHint(tr("The time of each layer appears here when it has been measured."));
}

LayerBarsPlot::~LayerBarsPlot() = default;

void LayerBarsPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    dressBars();
}

void LayerBarsPlot::dressBars() {
    const Theme& now = theme();
    m_parts->dense->setBrush(now.dense);
    m_parts->condensed->setBrush(now.condensed);
    QPen mark(now.text, 1.5);
    mark.setCapStyle(Qt::FlatCap);
    m_parts->promised->setPen(mark);
    mark.setColor(now.panel);
    mark.setWidthF(kMarkHalo);
    m_parts->halo->setPen(mark);
    for (QCPItemRect* band : m_parts->bands) band->setBrush(now.hover);
    canvas().yAxis->grid()->setZeroLinePen(QPen(now.muted, 1));
}

// ---- bars -----------------------------------------------------------------------------------------------------------

void LayerBarsPlot::show(std::vector<LayerBar> layers) {
    m_parts->layers = std::move(layers);
    QStringList names;
    for (const LayerBar& layer : m_parts->layers) names << layer.name;
    showPlaces(m_parts->layers.size(), names);
}

void LayerBarsPlot::fill() {
    PlotCanvas& plot = canvas();
    QVector<double> at, dense, condensed, markAt, mark;
    double up = 0, down = 0;
    for (std::size_t i = 0; i < m_parts->layers.size(); ++i) {
        const LayerBar& layer = m_parts->layers[i];
        const auto x = static_cast<double>(i);
        at << x;
        dense << layer.denseUs / kUsPerMs;
        condensed << -layer.condensedUs / kUsPerMs;
        up = std::max(up, dense.back());
        down = std::max({down, -condensed.back(), layer.promisedUs / kUsPerMs});
        if (layer.promisedUs <= 0) continue;
        const double promised = -layer.promisedUs / kUsPerMs;
        markAt << x - kMarkWidth / 2 << x + kMarkWidth / 2 << x + kMarkWidth / 2;
        mark << promised << promised << kGap;
    }
    m_parts->dense->setData(at, dense, /*alreadySorted=*/true);
    m_parts->condensed->setData(at, condensed, /*alreadySorted=*/true);
    m_parts->halo->setData(markAt, mark, /*alreadySorted=*/true);
    m_parts->promised->setData(markAt, mark, /*alreadySorted=*/true);

    for (QCPItemRect* band : m_parts->bands) plot.removeItem(band);
    m_parts->bands.clear();
    std::vector<Place> places;
    for (const Parts::Block& block : m_parts->runs()) {
        if (block.number == 0) continue;
        const double from = static_cast<double>(block.first) - 0.5, to = static_cast<double>(block.last) + 0.5;
        places.push_back({from, to, tr("block %1").arg(block.number), QString::number(block.number)});
        if (block.number % 2 == 0) continue;
        auto* band = new QCPItemRect(&plot);
        band->setLayer(QStringLiteral("background"));
        for (QCPItemPosition* corner : {band->topLeft, band->bottomRight})
            corner->setTypeY(QCPItemPosition::ptAxisRectRatio);
        band->topLeft->setCoords(from, 0);
        band->bottomRight->setCoords(to, 1);
        band->setPen(Qt::NoPen);
        m_parts->bands.push_back(band);
    }
    plot.setMeasures({}, timeMeasure(std::max(up, down)));
    plot.xAxis->setTicks(!places.empty());
    plot.yAxis->setTicks(!m_parts->layers.empty());
    plot.xAxis->setTicker(QSharedPointer<PlaceTicker>::create(*plot.xAxis, std::move(places)));
    plot.xAxis->setTickLength(0);
    const double count = std::max(1.0, static_cast<double>(m_parts->layers.size()));
    if (up <= 0 && down <= 0) up = down = 1;
    plot.setWhole({-0.5, count - 0.5}, {-std::max(down, up * 0.05) * kHeadroom, up * kHeadroom});
    setEmpty(m_parts->layers.empty());
    dressBars();
}

void LayerBarsPlot::describe() {
    if (m_parts->layers.empty()) return setAccessibleDescription({});
    double dense = 0, condensed = 0;
    for (const LayerBar& layer : m_parts->layers) {
        dense += layer.denseUs / kUsPerMs;
        condensed += layer.condensedUs / kUsPerMs;
    }
    const auto slowest = std::max_element(m_parts->layers.begin(), m_parts->layers.end(),
                                          [](const auto& a, const auto& b) { return a.condensedUs < b.condensedUs; });
    setAccessibleDescription(tr("%1: dense %2, condensed %3 in all. Slowest of the condensed ones: %4, %5.")
                                 .arg(formatPlural(std::ssize(m_parts->layers), tr("layer"), tr("layers")),
                                      timeText(dense), timeText(condensed), slowest->name,
                                      timeText(slowest->condensedUs / kUsPerMs)));
}

QString LayerBarsPlot::wordsAt(std::size_t place) const {
    const LayerBar& layer = m_parts->layers[place];
    QStringList lines{layer.name};
    lines
        << tr("dense %1, condensed %2").arg(timeText(layer.denseUs / kUsPerMs), timeText(layer.condensedUs / kUsPerMs));
    if (layer.denseUs > 0 && layer.condensedUs > 0) {
        const QString realised = timesText(layer.denseUs / layer.condensedUs);
        lines << (layer.promisedUs > 0
                      ? tr("%1 as fast, %2 promised").arg(realised, timesText(layer.denseUs / layer.promisedUs))
                      : tr("%1 as fast").arg(realised));
    }
    return lines.join(u'\n');
}

NumberTable LayerBarsPlot::numbers() const {
    NumberTable table;
    const auto layerAt = [layers = m_parts->layers](double place) { return layers[static_cast<std::size_t>(place)]; };
    table.keys = {
        {tr("layer"), {}, [layerAt](double place) { return layerAt(place).name; }},
        {tr("block"), [layerAt](double place) { return layerAt(place).block > 0 ? layerAt(place).block : kGap; }}};
    table.columns = {{tr("dense (µs)"), {}, {}}, {tr("condensed (µs)"), {}, {}}, {tr("promised (µs)"), {}, {}}};
    const auto [first, last] = placesInView();
    for (std::size_t i = first; i < last; ++i) {
        const LayerBar& layer = m_parts->layers[i];
        const double times[] = {layer.denseUs, layer.condensedUs, layer.promisedUs};
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            if (times[c] <= 0) continue;
            table.columns[c].x.push_back(static_cast<double>(i));
            table.columns[c].y.push_back(times[c]);
        }
    }
    return table;
}

}  // namespace condenser
