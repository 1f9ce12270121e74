#include "ops/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace condenser {

void softmax(std::span<const float> logits, std::span<double> probabilities) {
    double largest = -std::numeric_limits<double>::infinity();
    for (float z : logits) largest = std::max(largest, static_cast<double>(z));
    double sum = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) {
        probabilities[k] = std::exp(static_cast<double>(logits[k]) - largest);
        sum += probabilities[k];
    }
    for (double& p : probabilities) p /= sum;
}

LossReport softmaxCrossEntropy(std::span<const float> logits, int classes, std::span<const std::int32_t> targets,
                               std::span<float> dLogits) {
    const std::size_t width = static_cast<std::size_t>(classes);
    CORE_CHECK(logits.size() == targets.size() * width && (dLogits.empty() || dLogits.size() == logits.size()));
    const double share = 1.0 / static_cast<double>(targets.size());
    LossReport report;
    for (std::size_t n = 0; n < targets.size(); ++n) {
        const std::span<const float> row = logits.subspan(n * width, width);
        const std::size_t target = static_cast<std::size_t>(targets[n]);
        CORE_CHECK(target < width);
        double largest = -std::numeric_limits<double>::infinity();
        for (float z : row) largest = std::max(largest, static_cast<double>(z));
        double sum = 0;
        for (float z : row) sum += std::exp(static_cast<double>(z) - largest);
        report.loss += (std::log(sum) + largest - static_cast<double>(row[target])) * share;
        int ahead = 0;
        for (std::size_t k = 0; k < width; ++k) {
            if (row[k] > row[target] || (row[k] == row[target] && k < target)) ++ahead;
        }
        report.top1 += ahead == 0;
        report.top5 += ahead < 5;
        if (dLogits.empty()) continue;
        for (std::size_t k = 0; k < width; ++k) {
            const double probability = std::exp(static_cast<double>(row[k]) - largest) / sum;
            dLogits[n * width + k] = static_cast<float>((probability - (k == target ? 1.0 : 0.0)) * share);
        }
    }
    return report;
}

}  // namespace condenser
