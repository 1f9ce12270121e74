// What the network will cost, counted from its spec while the user types.
#pragma once

#include <QWidget>
#include <optional>

#include "network/network_spec.h"

class QLabel;

namespace condenser {

class CostBox : public QWidget {
    Q_OBJECT

  public:
    explicit CostBox(QWidget* parent = nullptr);

    // Nothing: the numbers break a rule, and there is no cost to show.
    void showCost(const std::optional<NetworkSpec>& spec);

  private:
    QLabel* m_denseMacs;
    QLabel* m_condensedMacs;
    QLabel* m_denseParams;
    QLabel* m_condensedParams;
    QLabel* m_saving;
};

}  // namespace condenser
