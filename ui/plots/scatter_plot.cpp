#include "plots/scatter_plot.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "look/format.h"
#include "plots/plot_canvas.h"

namespace condenser {
namespace {

constexpr double kReach = 14;                    // pixels from a point that still mean it
constexpr double kMargin = 0.08;                 // of the whole, around all points
constexpr int kLabelWidth = 180, kLabelGap = 9;  // pixels
constexpr double kLeastShare = 0.02;
constexpr double kSelectedSize = 11, kOtherSize = 8, kStageSize = 7;  // pixels

QCPRange around(double low, double high, double least) {
    const double size = std::max(high - low, least);
    return {(low + high) / 2 - size * (0.5 + kMargin), (low + high) / 2 + size * (0.5 + kMargin)};
}

}  // namespace

ScatterPlot::ScatterPlot(const QString& title, const QString& yTitle, QWidget* parent)
    : PlotCard(title, tr("accuracy-against-cost"), parent), m_yTitle(yTitle) {
    canvas().xAxis->grid()->setVisible(true);
    connect(&canvas(), &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) { read(nearest(event->position())); });
}

void ScatterPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    rebuild();
}

void ScatterPlot::show(std::vector<ScatterPoint> points, const QString& xTitle, Format xFormat) {
    if (xTitle != m_xTitle) {
        m_xTitle = xTitle;
        m_format = xFormat;
        canvas().setMeasures({.label = xTitle, .format = xFormat}, {.label = m_yTitle, .format = &formatShare});
        canvas().setFollowing(true);
    }
    m_points = std::move(points);
    setEmpty(m_points.empty());
    fitWhole();
    rebuild();
}

void ScatterPlot::fitWhole() {
    if (m_points.empty()) return canvas().setWhole({0, 1}, {0, 1});
    const auto [left, right] =
        std::minmax_element(m_points.begin(), m_points.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
    const auto [low, high] =
        std::minmax_element(m_points.begin(), m_points.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
    QCPRange x = around(left->x, right->x, std::max(1e-9, right->x * 0.1)), y = around(low->y, high->y, kLeastShare);
    canvas().setWhole({std::max(0.0, x.lower), x.upper}, y);
}

void ScatterPlot::wantWhole() {
    canvas().setFollowing(true);
}

void ScatterPlot::rebuild() {
    read(-1);
    PlotCanvas& plot = canvas();
    plot.clearPlottables();
    plot.clearItems();
    m_labels.clear();
    const auto colourOf = [this](const ScatterPoint& point) {
        return point.colour < 0 ? theme().muted : theme().seriesColour(point.colour);
    };
    // Lines first, so that the points stand on them.
    std::map<int, std::vector<const ScatterPoint*>> ways;
    for (const ScatterPoint& point : m_points) ways[point.run].push_back(&point);
    for (const auto& [run, way] : ways) {
        if (way.size() < 2) continue;
        auto* line = new QCPCurve(plot.xAxis, plot.yAxis);
        for (const ScatterPoint* point : way) line->addData(point->x, point->y);
        line->setPen(QPen(colourOf(*way.front()), 1, Qt::DotLine));
    }
    // The selected ones on top.
    std::vector<std::size_t> order(m_points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_partition(order.begin(), order.end(), [this](std::size_t i) { return m_points[i].colour < 0; });
    for (const std::size_t i : order) {
        const ScatterPoint& point = m_points[i];
        const QColor colour = colourOf(point);
        QCPGraph* graph = plot.addGraph();
        graph->setLineStyle(QCPGraph::lsNone);
        const double size = point.hollow ? kStageSize : point.colour < 0 ? kOtherSize : kSelectedSize;
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(colour, 1.5),
                                               QBrush(point.hollow ? theme().panel : colour), size));
        graph->addData(point.x, point.y);
        if (point.colour < 0 || point.hollow) continue;
        auto* label = new QCPItemText(&plot);
        label->setFont(smallFont());
        label->setColor(theme().text);
        label->setText(QFontMetrics(smallFont()).elidedText(point.name, Qt::ElideMiddle, kLabelWidth));
        label->position->setCoords(point.x, point.y);
        m_labels.emplace_back(label, static_cast<int>(i));
    }
    plot.requestReplot();
}

// Names beside their points, where they hide no other; one that finds no place is left to the readout.
void ScatterPlot::placeOverlays() {
    PlotCard::placeOverlays();
    const QFontMetrics metrics(smallFont());
    const QRectF inside = canvas().inside();
    std::vector<QRectF> taken;
    for (const ScatterPoint& point : m_points) {
        taken.emplace_back(canvas().toPixel(point.x) - 4, canvas().yAxis->coordToPixel(point.y) - 4, 8, 8);
    }
    for (const auto& [label, number] : m_labels) {
        const QPointF at = taken[static_cast<std::size_t>(number)].center();
        const QSizeF size(metrics.horizontalAdvance(label->text()) + 2, metrics.height());
        label->setVisible(false);
        for (const Qt::Alignment side :
             {Qt::AlignLeft | Qt::AlignVCenter, Qt::AlignLeft | Qt::AlignBottom, Qt::AlignLeft | Qt::AlignTop,
              Qt::AlignRight | Qt::AlignVCenter, Qt::AlignRight | Qt::AlignBottom, Qt::AlignRight | Qt::AlignTop}) {
            QRectF place(QPointF(), size);
            place.moveLeft(side & Qt::AlignLeft ? at.x() + kLabelGap : at.x() - kLabelGap - size.width());
            place.moveTop(side & Qt::AlignTop      ? at.y() + 2
                          : side & Qt::AlignBottom ? at.y() - 2 - size.height()
                                                   : at.y() - size.height() / 2);
            const bool free = inside.contains(place) && std::none_of(taken.begin(), taken.end(), [&](const QRectF& r) {
                                  return r.intersects(place);
                              });
            if (!free) continue;
            taken.push_back(place);
            label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
            label->position->setPixelPosition(place.topLeft());
            label->setVisible(true);
            break;
        }
    }
}

// ---- reading values -------------------------------------------------------------------------------------------------

QPointF ScatterPlot::placeOf(int point) const {
    const ScatterPoint& at = m_points[static_cast<std::size_t>(point)];
    return canvas().mapTo(this, QPointF(canvas().toPixel(at.x), canvas().yAxis->coordToPixel(at.y)));
}

int ScatterPlot::nearest(const QPointF& at) const {
    int best = -1;
    double least = kReach;
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const double distance =
            std::hypot(canvas().toPixel(m_points[i].x) - at.x(), canvas().yAxis->coordToPixel(m_points[i].y) - at.y());
        if (distance >= least) continue;
        least = distance;
        best = static_cast<int>(i);
    }
    return best;
}

