#include "plots/progress_plots.h"

#include <algorithm>
#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kKeptTop = 1.04;  // a little above 100 %, so that the line is seen
constexpr double kFirstSpeed = 100, kHeadroom = 1.15;
constexpr int kAmber = 1;            // in Theme::series: that of condensing, which is the line of all blocks
constexpr double kStripe = 4;        // widths of a line that one of several blocks shows
constexpr double kSameShare = 5e-4;  // what is written alike

QString wholeShare(double share) {
    return QString::number(share * 100, 'f', 0) + QChar(0x202f) + u'%';
}

QString writtenPoints(double share) {
    return KeptPlot::tr("%1 points").arg(share * 100, 0, 'f', 1);
}

QString writtenSpeed(double speed) {
    return formatAmount(speed);
}

QString writtenRate(double rate) {
    return QString::number(rate, 'g', 3);
}

}  // namespace

// ---- connections kept -----------------------------------------------------------------------------------------------

KeptPlot::KeptPlot(QWidget* parent)
    : EpochPlot(tr("Connections kept"), QStringLiteral("connections-kept"), wholeShare, writtenPoints, parent) {
    addSeries({.name = tr("planned"),
               .ink = Ink::kCondensed,
               .shape = SeriesStyle::Shape::kPlan,
               .unit = QStringLiteral("%"),
               .unitsPerValue = 100});
    addSeries({.name = tr("kept"),
               .ink = Ink::kCondensed,
               .shape = SeriesStyle::Shape::kStairs,
               .unit = QStringLiteral("%"),
               .unitsPerValue = 100});
    m_entry = legend().add({.ink = Ink::kCondensed});
    setBlocks(0);
    setFollowedValues(0, kKeptTop);
}

void KeptPlot::setBlocks(int count) {
    dropSeriesFrom(kFirstBlock);
    m_blockStyles.clear();
    m_blockEntries.clear();
    legend().clear();
    m_entry = legend().add({.ink = Ink::kCondensed});
    for (int block = 0; block < count; ++block) {
        m_blockStyles.push_back({.name = tr("block %1").arg(block + 1),
                                 .shape = SeriesStyle::Shape::kStairs,
                                 .series = block < kAmber ? block : block + 1,
                                 .dash = dashOf(block),
                                 .unit = QStringLiteral("%"),
                                 .unitsPerValue = 100});
        addSeries(m_blockStyles.back());
        m_blockEntries.push_back(legend().add(m_blockStyles.back()));
    }
    m_x.clear();
    m_y.fill({}, count + 1);
}

void KeptPlot::clearData() {
    EpochPlot::clearData();
    setBlocks(static_cast<int>(m_blockStyles.size()));
    setAccessibleDescription({});
}

void KeptPlot::setPlannedSteps(double epochs, const std::vector<CondensingStep>& steps) {
    QVector<double> x{0}, y{1};
    for (const CondensingStep& step : steps) {
        if (step.epoch == 0) {  // the run never had them all: no fall along the axis
            x.clear();
            y.clear();
        }
        x << step.epoch;
        y << step.keptAfter;
    }
    x << epochs;
    y << y.last();
    replace(kPlanned, x, y);
}

void KeptPlot::addPoint(double epoch, double kept, const std::vector<double>& perBlock) {
    if (!m_x.isEmpty() && m_x.last() == epoch) {  // what was there for no step is not drawn
        m_x.removeLast();
        for (QVector<double>& curve : m_y) curve.removeLast();
    }
    m_x << epoch;
    m_y[0] << kept;
    for (qsizetype block = 1; block < m_y.size(); ++block) {
        const auto b = static_cast<std::size_t>(block - 1);
        m_y[block] << (b < perBlock.size() ? perBlock[b] : kept);
    }
    redraw(epoch);
    describe();
}

void KeptPlot::correctBlocks(const std::vector<double>& perBlock) {
    if (m_x.isEmpty() || perBlock.size() + 1 != static_cast<std::size_t>(m_y.size())) return;
    for (std::size_t b = 0; b < perBlock.size(); ++b) m_y[static_cast<qsizetype>(b) + 1].last() = perBlock[b];
    redraw(pointCount(kKept) > 0 ? epochsOf(kKept).back() : m_x.last());
    describe();
}

void KeptPlot::extendTo(double epoch) {
    if (!m_x.isEmpty() && epoch > m_x.last()) redraw(epoch);
}

// The plan is told where nothing is kept yet, and the blocks where they differ.
bool KeptPlot::tells(int series, double epoch) const {
    if (series == kKept) return true;
    const auto all = valueOf(kKept, epoch);
    if (series == kPlanned) return !all;
    for (int block = kFirstBlock; block < seriesCount(); ++block) {
        if (std::abs(valueOf(block, epoch).value_or(0) - all.value_or(0)) >= kSameShare) return true;
    }
    return false;
}

