#include "plots/smoothing.h"

#include <algorithm>
#include <cmath>

namespace condenser {

Smoother::Smoother(double weight) : m_weight(std::clamp(weight, 0.0, kMostSmoothing)) {}

void Smoother::restart() {
    m_sum = 0;
    m_total = 0;
}

double Smoother::next(double value) {
    if (std::isfinite(value)) {
        m_sum = m_weight * m_sum + (1 - m_weight) * value;
        m_total = m_weight * m_total + (1 - m_weight);
    }
    return m_total > 0 ? m_sum / m_total : value;
}

}  // namespace condenser
