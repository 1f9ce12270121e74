// Test and training accuracy over the epochs, the best epoch marked.
#pragma once

#include "plots/epoch_plot.h"

namespace condenser {

class AccuracyPlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit AccuracyPlot(QWidget* parent = nullptr);

    void clearData() override;
    // `testName` as in RunStarted.
    void setTestName(const QString& testName);
    void setSmoothing(double weight);
    void addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch);
    void addEpochs(const std::vector<EpochReport>& epochs);

    // The curves, in the order of EpochPlot's numbers.
    enum Curve { kSteps, kTraining, kTest, kBest };

  private:
    void describe(const EpochReport& latest);

    QString m_testName = QStringLiteral("test");
    int m_testEntry, m_trainingEntry, m_bestEntry, m_smoothedEntry;
    double m_best = -1;
    int m_bestEpoch = 0;
};

}  // namespace condenser
