#include "plots/epoch_plot.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>

#include "look/format.h"
#include "plots/condensing_marks.h"
#include "plots/plot_series.h"

namespace condenser {
namespace {

constexpr double kSmallestEpochs = 0.02;  // a run is at least as long
constexpr double kMargin = 0.02;          // of the whole run, beside what is followed
constexpr double kLogRoom = 0.8;          // below the least value on a logarithmic axis
constexpr double kMostDecades = 1e-6;     // of the highest value
constexpr double kHour = 3600, kMinute = 60;

QString plain(double value) {
    return QString::number(value, 'g', 6);
}

QString writtenTime(double seconds) {
    return seconds < kMinute ? EpochPlot::tr("%1 s").arg(seconds, 0, 'f', 1) : formatDuration(seconds);
}

QString signOf(double value) {
    return value < 0 ? QStringLiteral("−") : QStringLiteral("+");
}

}  // namespace

EpochPlot::EpochPlot(const QString& title, const QString& name, Format format, Format difference, QWidget* parent)
    : PlotCard(title, name, parent),
      m_format(format),
      m_difference(difference),
      m_scale(std::make_shared<XScale>()),
      m_marks(std::make_unique<CondensingMarks>(canvas())) {
    setRoomAbove(1);  // the marks' labels
    measure();
}

EpochPlot::~EpochPlot() = default;

void EpochPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    m_marks->setTheme(theme, smallFont());
    for (const auto& series : m_series) series->setTheme(theme);
}

// ---- what is drawn --------------------------------------------------------------------------------------------------

int EpochPlot::addSeries(const SeriesStyle& style) {
    m_series.push_back(std::make_unique<PlotSeries>(canvas(), style));
    m_series.back()->setTheme(theme());
    m_series.back()->setBreaks(m_condensing);
    return seriesCount() - 1;
}

void EpochPlot::dropSeriesFrom(int series) {
    while (seriesCount() > series) m_series.pop_back();
}

void EpochPlot::nameSeries(int number, const QString& name) {
    SeriesStyle style = series(number).style();
    style.name = name;
    series(number).setStyle(style);
}

void EpochPlot::setSeriesStyle(int number, const SeriesStyle& style) {
    series(number).setStyle(style);
}

void EpochPlot::append(int number, const QVector<double>& epochs, const QVector<double>& values) {
    if (epochs.isEmpty()) return;
    const int before = m_notPositive;
    const double least = m_leastPositive;
    for (const double value : values) {
        if (value > 0 && (m_leastPositive == 0 || value < m_leastPositive)) m_leastPositive = value;
        if (value <= 0) ++m_notPositive;
    }
    series(number).append(epochs, values, *m_scale);
    setEmpty(false);
    if (m_logarithmic && m_leastPositive != least) fitWhole();
    if (m_notPositive != before) notPositiveChanged(m_logarithmic ? m_notPositive : 0);
    requestReplot();
}

void EpochPlot::replace(int number, const QVector<double>& epochs, const QVector<double>& values) {
    series(number).clear();
    series(number).append(epochs, values, *m_scale);
    requestReplot();
}

void EpochPlot::clearData() {
    for (const auto& series : m_series) series->clear();
    m_marks->setDone(0);
    m_leastPositive = 0;
    m_notPositive = 0;
    notPositiveChanged(0);
    setEmpty(true);
    hideCursor();
    requestReplot();
}

void EpochPlot::setPlan(double epochs, const std::vector<CondensingStep>& steps) {
    m_epochs = std::max(epochs, kSmallestEpochs);
    m_condensing.clear();
    for (const CondensingStep& step : steps) m_condensing.push_back(step.epoch);
    for (const auto& series : m_series) series->setBreaks(m_condensing);
    m_marks->set(steps, *m_scale);
    fitWhole();
    requestReplot();
}

void EpochPlot::setStepsCondensed(int count) {
    m_marks->setDone(count);
    requestReplot();
}

void EpochPlot::setSmoothing(int number, double weight, const SeriesStyle& style) {
    series(number).setSmoothing(weight, style, *m_scale);
    hideCursor();
    canvas().replot(QCustomPlot::rpQueuedReplot);
}

void EpochPlot::requestReplot() {
    canvas().requestReplot();
}

void EpochPlot::placeOverlays() {
    PlotCard::placeOverlays();
    m_marks->label();
    showPins();
}

int EpochPlot::pointCount(int number) const {
    return static_cast<int>(series(number).size());
}

double EpochPlot::lastValue(int number) const {
    return series(number).size() == 0 ? 0 : series(number).values().back();
}

std::span<const double> EpochPlot::epochsOf(int number) const {
    return series(number).epochs();
}

std::span<const double> EpochPlot::valuesOf(int number) const {
    return series(number).values();
}

std::optional<double> EpochPlot::valueOf(int number, double epoch) const {
    const auto reading = series(number).at(epoch);
    return reading ? std::optional(reading->value) : std::nullopt;
}

