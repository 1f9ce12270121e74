#include "plots/accuracy_plot.h"

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kTop = 1.02;  // a little above 100 %, so that the best curves are seen

QString axisShare(double share) {
    return QString::number(share * 100, 'f', share > 0.9 && share < 0.9995 ? 1 : 0) + QChar(0x202f) + u'%';
}

QString writtenPoints(double share) {
    return AccuracyPlot::tr("%1 points").arg(share * 100, 0, 'f', 1);
}

}  // namespace

AccuracyPlot::AccuracyPlot(QWidget* parent)
    : EpochPlot(tr("Accuracy"), QStringLiteral("accuracy"), axisShare, writtenPoints, parent) {
    const auto share = [](const QString& name, Ink ink, SeriesStyle::Shape shape) {
        return SeriesStyle{.name = name, .ink = ink, .shape = shape, .unit = QStringLiteral("%"), .unitsPerValue = 100};
    };
    addSeries(share(tr("this batch"), Ink::kTrainingSteps, SeriesStyle::Shape::kThinLine));
    addSeries(share(tr("training"), Ink::kTraining, SeriesStyle::Shape::kLine));
    addSeries(share(tr("test"), Ink::kTest, SeriesStyle::Shape::kLine));
    addSeries(share({}, Ink::kTest, SeriesStyle::Shape::kDiamond));
    m_smoothedEntry = legend().add(smoothedStyle());
    m_trainingEntry = legend().add({.ink = Ink::kTraining});
    m_testEntry = legend().add({.ink = Ink::kTest});
    m_bestEntry = legend().add({.ink = Ink::kTest, .shape = SeriesStyle::Shape::kDiamond});
    setFollowedValues(0, kTop);
    setTextsLow(true);
}

void AccuracyPlot::clearData() {
    EpochPlot::clearData();
    m_best = -1;
    m_bestEpoch = 0;
    for (const int entry : {m_trainingEntry, m_testEntry, m_bestEntry}) legend().setText(entry, {});
    setAccessibleDescription({});
}

void AccuracyPlot::setTestName(const QString& testName) {
    m_testName = testName;
    nameSeries(kTest, testName);
}

void AccuracyPlot::setSmoothing(double weight) {
    EpochPlot::setSmoothing(kSteps, weight, smoothedStyle());
    legend().setText(m_smoothedEntry, weight > 0 ? tr("smoothed %1").arg(weight) : QString());
}

void AccuracyPlot::addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch) {
    QVector<double> x, y;
    for (const StepReport& step : steps) {
        x << static_cast<double>(step.step + 1) / stepsPerEpoch;
        y << step.top1;
    }
    append(kSteps, x, y);
}

void AccuracyPlot::addEpochs(const std::vector<EpochReport>& epochs) {
    if (epochs.empty()) return;
    QVector<double> x, training, test;
    for (const EpochReport& epoch : epochs) {
        x << epoch.epoch;
        training << epoch.trainTop1;
        test << epoch.testTop1;
        // What counts is the engine's choice, which begins again after the last condensing step.
        if (epoch.best) {
            m_best = epoch.testTop1;
            m_bestEpoch = epoch.epoch;
        }
    }
    append(kTraining, x, training);
    append(kTest, x, test);
    if (m_bestEpoch > 0) replace(kBest, {static_cast<double>(m_bestEpoch)}, {m_best});
    describe(epochs.back());
}

void AccuracyPlot::describe(const EpochReport& latest) {
    legend().setText(m_trainingEntry, tr("training %1").arg(formatShare(latest.trainTop1)));
    legend().setText(m_testEntry, tr("%1 %2").arg(m_testName, formatShare(latest.testTop1)));
    if (m_bestEpoch > 0) {
        legend().setText(m_bestEntry, tr("best %1, epoch %2").arg(formatShare(m_best)).arg(m_bestEpoch),
                         tr("best %1").arg(formatShare(m_best)));
    }
    setAccessibleDescription(tr("After epoch %1: %2.").arg(latest.epoch).arg(legend().text()));
}

}  // namespace condenser
