#include "condense/group_lasso.h"

#include <cmath>
#include <vector>

namespace condenser {

double addGroupLasso(LearnedGroupConv& layer, double lambda, CondensingRules rules) {
    constexpr double kFloor = 1e-6;
    const int last = rules == CondensingRules::kReference ? layer.groups() - 1 : layer.condenseFactor() - 1;
    if (layer.stage() >= last) return 0;
    const int inputs = layer.inputs(), groups = layer.groups();
    std::vector<double> squares(static_cast<std::size_t>(groups * inputs));
    const std::vector<float>& weight = layer.conv.weight;
    for (int o = 0; o < layer.outputs(); ++o) {
        const int g = o % groups;
        for (int c = 0; c < inputs; ++c) {
            if (!layer.isLive(g, c)) continue;
            const double w = static_cast<double>(weight[static_cast<std::size_t>(o * inputs + c)]);
            squares[static_cast<std::size_t>(g * inputs + c)] += w * w;
        }
    }
    double sum = 0;
    for (double square : squares) sum += std::sqrt(std::max(square, kFloor));
    if (lambda == 0) return sum;
    for (int o = 0; o < layer.outputs(); ++o) {
        const int g = o % groups;
        for (int c = 0; c < inputs; ++c) {
            const double square = squares[static_cast<std::size_t>(g * inputs + c)];
            if (square <= kFloor) continue;  // dropped ones too: their sum is 0
            const std::size_t i = static_cast<std::size_t>(o * inputs + c);
            layer.conv.dWeight[i] += static_cast<float>(lambda * static_cast<double>(weight[i]) / std::sqrt(square));
        }
    }
    return sum;
}

double addGroupLasso(Network& network, double lambda, CondensingRules rules) {
    double sum = 0;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) sum += addGroupLasso(*layer.conv, lambda, rules);
    return sum;
}

}  // namespace condenser
