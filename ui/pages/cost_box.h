// What the network will cost: counted from its spec while the user types, and, once this machine was measured, in time.
#pragma once

#include <QWidget>
#include <cstdint>
#include <optional>

#include "bench/cost_estimate.h"
#include "network/network_spec.h"

class QLabel;
class QPushButton;

namespace condenser {

class CalibrationSession;

class CostBox : public QWidget {
    Q_OBJECT

  public:
    // Follows `calibration`, which must outlive it.
    explicit CostBox(CalibrationSession& calibration, QWidget* parent = nullptr);

    // No spec: the numbers break a rule, and there is no cost to show. No amount: the data are still being looked into.
    void showCost(const std::optional<NetworkSpec>& spec, const std::optional<TrainingAmount>& amount);

  private:
    void showCounts(const NetworkSpec& spec);
    void showTimes();

    CalibrationSession& m_calibration;
    std::optional<NetworkSpec> m_spec;
    std::optional<TrainingAmount> m_amount;
    std::int64_t m_pictureLimit;  // bytes
    QLabel* m_denseMacs;
    QLabel* m_condensedMacs;
    QLabel* m_denseParams;
    QLabel* m_condensedParams;
    QLabel* m_denseLatency;
    QLabel* m_condensedLatency;
    QLabel* m_latencyError;
    QLabel* m_training;
    QLabel* m_memory;
    QLabel* m_source;  // where the times come from, or why there are none
    QPushButton* m_again;
};

}  // namespace condenser
