#include "plots/overlay_plot.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "look/format.h"
#include "plots/plot_canvas.h"

namespace condenser {
namespace {

constexpr double kMargin = 0.02;    // of the whole, beside the curves
constexpr double kClickReach = 10;  // pixels from a curve that still mean it
constexpr double kShareTop = 1.02;  // a little above 100 %
constexpr double kLossHeadroom = 1.06;
constexpr int kLongestName = 28;  // letters in the readout
constexpr qsizetype kMostLines = 8;
const QString kBeside = QStringLiteral("      ");
constexpr double kHour = 3600, kMinute = 60;

using X = OverlayPlot::X;
using Y = OverlayPlot::Y;

double xOf(const OverlayRun::Point& point, X x) {
    switch (x) {
        case X::kEpoch:
            return point.epoch;
        case X::kTime:
            return point.seconds;
        case X::kProgress:
            return point.progress;
        case X::kMacs:
            return point.macs;
    }
    return point.epoch;
}

double yOf(const OverlayRun::Point& point, Y y) {
    switch (y) {
        case Y::kTestAccuracy:
            return point.testTop1;
        case Y::kTestLoss:
            return point.testLoss;
        case Y::kTrainAccuracy:
            return point.trainTop1;
        case Y::kTrainLoss:
            return point.trainLoss;
        case Y::kKept:
            return point.kept;
    }
    return point.testTop1;
}

bool isShare(Y y) {
    return y == Y::kTestAccuracy || y == Y::kTrainAccuracy || y == Y::kKept;
}

QString percent(double share) {
    return QString::number(share * 100, 'f', share > 0.9 && share < 0.9995 ? 1 : 0) + QChar(0x202f) + u'%';
}

QString loss(double value) {
    return QString::number(value, 'f', value < 10 ? 2 : 0);
}

// Between two neighbours as the line runs; nothing beside the curve's ends.
std::optional<double> lineAt(const QCPGraphDataContainer& data, double x) {
    if (data.isEmpty() || x < data.constBegin()->key || x > (data.constEnd() - 1)->key) return {};
    const auto right = data.findBegin(x, /*expandedRange=*/false);
    if (right == data.constBegin() || right->key == x) return right->value;
    const auto left = right - 1;
    return left->value + (right->value - left->value) * (x - left->key) / (right->key - left->key);
}

}  // namespace

struct OverlayPlot::Parts {
    struct Curve {
        QCPGraph* line;
        QCPGraph* marks;
        SeriesStyle style, markStyle;
    };
    std::vector<OverlayRun> runs;
    X x = X::kEpoch;
    Y y = Y::kTestAccuracy;
    std::vector<Curve> curves;

    QString xHead() const {
        switch (x) {
            case X::kTime:
                return tr("time (s)");
            case X::kProgress:
                return tr("progress (%)");
            case X::kMacs:
                return tr("multiply-adds spent");
            default:
                return tr("epoch");
        }
    }
    QString yTitle() const {
        switch (y) {
            case Y::kTestAccuracy:
                return tr("Test accuracy");
            case Y::kTestLoss:
                return tr("Test loss");
            case Y::kTrainAccuracy:
                return tr("Training accuracy");
            case Y::kTrainLoss:
                return tr("Training loss");
            case Y::kKept:
                return tr("Connections kept");
        }
        return {};
    }
    double longestX() const {
        double longest = 0;
        for (const OverlayRun& run : runs) {
            for (const auto& point : run.points) {
                if (std::isfinite(xOf(point, x))) longest = std::max(longest, xOf(point, x));
            }
        }
        return longest > 0 ? longest : 1;
    }
    AxisMeasure measureOfX() const {
        const auto plain = [](double value) { return QString::number(value, 'g', 6); };
        switch (x) {
            case X::kTime: {
                const double longest = longestX();
                const double unit = longest >= 2 * kHour ? kHour : longest >= 2 * kMinute ? kMinute : 1;
                return {.label = unit == kHour     ? tr("time (h)")
                                 : unit == kMinute ? tr("time (min)")
                                                   : tr("time (s)"),
                        .format = [unit, plain](double seconds) { return plain(seconds / unit); },
                        .unit = unit,
                        .clock = unit < kHour};
            }
            case X::kProgress:
                return {.label = tr("progress (%)"), .format = [](double share) { return percent(share); }};
            case X::kMacs:
                return {.label = tr("multiply-adds spent"),
                        .format = [](double macs) { return macs > 0 ? formatAmount(macs) : QStringLiteral("0"); }};
            default:
                return {.label = tr("epoch"), .format = plain, .whole = true};
        }
    }
    QString xText(double value) const {
        switch (x) {
            case X::kTime:
                return formatDuration(value);
            case X::kProgress:
                return tr("progress %1").arg(formatShare(value));
            case X::kMacs:
                return tr("%1 multiply-adds").arg(formatAmount(value));
            default:
                return tr("epoch %1").arg(value, 0, 'f', 1);
        }
    }
};

OverlayPlot::OverlayPlot(QWidget* parent)
    : PlotCard(tr("Curves"), QStringLiteral("runs"), parent), m_parts(std::make_unique<Parts>()) {
    legend().setElided(true);
    setLegendBelow(true);
    canvas().setMeasures(m_parts->measureOfX(), {.format = percent});
    canvas().setWhole({0, 1}, {0, kShareTop});
}

OverlayPlot::~OverlayPlot() = default;

void OverlayPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    for (const Parts::Curve& curve : m_parts->curves) {
        dress(*curve.line, curve.style, theme);
        dress(*curve.marks, curve.markStyle, theme);
    }
}

