// The small plots below the curves: how much of the network is left, how fast it therefore trains, and with which rate.
#pragma once

#include "plots/epoch_plot.h"

namespace condenser {

// Share of the learned convolutions' connections that is kept, of all of them and block by block; what is planned is
// dotted. Blocks that keep the same share lie on each other: their dashes take turns, so that all are seen.
class KeptPlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit KeptPlot(QWidget* parent = nullptr);

    void clearData() override;
    void setPlannedSteps(double epochs, const std::vector<CondensingStep>& steps);
    // Of the run that is shown; before its first point.
    void setBlocks(int count);
    // From `epoch` on this share is kept, by each block alike unless `perBlock` tells them all.
    void addPoint(double epoch, double kept, const std::vector<double>& perBlock = {});
    // What the blocks have kept since the last point, now that it is known.
    void correctBlocks(const std::vector<double>& perBlock);
    // The share has not changed up to here.
    void extendTo(double epoch);

    // Then one for each block.
    enum Curve { kPlanned, kKept, kFirstBlock };

  protected:
    bool tells(int series, double epoch) const override;

  private:
    void redraw(double end);
    void describe();

    int m_entry;
    std::vector<int> m_blockEntries;
    std::vector<SeriesStyle> m_blockStyles;
    QVector<double> m_x;
    QVector<QVector<double>> m_y;  // all, then block by block
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

// The learning rate of every step.
class RatePlot : public EpochPlot {
    Q_OBJECT

  public:
    explicit RatePlot(QWidget* parent = nullptr);

    void clearData() override;
    void addSteps(const std::vector<StepReport>& steps, double stepsPerEpoch);

    enum Curve { kRate };

  private:
    int m_entry;
    double m_top = 0;
};

}  // namespace condenser
