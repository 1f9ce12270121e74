#include "plots/samples_plot.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "look/format.h"
#include "plots/plot_canvas.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr double kMargin = 1.02;      // behind the last call
constexpr double kHeadroom = 1.1;     // above the slowest call
constexpr double kUsual = 0.9;        // of the calls: the view is made for these
constexpr double kAboveUsual = 1.35;  // times what is usual: where the view ends if it is cut
constexpr double kFlattens = 1.8;     // times what is usual: a call that slow would press all others down
constexpr double kDotSize = 2.6, kArrowSize = 7;
constexpr double kMedianWidth = 1.2;
constexpr int kDotOpacity = 130, kLabelOpacity = 225;        // of 255
constexpr double kFirstArrows = 0.97, kSecondArrows = 0.92;  // of the view's height
constexpr double kWalkFrom = 8;                              // pixels between two calls from which keys go call by call
constexpr int kLabelGap = 2, kLabelInset = 4;                // pixels

// Rearranges the samples. The medians of the measuring protocol lie between two of an even number; so do these.
double quantile(std::vector<double>& samples, double share) {
    const double place = share * static_cast<double>(samples.size() - 1);
    const auto at = samples.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(samples.begin(), at, samples.end());
    if (at + 1 == samples.end()) return *at;
    return *at + (place - std::floor(place)) * (*std::min_element(at + 1, samples.end()) - *at);
}

// Up to the next of a few steps, so that an axis that grows does so now and then.
double roomFor(double calls) {
    const double magnitude = std::pow(10, std::floor(std::log10(std::max(1.0, calls))));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 5.0, 7.0}) {
        if (calls <= step * magnitude) return step * magnitude;
    }
    return 10 * magnitude;
}

// Two figures, upwards.
double roundedUp(double ms) {
    const double unit = std::pow(10, std::floor(std::log10(ms)) - 1);
    return std::ceil(ms / unit) * unit;
}

}  // namespace

struct SamplesPlot::Parts {
    struct Form {
        QString name;
        Ink ink;
        SeriesStyle style;
        std::vector<double> ms;
        QCPGraph* dots = nullptr;
        QCPGraph* slow = nullptr;  // those above the view
        QCPItemStraightLine* median = nullptr;
        QCPItemText* label = nullptr;
        double medianMs = 0;
    };
    std::array<Form, 2> forms;
    bool stale = false;
    bool growing = false;
    double lastCall = 1;
    double topMs = 1;    // where the view ends while it follows
    double unitMs = 1;   // of the axis
    qsizetype slow = 0;  // calls above it

    qsizetype calls() const { return std::ssize(forms[0].ms) + std::ssize(forms[1].ms); }
};

SamplesPlot::SamplesPlot(QWidget* parent)
    : PlotCard(tr("Latency, call by call"), tr("latency"), parent), m_parts(std::make_unique<Parts>()) {
    PlotCanvas& plot = canvas();
    m_parts->forms[0].name = tr("dense");
    m_parts->forms[0].ink = Ink::kDense;
    m_parts->forms[1].name = tr("condensed");
    m_parts->forms[1].ink = Ink::kCondensed;
    m_parts->forms[0].style = {.ink = Ink::kDense, .shape = SeriesStyle::Shape::kDiscs};
    m_parts->forms[1].style = {.ink = Ink::kCondensed, .shape = SeriesStyle::Shape::kDiscs, .dash = {5, 2}};
    for (Parts::Form& form : m_parts->forms) {
        form.dots = plot.addGraph();
        form.dots->setLineStyle(QCPGraph::lsNone);
        form.slow = plot.addGraph();
        form.slow->setLineStyle(QCPGraph::lsNone);
    }
    for (Parts::Form& form : m_parts->forms) {
        form.median = new QCPItemStraightLine(&plot);
        form.median->setVisible(false);
        form.label = new QCPItemText(&plot);
        form.label->setPadding({3, 0, 3, 0});
        form.label->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
        form.label->setVisible(false);
    }
    measure();
    plot.setWhole({0, 1}, {0, 1});
    describe();
    connect(&plot, &QCustomPlot::beforeReplot, this, [this] { summarise(); });
    setHint(tr("Each timed call appears here as it comes."));
}

SamplesPlot::~SamplesPlot() = default;

void SamplesPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    for (Parts::Form& form : m_parts->forms) {
        const QColor colour = theme.ink(form.ink);
        QColor pale = colour;
        pale.setAlpha(kDotOpacity);
        form.dots->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, pale, pale, kDotSize));
        form.slow->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssTriangle, colour, colour, kArrowSize));
        QPen line = form.style.pen(theme);
        line.setWidthF(kMedianWidth);
        form.median->setPen(line);
        QColor ground = theme.panel;
        ground.setAlpha(kLabelOpacity);
        form.label->setBrush(ground);
        form.label->setColor(colour);
        form.label->setFont(smallFont());
    }
}

// ---- samples --------------------------------------------------------------------------------------------------------

void SamplesPlot::clear() {
    for (Parts::Form& form : m_parts->forms) {
        form.ms.clear();
        form.dots->data()->clear();
    }
    m_parts->growing = true;
    m_parts->stale = true;
    hideCursor();
    canvas().setFollowing(true);
    canvas().requestReplot();
}

void SamplesPlot::append(std::size_t number, std::span<const double> ms) {
    Parts::Form& form = m_parts->forms[number];
    QVector<QCPGraphData> points;
    points.reserve(std::ssize(ms));
    for (const double one : ms) {
        if (!std::isfinite(one)) continue;
        form.ms.push_back(one);
        points << QCPGraphData(static_cast<double>(form.ms.size()), one);
    }
    form.dots->data()->add(points, /*alreadySorted=*/true);
    m_parts->stale = true;
}

void SamplesPlot::add(std::size_t form, const std::vector<double>& ms) {
    m_parts->growing = true;
    append(form, ms);
    canvas().requestReplot();
}

void SamplesPlot::show(const std::vector<double>& denseMs, const std::vector<double>& condensedMs) {
    for (Parts::Form& form : m_parts->forms) {
        form.ms.clear();
        form.dots->data()->clear();
    }
    append(0, denseMs);
    append(1, condensedMs);
    m_parts->growing = false;
    hideCursor();
    canvas().setFollowing(true);
    canvas().requestReplot();
}

// ---- what they come to ----------------------------------------------------------------------------------------------

void SamplesPlot::summarise() {
    Parts& parts = *m_parts;
    if (!std::exchange(parts.stale, false)) return;
    double usual = 0, slowest = 0;
    std::size_t longest = 1;
    std::vector<double> sorted;
    for (Parts::Form& form : parts.forms) {
        longest = std::max(longest, form.ms.size());
        if (form.ms.empty()) continue;
        sorted = form.ms;
        form.medianMs = quantile(sorted, 0.5);
        usual = std::max(usual, quantile(sorted, kUsual));
        slowest = std::max(slowest, *std::max_element(sorted.begin(), sorted.end()));
    }
    const bool cut = usual > 0 && slowest > kFlattens * usual;
    parts.topMs = cut ? roundedUp(kAboveUsual * usual) : slowest > 0 ? slowest * kHeadroom : 1;
    parts.slow = 0;
    for (Parts::Form& form : parts.forms) {
        // Up and down by less than a pixel: of points that lie exactly level, QCustomPlot would paint every one.
        QVector<QCPGraphData> arrows;
        const double share = &form == &parts.forms[0] ? kFirstArrows : kSecondArrows;
        for (std::size_t i = 0; cut && i < form.ms.size(); ++i) {
            if (form.ms[i] <= parts.topMs) continue;
            arrows << QCPGraphData(static_cast<double>(i + 1),
                                   parts.topMs * (arrows.size() % 2 == 0 ? share : share + 0.002));
        }
        form.slow->data()->set(arrows, /*alreadySorted=*/true);
        parts.slow += arrows.size();
        form.median->setVisible(!form.ms.empty());
        form.median->point1->setCoords(0, form.medianMs);
        form.median->point2->setCoords(1, form.medianMs);
        form.label->setText(tr("%1, median %2").arg(form.name, timeText(form.medianMs)));
    }
    const TimeUnit unit = timeUnitOf(parts.topMs);
    if (std::exchange(parts.unitMs, unit.ms) != unit.ms) measure();
    const auto last = static_cast<double>(longest);
    canvas().setWhole({0, parts.growing ? roomFor(last) : last * kMargin},
                      {0, std::max(parts.topMs, slowest * kHeadroom)}, QCPRange{0, parts.topMs});
    describe();
}

void SamplesPlot::measure() {
    canvas().setMeasures(
        {.label = tr("call"), .format = [](double call) { return formatCount(std::llround(call)); }, .whole = true},
        timeMeasure(m_parts->unitMs));
}