void ScatterPlot::read(int point) {
    m_read = point;
    canvas().setCursor(point >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (point < 0) return hideCursor();
    const ScatterPoint& at = m_points[static_cast<std::size_t>(point)];
    showCross(at.x, tr("%1\n%2 · %3").arg(at.name, m_format(at.x), formatShare(at.y)));
}

void ScatterPlot::clickedAt(const QPointF& at, Qt::KeyboardModifiers /*modifiers*/) {
    if (const int point = nearest(at); point >= 0) emit runClicked(m_points[static_cast<std::size_t>(point)].run);
}

void ScatterPlot::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_read >= 0) {
        emit runClicked(m_points[static_cast<std::size_t>(m_read)].run);
        return;
    }
    const bool walks = (key == Qt::Key_Left || key == Qt::Key_Right) && event->modifiers() == Qt::NoModifier;
    if (!walks || m_points.empty()) return PlotCard::keyPressEvent(event);
    // From the cheapest to the dearest.
    std::vector<int> order(m_points.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) {
        return m_points[static_cast<std::size_t>(a)].x < m_points[static_cast<std::size_t>(b)].x;
    });
    const auto place = std::find(order.begin(), order.end(), m_read);
    if (place == order.end()) return read(order.front());
    const std::ptrdiff_t next = (place - order.begin()) + (key == Qt::Key_Right ? 1 : -1);
    read(order[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(next, 0, std::ssize(order) - 1))]);
}

// ---- taking it out --------------------------------------------------------------------------------------------------

Exhibit ScatterPlot::exhibit() const {
    Exhibit seen = PlotCard::exhibit();
    seen.csv = [text = csv()] { return text; };
    return seen;
}

// A row a point, of those in view.
QString ScatterPlot::csv() const {
    QString text = csvCell(tr("run")) + u',' + csvCell(m_xTitle) + u',' + csvCell(m_yTitle) + u'\n';
    for (const ScatterPoint& point : m_points) {
        if (!canvas().xAxis->range().contains(point.x) || !canvas().yAxis->range().contains(point.y)) continue;
        text += csvCell(point.name) + u',' + QString::number(point.x, 'g', 10) + u',' +
                QString::number(point.y, 'g', 10) + u'\n';
    }
    return text;
}

}  // namespace condenser