int EpochPlot::markCount() const {
    return m_marks->count();
}

// ---- the axes -------------------------------------------------------------------------------------------------------

void EpochPlot::setScale(std::shared_ptr<const XScale> scale) {
    m_scale = std::move(scale);
    scaleChanged();
}

void EpochPlot::scaleChanged(double fromEpoch) {
    for (const auto& series : m_series) series->place(*m_scale, fromEpoch);
    m_marks->place(*m_scale);
    hideCursor();
    measure();
    fitWhole();
    requestReplot();
}

void EpochPlot::setLogarithmic(bool on) {
    m_logarithmic = on;
    notPositiveChanged(on ? m_notPositive : 0);
    measure();
    fitWhole();
    canvas().replot(QCustomPlot::rpQueuedReplot);
}

void EpochPlot::measure() {
    AxisMeasure x{.label = tr("epoch"), .format = plain, .whole = true};
    if (m_scale->shown() == XUnit::kStep) {
        x.label = tr("step");
        x.format = [](double step) { return formatCount(std::llround(step)); };
    } else if (m_scale->shown() == XUnit::kTime) {
        const double whole = m_scale->toAxis(m_epochs);
        const double unit = m_scale->logarithmic ? 1 : whole >= 2 * kHour ? kHour : whole >= 2 * kMinute ? kMinute : 1;
        x = {.label = unit == kHour     ? tr("time (h)")
                      : unit == kMinute ? tr("time (min)")
                                        : tr("time (s)"),
             .format = [unit](double seconds) { return plain(seconds / unit); },
             .unit = unit,
             .clock = unit < kHour};
    } else if (m_scale->unit == XUnit::kTime) {
        x.label = tr("epoch (time is known after the first steps)");
    }
    x.logarithmic = m_scale->logarithmic;
    canvas().setMeasures(x, {.format = m_format, .logarithmic = m_logarithmic});
}

void EpochPlot::setFollowedValues(double lower, double upper) {
    m_lower = lower;
    m_upper = upper;
    fitWhole();
}

void EpochPlot::fitWhole() {
    QCPRange x(0, m_scale->toAxis(m_epochs) * (1 + kMargin)), y(m_lower, m_upper);
    // Zero has no place on a logarithmic axis: it begins with the first step, or an hundredth of an epoch.
    if (m_scale->logarithmic) x.lower = m_scale->toAxis(1 / std::max(m_scale->stepsPerEpoch, 1 / m_epochs));
    if (x.lower >= x.upper) x.lower = x.upper / 10;
    if (m_logarithmic) {
        const double least = m_leastPositive > 0 ? m_leastPositive * kLogRoom : m_upper / 10;
        y.lower = std::clamp(least, m_upper * kMostDecades, m_upper / 10);
    }
    canvas().setWhole(x, y);
}

void EpochPlot::setFollowing(bool on) {
    canvas().setFollowing(on);
}

void EpochPlot::showEpochs(double lower, double upper) {
    hideCursor();
    canvas().showX(m_scale->toAxis(lower), m_scale->toAxis(upper));
}

std::pair<double, double> EpochPlot::shownEpochs() const {
    const QCPRange range = canvas().xAxis->range();
    return {m_scale->toEpoch(range.lower), m_scale->toEpoch(range.upper)};
}

void EpochPlot::viewChosen() {
    const auto [lower, upper] = shownEpochs();
    emit epochsChosen(lower, upper);
}

void EpochPlot::wantWhole() {
    emit followingWanted();
}

// ---- reading values -------------------------------------------------------------------------------------------------

void EpochPlot::pointAt(double x) {
    emit cursorMoved(m_scale->toEpoch(x));
}

void EpochPlot::pointNowhere() {
    emit cursorLeft();
}

std::optional<double> EpochPlot::stopBetween(double x, double to) const {
    return m_marks->between(x, to);
}

QString EpochPlot::written(double epoch) const {
    switch (m_scale->shown()) {
        case XUnit::kStep:
            return tr("step %1").arg(formatCount(std::llround(m_scale->toAxis(epoch))));
        case XUnit::kTime:
            return writtenTime(m_scale->toAxis(epoch));
        default:
            return tr("epoch %1").arg(epoch, 0, 'f', 2);
    }
}

// A line for each curve that has a value there.
QStringList EpochPlot::told(double epoch) const {
    QStringList lines;
    for (int number = 0; number < seriesCount(); ++number) {
        const PlotSeries& one = series(number);
        const auto reading = one.at(epoch);
        if (one.style().name.isEmpty() || !reading || !tells(number, epoch)) continue;
        lines << tr("%1  %2").arg(one.style().name, m_format(reading->value));
        if (one.smoothed()) lines.last() += tr(" · smoothed %1").arg(m_format(reading->smoothed));
    }
    return lines;
}

void EpochPlot::showCursor(double epoch) {
    const double x = m_scale->toAxis(epoch);
    QStringList lines = told(epoch);
    if (const CondensingStep* step = m_marks->at(x); step != nullptr && m_explainer) lines << m_explainer(*step);
    if (!lines.isEmpty()) lines.prepend(written(epoch));
    showCross(x, lines.join(u'\n'));
}

