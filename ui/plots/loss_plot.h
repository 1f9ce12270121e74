// Loss of every training step, and of both parts of the data after each epoch.
#pragma once

#include "plots/epoch_plot.h"

namespace condenser {

class LossPlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit LossPlot(QWidget* parent = nullptr);

    void clearData() override;
    void setTestName(const QString& testName);
    void setSmoothing(double weight);
    void addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch);
    void addEpochs(const std::vector<EpochReport>& epochs);

    enum Curve { kSteps, kTraining, kTest };

  protected:
    void notPositiveChanged(int count) override;

  private:
    void makeRoom(double loss);

    QString m_testName = QStringLiteral("test");
    int m_testEntry, m_trainingEntry, m_smoothedEntry;
    double m_top;
};

}  // namespace condenser
