// The two small plots below the curves: how much of the network is left, and how fast it therefore trains.
#pragma once

#include "plots/epoch_plot.h"

namespace condenser {

// Share of the learned convolutions' connections that is kept; what is planned is dotted.
class KeptPlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit KeptPlot(QWidget* parent = nullptr);

    void clearData() override;
    void setPlannedSteps(double epochs, const std::vector<CondensingStep>& steps);
    // From `epoch` on this share is kept.
    void addPoint(double epoch, double kept);
    // The share has not changed up to here.
    void extendTo(double epoch);

    enum Curve { kPlanned, kKept };

  private:
    int m_entry;
    QVector<double> m_x, m_y;
};

// Training images a second, evaluation left out.
class SpeedPlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit SpeedPlot(QWidget* parent = nullptr);

    void clearData() override;
    void addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch);
    void addEpochs(const std::vector<EpochReport>& epochs);  // of a run that goes on

    enum Curve { kSpeed };

  private:
    void makeRoom(double speed);

    int m_entry;
    double m_top;
};

}  // namespace condenser
