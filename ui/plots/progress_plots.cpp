#include "plots/progress_plots.h"

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kKeptTop = 1.04;  // a little above 100 %, so that the line is seen
constexpr double kFirstSpeed = 100, kHeadroom = 1.15;

QString wholeShare(double share) {
    return QString::number(share * 100, 'f', 0) + QChar(0x202f) + u'%';
}

QString writtenSpeed(double speed) {
    return formatAmount(speed);
}

}  // namespace

KeptPlot::KeptPlot(QWidget* parent) : EpochPlot(tr("Connections kept"), wholeShare, parent) {
    addSeries({tr("planned"), Ink::kCondensed, SeriesStyle::Shape::kPlan});
    addSeries({tr("kept"), Ink::kCondensed, SeriesStyle::Shape::kStairs});
    m_entry = legend().add({.ink = Ink::kCondensed});
    setFollowedValues(0, kKeptTop);
}

void KeptPlot::clearData() {
    EpochPlot::clearData();
    m_x.clear();
    m_y.clear();
    legend().setText(m_entry, {});
    setAccessibleDescription({});
}

void KeptPlot::setPlannedSteps(double epochs, const std::vector<CondensingStep>& steps) {
    QVector<double> x{0}, y{1};
    for (const CondensingStep& step : steps) {
        x << step.epoch;
        y << step.keptAfter;
    }
    x << epochs;
    y << y.last();
    replace(kPlanned, x, y);
}

void KeptPlot::addPoint(double epoch, double kept) {
    m_x << epoch;
    m_y << kept;
    replace(kKept, m_x, m_y);
    legend().setText(m_entry, formatShare(kept));
    setAccessibleDescription(tr("%1 of the connections are kept.").arg(formatShare(kept)));
}

void KeptPlot::extendTo(double epoch) {
    if (m_x.isEmpty() || epoch <= m_x.last()) return;
    replace(kKept, QVector<double>(m_x) << epoch, QVector<double>(m_y) << m_y.last());
}

SpeedPlot::SpeedPlot(QWidget* parent) : EpochPlot(tr("Images per second"), writtenSpeed, parent), m_top(kFirstSpeed) {
    addSeries({tr("images/s"), Ink::kSpeed, SeriesStyle::Shape::kThinLine});
    m_entry = legend().add({.ink = Ink::kSpeed});
    setToolTip(tr("Training images a second, evaluation left out. It rises as the network condenses."));
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
        if (step.imagesPerSecond <= 0) continue;  // nothing measured yet
        x << static_cast<double>(step.step + 1) / stepsPerEpoch;
        y << step.imagesPerSecond;
        makeRoom(step.imagesPerSecond);
    }
    append(kSpeed, x, y);
    if (y.isEmpty()) return;
    legend().setText(m_entry, formatAmount(y.last()));
    setAccessibleDescription(tr("%1 images a second.").arg(formatAmount(y.last())));
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

}  // namespace condenser
