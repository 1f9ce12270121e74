#include "condense/group_lasso.h"

#include <cmath>

namespace condenser {

double addGroupLasso(LearnedGroupConv& layer, double lambda, CondensingRules rules, std::vector<double>& squares) {
    constexpr double kFloor = 1e-6;
    const int last = rules == CondensingRules::kReference ? layer.groups() - 1 : layer.condenseFactor() - 1;
    if (layer.stage() >= last) return 0;
    const int inputs = layer.inputs(), groups = layer.groups();
    squares.assign(static_cast<std::size_t>(groups * inputs), 0.0);
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

GroupLasso::GroupLasso(Network& network, double lambda, CondensingRules rules) : m_lambda(lambda), m_rules(rules) {
    for (const Network::LearnedLayer& layer : network.learnedLayers()) m_layers.push_back({layer.conv, 0, {}});
}

double GroupLasso::add(ThreadPool& pool) {
    if (m_lambda == 0) return 0;
    pool.parallelFor(m_layers.size(), [&](std::size_t i, int) {
        Layer& layer = m_layers[i];
        layer.sum = addGroupLasso(*layer.conv, m_lambda, m_rules, layer.squares);
    });
    double sum = 0;
    for (const Layer& layer : m_layers) sum += layer.sum;
    return sum;
}

}  // namespace condenser