// A handful of points: made anew each time.
void KeptPlot::redraw(double end) {
    for (qsizetype curve = 0; curve < m_y.size(); ++curve) {
        QVector<double> x = m_x, y = m_y[curve];
        if (end > x.last()) {
            x << end;
            y << y.last();
        }
        replace(kKept + static_cast<int>(curve), x, y);
    }
}

void KeptPlot::describe() {
    const double all = m_y[0].last();
    bool same = true;
    for (qsizetype block = 1; block < m_y.size(); ++block) same &= std::abs(m_y[block].last() - all) < kSameShare;
    const auto blocks = static_cast<int>(m_blockEntries.size());
    const QString text = blocks > 1 ? tr("all %1 blocks %2").arg(blocks).arg(formatShare(all)) : formatShare(all);
    legend().setText(m_entry, same ? text : QString(), formatShare(all));
    for (int block = 0; block < blocks; ++block) {
        const auto b = static_cast<std::size_t>(block);
        // Alike, they lie on each other: then each shows its own stripe of the line.
        SeriesStyle style = m_blockStyles[b];
        if (same && blocks > 1) {
            style.dash = {kStripe, kStripe * (blocks - 1)};
            style.dashOffset = -kStripe * block;
        }
        setSeriesStyle(kFirstBlock + block, style);
        legend().setText(m_blockEntries[b],
                         same ? QString() : tr("%1: %2").arg(block + 1).arg(wholeShare(m_y[block + 1].last())));
    }
    setLegendBelow(!same);
    QString words = tr("%1 of the connections are kept.").arg(formatShare(all));
    if (!same) words += u' ' + tr("By block: %1.").arg(legend().text());
    setAccessibleDescription(words);
}

// ---- speed ----------------------------------------------------------------------------------------------------------

SpeedPlot::SpeedPlot(QWidget* parent)
    : EpochPlot(tr("Images per second"), QStringLiteral("images-per-second"), writtenSpeed, writtenSpeed, parent),
      m_top(kFirstSpeed) {
    addSeries({.name = tr("images/s"), .ink = Ink::kSpeed, .shape = SeriesStyle::Shape::kThinLine});
    m_entry = legend().add({.ink = Ink::kSpeed});
    setToolTip(tr("Training images a second, evaluation left out. It rises as the network condenses."));
    setCaption(tr("Rises as the network condenses."));
    setFollowedValues(0, m_top);
}

void SpeedPlot::clearData() {
    EpochPlot::clearData();
    legend().setText(m_entry, {});
    setAccessibleDescription({});
    m_top = kFirstSpeed;
    setFollowedValues(0, m_top);
}

void SpeedPlot::addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch) {
    QVector<double> x, y;
    for (const StepReport& step : steps) {
        if (!(step.imagesPerSecond > 0)) continue;  // nothing measured yet
        x << static_cast<double>(step.step + 1) / stepsPerEpoch;
        y << step.imagesPerSecond;
        makeRoom(step.imagesPerSecond);
    }
    append(kSpeed, x, y);
    if (y.isEmpty()) return;
    legend().setText(m_entry, formatAmount(y.last()));
    setAccessibleDescription(tr("%1 images a second. It rises as the network condenses.").arg(formatAmount(y.last())));
}

void SpeedPlot::addEpochs(const std::vector<EpochReport>& epochs) {
    QVector<double> x, y;
    for (const EpochReport& epoch : epochs) {
        x << epoch.epoch;
        y << epoch.imagesPerSecond;
        makeRoom(epoch.imagesPerSecond);
    }
    append(kSpeed, x, y);
}

void SpeedPlot::makeRoom(double speed) {
    if (speed * kHeadroom <= m_top) return;
    m_top = speed * kHeadroom;
    setFollowedValues(0, m_top);
}

// ---- learning rate --------------------------------------------------------------------------------------------------

RatePlot::RatePlot(QWidget* parent)
    : EpochPlot(tr("Learning rate"), QStringLiteral("learning-rate"), writtenRate, writtenRate, parent) {
    addSeries({.name = tr("learning rate"), .ink = Ink::kTraining, .shape = SeriesStyle::Shape::kThinLine});
    m_entry = legend().add({.ink = Ink::kTraining});
    setToolTip(tr("By how much a step changes the weights: it falls to zero along half a cosine."));
}

void RatePlot::clearData() {
    EpochPlot::clearData();
    legend().setText(m_entry, {});
    setAccessibleDescription({});
    m_top = 0;
    setFollowedValues(0, 1);
}

void RatePlot::addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch) {
    QVector<double> x, y;
    for (const StepReport& step : steps) {
        if (!std::isfinite(step.learningRate)) continue;
        x << static_cast<double>(step.step + 1) / stepsPerEpoch;
        y << step.learningRate;
    }
    if (y.isEmpty()) return;
    append(kRate, x, y);
    if (const double highest = *std::max_element(y.begin(), y.end()); highest > m_top) {
        m_top = highest;
        setFollowedValues(0, m_top * kHeadroom);
    }
    legend().setText(m_entry, writtenRate(y.last()));
    setAccessibleDescription(tr("The learning rate is %1.").arg(writtenRate(y.last())));
}

}  // namespace condenser
