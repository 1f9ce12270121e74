#include "plots/waterfall_plot.h"

#include <algorithm>
#include <cmath>

#include "look/format.h"
#include "plots/place_ticker.h"
#include "plots/plot_canvas.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

using Kind = WaterfallBar::Kind;

constexpr double kHalfWidth = 0.38;  // of a bar, in places
constexpr double kJump = 0.02;       // of the highest: a smaller one is no arrow
constexpr int kLabelLines = 2;
constexpr int kPaleOpacity = 70;   // of 255
constexpr int kLettersALine = 46;  // of what is read

bool fromZero(Kind kind) {
    return kind == Kind::kDense || kind == Kind::kPromised || kind == Kind::kCondensed;
}

// Lines of some length; words stay whole.
QString wrapped(const QString& text) {
    QString lines;
    qsizetype length = 0;
    for (const QString& word : text.split(u' ', Qt::SkipEmptyParts)) {
        const bool breaks = length > 0 && length + word.size() >= kLettersALine;
        if (length > 0) lines += breaks ? u'\n' : u' ';
        length = breaks ? word.size() : length + word.size() + 1;
        lines += word;
    }
    return lines;
}

}  // namespace

struct WaterfallPlot::Parts {
    struct Drawn {
        double from = 0, to = 0;  // ms
        QCPItemRect* rect = nullptr;
        QCPItemText* label = nullptr;
        QCPItemLine* onward = nullptr;  // from the one before, where that ended; none to the first
        QCPItemLine* down = nullptr;    // and from there to this one, where it ends elsewhere
    };
    std::vector<WaterfallBar> bars;
    std::vector<Drawn> drawn;
    double highest = 1;  // ms
    TimeUnit unit = timeUnitOf(1);

    // Of the first bar.
    double shareOf(const WaterfallBar& bar) const { return bars.front().ms > 0 ? bar.ms / bars.front().ms : 0; }
    // All in the unit of the axis, with as many decimals as the longest of them needs.
    QString labelOf(const WaterfallBar& bar, bool withUnit) const {
        const double most = highest / unit.ms;
        const QString digits = QString::number(std::abs(bar.ms) / unit.ms, 'f',
                                               most < 9.995   ? 2
                                               : most < 99.95 ? 1
                                                              : 0);
        return signOf(bar, digits) + digits + (withUnit ? QChar(0x202f) + unit.name : QString());
    }
    static QString signOf(const WaterfallBar& bar, const QString& digits) {
        return fromZero(bar.kind) || digits.toDouble() == 0 ? QString()
               : bar.ms < 0                                 ? QString(QChar(0x2212))
                                                            : QStringLiteral("+");
    }
    QString timeOf(const WaterfallBar& bar) const {
        return fromZero(bar.kind) ? timeText(bar.ms) : timeChangeText(bar.ms);
    }
    QString percentOf(const WaterfallBar& bar) const {
        const double percent = shareOf(bar) * 100;
        const QString digits = QString::number(std::abs(percent), 'f', std::abs(percent) < 9.95 ? 1 : 0);
        return signOf(bar, digits) + digits + QChar(0x202f) + u'%';
    }
};

WaterfallPlot::WaterfallPlot(QWidget* parent)
    : PlacePlot(tr("Where the gain went"), tr("gain"), parent), m_parts(std::make_unique<Parts>()) {
    setRoomAbove(kLabelLines);
    fill();
    setHint(tr("What became of the promised gain appears here when it has been measured."));
}

WaterfallPlot::~WaterfallPlot() = default;

void WaterfallPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    dressBars();
}

// ---- bars -----------------------------------------------------------------------------------------------------------

void WaterfallPlot::show(std::vector<WaterfallBar> bars) {
    m_parts->bars = std::move(bars);
    QStringList names;
    for (const WaterfallBar& bar : m_parts->bars) names << bar.name;
    showPlaces(m_parts->bars.size(), names);
}

void WaterfallPlot::fill() {
    PlotCanvas& plot = canvas();
    plot.clearItems();
    m_parts->drawn.clear();
    std::vector<Place> places;
    double level = 0, lowest = 0, highest = 0;
    for (std::size_t i = 0; i < m_parts->bars.size(); ++i) {
        const WaterfallBar& bar = m_parts->bars[i];
        const auto x = static_cast<double>(i);
        Parts::Drawn drawn;
        const bool jumps = fromZero(bar.kind) && std::abs(bar.ms - level) > kJump * std::max(highest, bar.ms);
        if (i > 0) {
            drawn.onward = new QCPItemLine(&plot);
            drawn.onward->start->setCoords(x - 1 + kHalfWidth, level);
            drawn.onward->end->setCoords(jumps ? x : x - kHalfWidth, level);
        }
        if (i > 0 && jumps) {
            drawn.down = new QCPItemLine(&plot);
            drawn.down->start->setCoords(x, level);
            drawn.down->setHead(QCPLineEnding(QCPLineEnding::esSpikeArrow, 6, 6));
        }
        drawn.from = fromZero(bar.kind) ? 0 : level;
        drawn.to = level = drawn.from + bar.ms;
        lowest = std::min(lowest, level);
        highest = std::max(highest, level);
        places.push_back({x - 0.5, x + 0.5, bar.name, {}});
        drawn.rect = new QCPItemRect(&plot);
        drawn.rect->topLeft->setCoords(x - kHalfWidth, std::max(drawn.from, drawn.to));
        drawn.rect->bottomRight->setCoords(x + kHalfWidth, std::min(drawn.from, drawn.to));
        drawn.label = new QCPItemText(&plot);
        drawn.label->setClipToAxisRect(false);
        drawn.label->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
        drawn.label->setTextAlignment(Qt::AlignHCenter);
        drawn.label->position->setCoords(x, std::max(drawn.from, drawn.to));
        if (drawn.down != nullptr) drawn.down->end->setParentAnchor(drawn.label->top);
        m_parts->drawn.push_back(drawn);
    }
    if (highest <= 0) highest = 1;
    m_parts->highest = highest;
    m_parts->unit = timeUnitOf(highest);
    plot.setMeasures({}, timeMeasure(highest));
    plot.xAxis->setTicks(!places.empty());
    plot.yAxis->setTicks(!m_parts->bars.empty());
    plot.xAxis->setTicker(QSharedPointer<PlaceTicker>::create(*plot.xAxis, std::move(places)));
    plot.xAxis->setTickLength(0);
    plot.setWhole({-0.5, std::max(1.0, static_cast<double>(m_parts->bars.size())) - 0.5}, {lowest, highest});
    setEmpty(m_parts->bars.empty());
    dressBars();
}

