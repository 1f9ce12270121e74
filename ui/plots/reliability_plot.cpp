#include "plots/reliability_plot.h"

#include <algorithm>
#include <iterator>

#include "look/format.h"
#include "plots/plot_canvas.h"

namespace condenser {
namespace {

constexpr int kFewPictures = 10;            // in a bar that says little
constexpr float kFill = 0.45F;              // opacity of a bar
constexpr double kBarShare = 0.86;          // of a bin's width
constexpr double kInside = 0.6;             // accuracy of a bar from which upright numbers stand inside
constexpr int kLabelGap = 2, kLineGap = 4;  // pixels; the second is empty in a line of digits
constexpr int kWholeNumbers = 9999;         // above them "12.3 k"

QString percent(double share) {
    return formatWholeShare(share);
}

QString range(const ReliabilityBin& bin) {
    return QStringLiteral("%1–%2").arg(bin.low * 100, 0, 'f', 0).arg(bin.high * 100, 0, 'f', 0) + QChar(0x202f) + u'%';
}

}  // namespace

ReliabilityPlot::ReliabilityPlot(QWidget* parent) : PlotCard(tr("Reliability"), tr("reliability"), parent) {
    canvas().setMeasures({.label = tr("confidence of the answer"), .format = percent, .ticks = 5},
                         {.label = tr("accuracy"), .format = percent, .ticks = 5});
    setRoomAbove(1);  // the numbers of bars that are full
    canvas().setWhole({0, 1}, {0, 1});
    setHint(tr("Nothing to see until the class\nof some picture is known."));
    setEmpty(true);
    setLegendBelow(true);
    describe();
}

void ReliabilityPlot::setTheme(const Theme& theme) {
    PlotCard::setTheme(theme);
    rebuild();
}

void ReliabilityPlot::show(std::vector<ReliabilityBin> bins, double calibrationError, Variant form) {
    m_bins = std::move(bins);
    m_calibrationError = calibrationError;
    m_form = form;
    const int read = m_read;
    setEmpty(pictures() == 0);
    rebuild();
    if (read >= 0 && cursors().crossShown()) this->read(read);
}

int ReliabilityPlot::pictures() const {
    int sum = 0;
    for (const ReliabilityBin& bin : m_bins) sum += bin.pictures;
    return sum;
}

void ReliabilityPlot::rebuild() {
    PlotCanvas& plot = canvas();
    plot.clearPlottables();
    plot.clearItems();
    m_labels.clear();
    legend().clear();
    const Ink ink = m_form == Variant::kDense ? Ink::kDense : Ink::kCondensed;
    const QColor colour = theme().ink(ink);
    QColor fill = colour;
    fill.setAlphaF(kFill);
    bool few = false;
    for (const ReliabilityBin& bin : m_bins) {
        if (bin.pictures == 0) continue;
        const bool hollow = bin.pictures < kFewPictures;
        few = few || hollow;
        auto* bar = new QCPBars(plot.xAxis, plot.yAxis);
        bar->setWidth((bin.high - bin.low) * kBarShare);
        bar->setPen(QPen(colour, 1.5, hollow ? Qt::DotLine : Qt::SolidLine));
        bar->setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(fill));
        const double middle = (bin.low + bin.high) / 2;
        bar->addData(middle, bin.accuracy);
        auto* label = new QCPItemText(&plot);
        label->setFont(smallFont());
        label->setColor(theme().text);
        label->setText(bin.pictures > kWholeNumbers ? formatAmount(bin.pictures) : formatCount(bin.pictures));
        label->setClipToAxisRect(false);
        label->setPadding(QMargins(kLabelGap, 0, kLabelGap, kLabelGap));
        label->position->setCoords(middle, bin.accuracy);
        m_labels.emplace_back(label, bin.high - bin.low);
    }
    const SeriesStyle equal{
        .name = tr("as sure as right"), .ink = Ink::kMuted, .shape = SeriesStyle::Shape::kPlainLine, .dash = {4, 3}};
    QCPGraph* diagonal = plot.addGraph();
    diagonal->setData({0, 1}, {0, 1});
    dress(*diagonal, equal, theme());
    if (pictures() > 0) {
        const QString error = formatShare(m_calibrationError);
        const SeriesStyle bars{.name = tr("accuracy"), .ink = ink, .shape = SeriesStyle::Shape::kBars};
        legend().setText(legend().add(bars), tr("expected calibration error %1").arg(error), tr("error %1").arg(error));
        QString caption = tr("Numbers: pictures. A bar below the dashed line: surer than right.");
        if (few) caption += u' ' + tr("Hollow: fewer than %1 pictures.").arg(kFewPictures);
        setCaption(caption);
    } else {
        setCaption({});
    }
    describe();
    plot.requestReplot();
}