// ---- the curves -----------------------------------------------------------------------------------------------------

void OverlayPlot::show(std::vector<OverlayRun> runs, X x, Y y) {
    const bool same = x == m_parts->x && y == m_parts->y && runs.size() == m_parts->runs.size() &&
                      std::equal(runs.begin(), runs.end(), m_parts->runs.begin(),
                                 [](const OverlayRun& a, const OverlayRun& b) { return a.name == b.name; });
    m_parts->runs = std::move(runs);
    m_parts->x = x;
    m_parts->y = y;
    setTitle(m_parts->yTitle());
    canvas().setMeasures(m_parts->measureOfX(), {.format = isShare(y) ? percent : loss});
    fill();
    fitWhole();
    if (!same) canvas().setFollowing(true);
    setEmpty(m_parts->runs.empty());
    hideCursor();
    setTextsLow(y == Y::kTestAccuracy || y == Y::kTrainAccuracy);
    describe();
    canvas().replot(QCustomPlot::rpQueuedReplot);
}

void OverlayPlot::fill() {
    canvas().clearGraphs();
    m_parts->curves.clear();
    legend().clear();
    for (std::size_t i = 0; i < m_parts->runs.size(); ++i) {
        const OverlayRun& run = m_parts->runs[i];
        Parts::Curve curve{canvas().addGraph(), nullptr, {}, {}};
        curve.style = {.name = run.name,
                       .shape = m_parts->y == Y::kKept ? SeriesStyle::Shape::kStairs : SeriesStyle::Shape::kPlainLine,
                       .series = run.colour,
                       .dash = dashOf(run.colour)};
        curve.markStyle = {.shape = SeriesStyle::Shape::kMarks, .series = run.colour};
        QVector<double> epochs, x, y;
        for (const auto& point : run.points) {
            const double at = xOf(point, m_parts->x), value = yOf(point, m_parts->y);
            if (!std::isfinite(at) || !std::isfinite(value)) continue;
            epochs << point.epoch;
            x << at;
            y << value;
        }
        curve.line->setData(x, y);
        m_parts->curves.push_back(curve);
        legend().setText(legend().add(curve.style), run.name);
        // Where on the curve each step was: by epochs, whatever x is.
        QCPGraphDataContainer xOfEpoch;
        for (qsizetype p = 0; p < epochs.size(); ++p) xOfEpoch.add(QCPGraphData(epochs[p], x[p]));
        QVector<double> markX, markY;
        for (const double epoch : run.condensedAt) {
            const auto at = lineAt(xOfEpoch, epoch);
            const auto value = at ? lineAt(*curve.line->data(), *at) : std::nullopt;
            if (value) markX << *at, markY << *value;
        }
        m_parts->curves.back().marks = canvas().addGraph();
        m_parts->curves.back().marks->setData(markX, markY);
    }
    for (const Parts::Curve& curve : m_parts->curves) {
        dress(*curve.line, curve.style, theme());
        dress(*curve.marks, curve.markStyle, theme());
    }
    QStringList names;
    for (const OverlayRun& run : m_parts->runs) names << run.name.toHtmlEscaped();
    legend().setToolTip(names.join(QStringLiteral("<br>")));
}

void OverlayPlot::fitWhole() {
    const double longest = m_parts->longestX() * (1 + kMargin);
    double top = isShare(m_parts->y) ? kShareTop : 0;
    double bottom = std::numeric_limits<double>::infinity();
    for (const Parts::Curve& curve : m_parts->curves) {
        for (const QCPGraphData& point : *curve.line->data()) {
            bottom = std::min(bottom, point.value);
            if (!isShare(m_parts->y)) top = std::max(top, point.value * kLossHeadroom);
        }
    }
    // What all curves have below them is room that their differences need.
    const double lower =
        std::isfinite(bottom) && m_parts->y != Y::kKept ? std::max(0.0, bottom - 0.1 * (top - bottom)) : 0;
    canvas().setWhole({0, longest}, {lower, top > lower ? top : lower + 1});
}