void SamplesPlot::describe() {
    const Parts& parts = *m_parts;
    QStringList medians;
    for (const Parts::Form& form : parts.forms) {
        if (!form.ms.empty()) medians << tr("%1 %2").arg(form.name, timeText(form.medianMs));
    }
    setEmpty(medians.isEmpty());
    for (QCPAxis* axis : {canvas().xAxis, canvas().yAxis}) axis->setTicks(!medians.isEmpty());
    if (medians.isEmpty()) {
        setCaption({});
        return setAccessibleDescription({});
    }
    const QString calls = formatPlural(parts.calls(), tr("call"), tr("calls"));
    const QString slow = parts.slow == 0 ? tr("%1, none of them much slower than the others.").arg(calls)
                         : parts.slow == 1
                             ? tr("1 of %1 took more than %2: zoom out to see it.").arg(calls, timeText(parts.topMs))
                             : tr("%1 of %2 took more than %3: zoom out to see them.")
                                   .arg(formatCount(parts.slow), calls, timeText(parts.topMs));
    setCaption(slow);
    setAccessibleDescription(tr("%1 at the median, %2. %3").arg(medians.join(tr(", ")), calls, slow));
}

// The upper median's label stands above its line, the lower one's below, or between the two where there is no room.
void SamplesPlot::placeOverlays() {
    PlotCard::placeOverlays();
    const QRect inside = canvas().inside();
    const double height = QFontMetrics(smallFont()).height();
    const bool arrows = canvas().yAxis->range().upper == m_parts->topMs;
    auto *upper = &m_parts->forms[0], *lower = &m_parts->forms[1];
    if (upper->medianMs < lower->medianMs) std::swap(upper, lower);
    double floor = inside.bottom();  // of what is still free above the lower label
    for (Parts::Form* form : {lower, upper}) {
        form->slow->setVisible(arrows);
        const double line = canvas().yAxis->coordToPixel(form->medianMs);
        const bool shown = !form->ms.empty() && line >= inside.top() && line <= inside.bottom() + 1;
        form->label->setVisible(shown);
        if (!shown) continue;
        const double below = line + kLabelGap, above = std::min(line - kLabelGap, floor) - height;
        const bool fitsBelow = below + height <= floor, fitsAbove = above >= inside.top();
        const double top = fitsBelow && (form == lower || !fitsAbove) ? below : above;
        form->label->position->setPixelPosition({static_cast<double>(inside.right() - kLabelInset), top});
        floor = std::min(floor, top);
    }
}

// ---- reading --------------------------------------------------------------------------------------------------------

void SamplesPlot::pointAt(double x) {
    const auto call = std::max<qint64>(1, std::llround(x));
    QStringList lines{tr("call %1").arg(formatCount(call))};
    for (const Parts::Form& form : m_parts->forms) {
        if (call > std::ssize(form.ms)) continue;
        lines << tr("%1 %2").arg(form.name, timeText(form.ms[static_cast<std::size_t>(call - 1)]));
    }
    if (lines.size() == 1) return hideCursor();
    showCross(static_cast<double>(call), lines.join(u'\n'));
}

std::optional<double> SamplesPlot::nextPlace(std::optional<double> x, int direction) const {
    const double apart = canvas().toPixel(2) - canvas().toPixel(1);
    if (!x || apart < kWalkFrom) return {};
    const auto last = static_cast<double>(std::max(m_parts->forms[0].ms.size(), m_parts->forms[1].ms.size()));
    return std::clamp(std::round(*x) + direction, 1.0, std::max(1.0, last));
}

void SamplesPlot::keyPressEvent(QKeyEvent* event) {
    // Where there are no more calls to the sides, there may be some above.
    const QCPRange x = canvas().xAxis->range();
    PlotCard::keyPressEvent(event);
    if (event->key() == Qt::Key_Minus && canvas().xAxis->range() == x) canvas().showAllOfY();
}

std::pair<double, double> SamplesPlot::shownY() const {
    return {canvas().yAxis->range().lower, canvas().yAxis->range().upper};
}

// ---- taking it out --------------------------------------------------------------------------------------------------

Exhibit SamplesPlot::exhibit() const {
    if (m_parts->stale) canvas().replot();
    return PlotCard::exhibit();
}

NumberTable SamplesPlot::numbers() const {
    NumberTable table;
    table.keys.push_back({tr("call"), [](double call) { return call; }});
    const QCPRange seen = canvas().xAxis->range();
    for (const Parts::Form& form : m_parts->forms) {
        NumberColumn column;
        column.head = tr("%1 (ms)").arg(form.name);
        for (std::size_t i = 0; i < form.ms.size(); ++i) {
            const auto call = static_cast<double>(i + 1);
            if (!seen.contains(call)) continue;
            column.x.push_back(call);
            column.y.push_back(form.ms[i]);
        }
        table.columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace condenser