void ReliabilityPlot::describe() {
    setAccessibleName(tr("Reliability: accuracy by confidence"));
    QStringList sentences;
    if (pictures() == 0) {
        sentences << tr("No picture whose class is known.");
    } else {
        sentences << tr("%1 answers, %2 pictures, expected calibration error %3.")
                         .arg(m_form == Variant::kDense ? tr("Dense") : tr("Condensed"), formatCount(pictures()),
                              formatShare(m_calibrationError));
    }
    for (const ReliabilityBin& bin : m_bins) {
        if (bin.pictures > 0) {
            sentences << tr("Confidence %1: %2, accuracy %3.")
                             .arg(range(bin), formatPlural(bin.pictures, tr("picture"), tr("pictures")),
                                  formatShare(bin.accuracy));
        }
    }
    setAccessibleDescription(sentences.join(u' '));
}

// Numbers above their bars; upright where they are wider than these, and then inside the high ones.
void ReliabilityPlot::placeOverlays() {
    PlotCard::placeOverlays();
    const QFontMetrics metrics(smallFont());
    const double room = m_labels.empty() ? 0 : canvas().toPixel(m_labels.front().second) - canvas().toPixel(0);
    const bool across = std::all_of(m_labels.begin(), m_labels.end(), [&](const auto& entry) {
        return metrics.horizontalAdvance(entry.first->text()) <= room;
    });
    for (const auto& [label, width] : m_labels) {
        const double height = label->position->value();
        label->setVisible((across || metrics.height() <= room + kLineGap) &&
                          canvas().xAxis->range().contains(label->position->key()) &&
                          canvas().yAxis->range().contains(height));
        label->setRotation(across ? 0 : -90);
        label->setPositionAlignment(across             ? Qt::AlignHCenter | Qt::AlignBottom
                                    : height > kInside ? Qt::AlignRight | Qt::AlignVCenter
                                                       : Qt::AlignLeft | Qt::AlignVCenter);
    }
}

// ---- reading values -------------------------------------------------------------------------------------------------

int ReliabilityPlot::binAt(double x) const {
    for (std::size_t i = 0; i < m_bins.size(); ++i) {
        const ReliabilityBin& bin = m_bins[i];
        const bool last = i + 1 == m_bins.size();
        if (bin.pictures > 0 && x >= bin.low && (x < bin.high || (last && x <= bin.high))) return static_cast<int>(i);
    }
    return -1;
}

void ReliabilityPlot::read(int bin) {
    m_read = bin;
    if (bin < 0) return hideCursor();
    const ReliabilityBin& at = m_bins[static_cast<std::size_t>(bin)];
    showCross((at.low + at.high) / 2, tr("confidence %1: %2\n%3 are right\nmean confidence %4")
                                          .arg(range(at), formatPlural(at.pictures, tr("picture"), tr("pictures")),
                                               formatShare(at.accuracy), formatShare(at.confidence)));
}

void ReliabilityPlot::pointAt(double x) {
    read(binAt(x));
}

void ReliabilityPlot::pointNowhere() {
    read(-1);
}

std::optional<double> ReliabilityPlot::nextPlace(std::optional<double> x, int direction) const {
    const int count = static_cast<int>(m_bins.size());
    int bin = x ? binAt(*x) : -1;
    bin = bin < 0 ? (direction > 0 ? 0 : count - 1) : bin + direction;
    for (; bin >= 0 && bin < count; bin += direction) {
        const ReliabilityBin& at = m_bins[static_cast<std::size_t>(bin)];
        if (at.pictures > 0) return (at.low + at.high) / 2;
    }
    return x;
}

// ---- taking it out --------------------------------------------------------------------------------------------------

NumberTable ReliabilityPlot::numbers() const {
    NumberTable table;
    const auto highOf = [bins = m_bins](double low) {
        const auto bin = std::find_if(bins.begin(), bins.end(), [low](const auto& b) { return b.low == low; });
        return bin->high * 100;
    };
    table.keys = {{tr("confidence from (%)"), [](double low) { return low * 100; }}, {tr("confidence to (%)"), highOf}};
    NumberColumn pictures{tr("pictures"), {}, {}}, accuracy{tr("accuracy (%)"), {}, {}},
        confidence{tr("mean confidence (%)"), {}, {}};
    const QCPRange seen = canvas().xAxis->range();
    for (const ReliabilityBin& bin : m_bins) {
        if (bin.high <= seen.lower || bin.low >= seen.upper) continue;
        pictures.x.push_back(bin.low);
        pictures.y.push_back(bin.pictures);
        if (bin.pictures == 0) continue;
        accuracy.x.push_back(bin.low);
        accuracy.y.push_back(bin.accuracy * 100);
        confidence.x.push_back(bin.low);
        confidence.y.push_back(bin.confidence * 100);
    }
    table.columns = {pictures, accuracy, confidence};
    return table;
}

}  // namespace condenser