void WaterfallPlot::dressBars() {
    const Theme& now = theme();
    const auto pale = [](QColor colour) {
        colour.setAlpha(kPaleOpacity);
        return colour;
    };
    for (std::size_t i = 0; i < m_parts->drawn.size(); ++i) {
        const Parts::Drawn& drawn = m_parts->drawn[i];
        QPen pen(Qt::NoPen);
        QBrush brush;
        switch (m_parts->bars[i].kind) {
            case Kind::kDense:
                brush = now.dense;
                break;
            case Kind::kCondensed:
                brush = now.condensed;
                break;
            case Kind::kPromised:
                pen = QPen(now.condensed, 1.5, Qt::DashLine);
                brush = pale(now.condensed);
                break;
            case Kind::kGain:
                pen = QPen(now.condensed, 1.5);
                brush = pale(now.condensed);
                break;
            case Kind::kLoss:
                pen = QPen(now.muted, 1.5);
                brush = pale(now.muted);
                break;
        }
        drawn.rect->setPen(pen);
        drawn.rect->setBrush(brush);
        drawn.label->setColor(now.text);
        drawn.label->setFont(smallFont());
        for (QCPItemLine* line : {drawn.onward, drawn.down}) {
            if (line != nullptr) line->setPen(QPen(now.muted, 1, line == drawn.down ? Qt::SolidLine : Qt::DotLine));
        }
    }
    canvas().yAxis->grid()->setZeroLinePen(QPen(now.muted, 1));
}

void WaterfallPlot::describe() {
    QStringList sentences;
    for (const WaterfallBar& bar : m_parts->bars) {
        sentences << tr("%1: %2, %3.").arg(withoutBreaks(bar.name), m_parts->timeOf(bar), m_parts->percentOf(bar));
    }
    setAccessibleDescription(sentences.join(u' '));
}

// Labels above their bars: without the unit, which the axis has too, where there is no room for it.
void WaterfallPlot::placeOverlays() {
    PlacePlot::placeOverlays();
    const QFontMetrics metrics(smallFont());
    const double room = canvas().toPixel(1) - canvas().toPixel(0) - 2;
    const bool withUnit = std::all_of(m_parts->bars.begin(), m_parts->bars.end(), [&](const WaterfallBar& bar) {
        return metrics.horizontalAdvance(m_parts->labelOf(bar, true)) <= room;
    });
    const QCPRange seenX = canvas().xAxis->range(), seenY = canvas().yAxis->range();
    for (std::size_t i = 0; i < m_parts->drawn.size(); ++i) {
        const Parts::Drawn& drawn = m_parts->drawn[i];
        const WaterfallBar& bar = m_parts->bars[i];
        drawn.label->setText(m_parts->labelOf(bar, withUnit) + u'\n' + m_parts->percentOf(bar));
        drawn.label->setVisible(seenX.contains(static_cast<double>(i)) &&
                                seenY.contains(std::max(drawn.from, drawn.to)));
    }
}

// ---- reading --------------------------------------------------------------------------------------------------------

QString WaterfallPlot::wordsAt(std::size_t place) const {
    const WaterfallBar& bar = m_parts->bars[place];
    QStringList lines{withoutBreaks(bar.name)};
    lines << tr("%1, %2 of the dense time").arg(m_parts->timeOf(bar), m_parts->percentOf(bar));
    if (!bar.words.isEmpty()) lines << wrapped(bar.words);
    return lines.join(u'\n');
}

NumberTable WaterfallPlot::numbers() const {
    NumberTable table;
    const auto barAt = [bars = m_parts->bars](double place) { return bars[static_cast<std::size_t>(place)]; };
    table.keys = {{tr("step"), {}, [barAt](double place) { return withoutBreaks(barAt(place).name); }},
                  {tr("what it is"), {}, [barAt](double place) { return barAt(place).words; }}};
    table.columns = {
        {tr("time or change (ms)"), {}, {}}, {tr("of the dense time (%)"), {}, {}}, {tr("ends at (ms)"), {}, {}}};
    const auto [first, last] = placesInView();
    for (std::size_t i = first; i < last; ++i) {
        const WaterfallBar& bar = m_parts->bars[i];
        const double values[] = {bar.ms, m_parts->shareOf(bar) * 100, m_parts->drawn[i].to};
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            table.columns[c].x.push_back(static_cast<double>(i));
            table.columns[c].y.push_back(values[c]);
        }
    }
    return table;
}

}  // namespace condenser