void EpochPlot::setPins(std::optional<double> a, std::optional<double> b) {
    m_pinA = a;
    m_pinB = b;
    showPins();
}

void EpochPlot::showPins() {
    const auto pixel = [this](const std::optional<double>& epoch) {
        return epoch ? std::optional(canvas().toPixel(m_scale->toAxis(*epoch))) : std::nullopt;
    };
    const QRect inside = canvas().inside();
    cursors().showPin(Pin::kA, pixel(m_pinA), inside);
    cursors().showPin(Pin::kB, pixel(m_pinB), inside);
    const auto beside = std::max(pixel(m_pinA), pixel(m_pinB));
    cursors().showNote(pinsText(), beside.value_or(0), inside);
}

QString EpochPlot::pinsText() const {
    if (!m_pinA && !m_pinB) return {};
    if (!m_pinA || !m_pinB) {
        const double epoch = m_pinA ? *m_pinA : *m_pinB;
        const QString name = m_pinA ? QStringLiteral("A") : QStringLiteral("B");
        return (QStringList{tr("%1: %2").arg(name, written(epoch))} + told(epoch)).join(u'\n');
    }
    const double along = m_scale->toAxis(*m_pinB) - m_scale->toAxis(*m_pinA);
    QString distance = tr("%1 epochs").arg(std::abs(along), 0, 'f', 2);
    if (m_scale->shown() == XUnit::kStep) distance = tr("%1 steps").arg(formatCount(std::llround(std::abs(along))));
    if (m_scale->shown() == XUnit::kTime) distance = writtenTime(std::abs(along));
    QStringList lines{tr("A → B: %1%2").arg(signOf(along), distance)};
    for (int number = 0; number < seriesCount(); ++number) {
        const PlotSeries& one = series(number);
        const auto a = one.at(*m_pinA), b = one.at(*m_pinB);
        if (one.style().name.isEmpty() || !a || !b) continue;
        if (!tells(number, *m_pinA) && !tells(number, *m_pinB)) continue;
        const auto difference = [&](double up) { return signOf(up) + m_difference(std::abs(up)); };
        lines << tr("%1  %2").arg(one.style().name, difference(b->value - a->value));
        if (one.smoothed()) lines.last() += tr(" · smoothed %1").arg(difference(b->smoothed - a->smoothed));
    }
    return lines.join(u'\n');
}

void EpochPlot::clickedAt(const QPointF& at, Qt::KeyboardModifiers modifiers) {
    const double epoch = m_scale->toEpoch(canvas().xAxis->pixelToCoord(at.x()));
    emit pinWanted(modifiers.testFlag(Qt::ShiftModifier) ? Pin::kB : Pin::kA, epoch);
}

void EpochPlot::clickTakenBack() {
    emit pinTakenBack();
}

// Esc is a shortcut of the window too; here it first takes away what is read.
bool EpochPlot::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        (m_pinA || m_pinB || cursors().crossShown())) {
        event->accept();
        return true;
    }
    return PlotCard::event(event);
}

void EpochPlot::keyPressEvent(QKeyEvent* event) {
    const bool plainKey = !(event->modifiers() & ~Qt::ShiftModifier);
    if (plainKey && (event->key() == Qt::Key_A || event->key() == Qt::Key_B)) {
        const double x = cursorX().value_or(canvas().xAxis->range().center());
        emit pinWanted(event->key() == Qt::Key_A ? Pin::kA : Pin::kB, m_scale->toEpoch(x));
    } else if (event->key() == Qt::Key_Escape && (m_pinA || m_pinB || cursors().crossShown())) {
        emit pinsUnwanted();
        emit cursorLeft();
    } else {
        PlotCard::keyPressEvent(event);
    }
}

// ---- the numbers ----------------------------------------------------------------------------------------------------

NumberTable EpochPlot::numbers() const {
    NumberTable table;
    const XScale scale = *m_scale;
    table.keys.push_back({tr("epoch"), [](double epoch) { return epoch; }});
    table.keys.push_back({tr("step"), [scale](double epoch) { return std::round(epoch * scale.stepsPerEpoch); }});
    if (scale.time.known()) {
        table.keys.push_back({tr("time (s)"), [scale](double epoch) { return scale.time.secondsAt(epoch); }});
    }
    const auto [lower, upper] = shownEpochs();
    for (const auto& series : m_series) {
        if (series->style().name.isEmpty() || series->size() == 0) continue;
        NumberColumn column = series->column(lower, upper, /*smoothed=*/false);
        column.head = tr("%1: %2").arg(title(), column.head).toLower();
        table.columns.push_back(std::move(column));
        if (!series->smoothed()) continue;
        column = series->column(lower, upper, /*smoothed=*/true);
        column.head = tr("%1: %2, smoothed").arg(title(), column.head).toLower();
        table.columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace condenser