void OverlayPlot::describe() {
    QStringList sentences;
    for (std::size_t i = 0; i < m_parts->runs.size(); ++i) {
        const auto& data = *m_parts->curves[i].line->data();
        if (data.isEmpty()) {
            sentences << tr("%1: no value yet.").arg(m_parts->runs[i].name);
            continue;
        }
        const auto best = std::minmax_element(data.constBegin(), data.constEnd(),
                                              [](const auto& a, const auto& b) { return a.value < b.value; });
        const bool high = m_parts->y == Y::kTestAccuracy || m_parts->y == Y::kTrainAccuracy;
        sentences << tr("%1: last %2, %3 %4.")
                         .arg(m_parts->runs[i].name, valueText((data.constEnd() - 1)->value),
                              high ? tr("highest") : tr("lowest"),
                              valueText(high ? best.second->value : best.first->value));
    }
    setAccessibleName(tr("%1 of %2 runs over %3").arg(title()).arg(m_parts->runs.size()).arg(m_parts->xHead()));
    setAccessibleDescription(sentences.join(u' '));
}

QString OverlayPlot::valueText(double value) const {
    return isShare(m_parts->y) ? formatShare(value) : QString::number(value, 'f', 3);
}

// ---- reading --------------------------------------------------------------------------------------------------------

void OverlayPlot::pointAt(double x) {
    QStringList values;
    for (std::size_t i = 0; i < m_parts->curves.size(); ++i) {
        const auto value = lineAt(*m_parts->curves[i].line->data(), x);
        QString name = m_parts->runs[i].name;
        if (name.size() > kLongestName) name = name.left(kLongestName - 1) + u'…';
        if (value) values << tr("%1  %2").arg(valueText(*value), name);
    }
    // Two in a line where one would make the text higher than a small plot.
    const qsizetype inLine = values.size() > kMostLines ? 2 : 1;
    QString text = m_parts->xText(x);
    for (qsizetype i = 0; i < values.size(); ++i) text += (i % inLine ? kBeside : QStringLiteral("\n")) + values[i];
    showCross(x, values.isEmpty() ? QString() : text);
}

void OverlayPlot::clickedAt(const QPointF& at, Qt::KeyboardModifiers /*modifiers*/) {
    int nearest = -1;
    double least = kClickReach;
    for (std::size_t i = 0; i < m_parts->curves.size(); ++i) {
        const double distance = m_parts->curves[i].line->selectTest(at, /*onlySelectable=*/false);
        if (distance < 0 || distance > least) continue;
        least = distance;
        nearest = static_cast<int>(i);
    }
    if (nearest >= 0) emit runClicked(nearest);
}

void OverlayPlot::keyPressEvent(QKeyEvent* event) {
    const int run = event->key() - Qt::Key_1;
    if (run >= 0 && run < curveCount() && event->modifiers() == Qt::NoModifier) {
        emit runClicked(run);
        return;
    }
    if (event->key() == Qt::Key_Escape && cursors().crossShown()) return hideCursor();
    PlotCard::keyPressEvent(event);
}

// ---- for others -----------------------------------------------------------------------------------------------------

int OverlayPlot::curveCount() const {
    return static_cast<int>(m_parts->curves.size());
}

int OverlayPlot::pointCount(int curve) const {
    return m_parts->curves[static_cast<std::size_t>(curve)].line->dataCount();
}

std::pair<double, double> OverlayPlot::shownX() const {
    return {canvas().xAxis->range().lower, canvas().xAxis->range().upper};
}

NumberTable OverlayPlot::numbers() const {
    NumberTable table;
    const double perX = m_parts->x == X::kProgress ? 100 : 1;
    const double perY = isShare(m_parts->y) ? 100 : 1;
    table.keys.push_back({m_parts->xHead(), [perX](double x) { return x * perX; }});
    const auto [lower, upper] = shownX();
    for (std::size_t i = 0; i < m_parts->curves.size(); ++i) {
        NumberColumn column;
        column.head = tr("%1: %2%3")
                          .arg(m_parts->runs[i].name, title().toLower(),
                               isShare(m_parts->y) ? QStringLiteral(" (%)") : QString());
        for (const QCPGraphData& point : *m_parts->curves[i].line->data()) {
            if (point.key < lower || point.key > upper) continue;
            column.x.push_back(point.key);
            column.y.push_back(point.value * perY);
        }
        table.columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace condenser
