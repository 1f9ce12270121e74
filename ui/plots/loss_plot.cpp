#include "plots/loss_plot.h"

#include <algorithm>
#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kFirstTop = 2.5;    // just above ln 10, where ten classes start
constexpr double kHighestTop = 1e6;  // a run on its way to infinity must not squeeze the rest away for ever
constexpr double kHeadroom = 1.06;

QString writtenLoss(double loss) {
    if (loss > 0 && loss < 0.1) return QString::number(loss, 'g', 2);
    return QString::number(loss, 'f', loss < 10 ? 2 : 0);
}

}  // namespace

LossPlot::LossPlot(QWidget* parent)
    : EpochPlot(tr("Loss"), QStringLiteral("loss"), writtenLoss, writtenLoss, parent), m_top(kFirstTop) {
    addSeries({.name = tr("this batch"), .ink = Ink::kTrainingSteps, .shape = SeriesStyle::Shape::kThinLine});
    addSeries({.name = tr("training"), .ink = Ink::kTraining});
    addSeries({.name = tr("test"), .ink = Ink::kTest});
    m_smoothedEntry = legend().add(smoothedStyle());
    m_trainingEntry = legend().add({.ink = Ink::kTraining});
    m_testEntry = legend().add({.ink = Ink::kTest});
    setFollowedValues(0, m_top);
}

void LossPlot::clearData() {
    EpochPlot::clearData();
    for (const int entry : {m_trainingEntry, m_testEntry}) legend().setText(entry, {});
    setAccessibleDescription({});
    m_top = kFirstTop;
    setFollowedValues(0, m_top);
}

void LossPlot::setTestName(const QString& testName) {
    m_testName = testName;
    nameSeries(kTest, testName);
}

void LossPlot::setSmoothing(double weight) {
    EpochPlot::setSmoothing(kSteps, weight, smoothedStyle());
    legend().setText(m_smoothedEntry, weight > 0 ? tr("smoothed %1").arg(weight) : QString());
}

void LossPlot::notPositiveChanged(int count) {
    setCaption(count == 0 ? QString()
                          : tr("%1 of zero or below cannot be shown on a logarithmic axis.")
                                .arg(formatPlural(count, tr("value"), tr("values"))));
}

void LossPlot::addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch) {
    QVector<double> x, y;
    for (const StepReport& step : steps) {
        if (!std::isfinite(step.loss)) continue;
        x << static_cast<double>(step.step + 1) / stepsPerEpoch;
        y << step.loss;
        makeRoom(step.loss);
    }
    append(kSteps, x, y);
}

void LossPlot::addEpochs(const std::vector<EpochReport>& epochs) {
    if (epochs.empty()) return;
    QVector<double> x, training, test;
    for (const EpochReport& epoch : epochs) {
        x << epoch.epoch;
        training << epoch.trainLoss;
        test << epoch.testLoss;
        makeRoom(epoch.testLoss);
    }
    append(kTraining, x, training);
    append(kTest, x, test);
    legend().setText(m_trainingEntry, tr("training %1").arg(epochs.back().trainLoss, 0, 'f', 3));
    legend().setText(m_testEntry, tr("%1 %2").arg(m_testName).arg(epochs.back().testLoss, 0, 'f', 3));
    setAccessibleDescription(tr("After epoch %1: %2.").arg(epochs.back().epoch).arg(legend().text()));
}

void LossPlot::makeRoom(double loss) {
    if (!(loss * kHeadroom > m_top)) return;
    m_top = std::min(loss * kHeadroom, kHighestTop);
    setFollowedValues(0, m_top);
}

}  // namespace condenser
