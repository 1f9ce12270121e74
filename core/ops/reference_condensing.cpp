#include "ops/reference_condensing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace condenser::reference {
namespace {

// 0, 1, ... in ascending order of value; equals keep their order.
std::vector<int> ascendingOrder(const std::vector<double>& value) {
    std::vector<int> order(value.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return value[static_cast<std::size_t>(a)] < value[static_cast<std::size_t>(b)];
    });
    return order;
}

}  // namespace

int condensingStage(double progress, int condenseFactor) {
    for (int stage = 0; stage < condenseFactor - 1; ++stage) {
        if (2 * progress < static_cast<double>(stage + 1) / (condenseFactor - 1)) return stage;
    }
    return condenseFactor - 1;
}

Array importance(const Array& weight, const Array& mask, int groups) {
    Array sums(groups, weight.c);
    for (int o = 0; o < weight.n; ++o)
        for (int i = 0; i < weight.c; ++i) sums.at(o % groups, i) += std::abs(weight.at(o, i) * mask.at(o, i));
    return sums;
}

std::vector<std::vector<int>> inputsToDrop(const Array& weight, const Array& mask, int groups, int count, int portion) {
    CORE_CHECK(count + portion <= weight.c);
    const Array sums = importance(weight, mask, groups);
    std::vector<std::vector<int>> dropped;
    for (int g = 0; g < groups; ++g) {
        std::vector<double> row;
        for (int i = 0; i < weight.c; ++i) row.push_back(sums.at(g, i));
        const std::vector<int> order = ascendingOrder(row);
        dropped.emplace_back(order.begin() + count, order.begin() + count + portion);
    }
    return dropped;
}

void drop(const std::vector<std::vector<int>>& inputs, Array& mask) {
    const int groups = static_cast<int>(inputs.size());
    for (int o = 0; o < mask.n; ++o)
        for (const int i : inputs[static_cast<std::size_t>(o % groups)]) mask.at(o, i) = 0;
}

bool lassoActive(int stage, int groups, int condenseFactor, bool quirks) {
    return stage < (quirks ? groups : condenseFactor) - 1;
}

Lasso groupLasso(const Array& weight, const Array& mask, int groups) {
    constexpr double kSmallest = 1e-6;
    Array squares(groups, weight.c);
    for (int o = 0; o < weight.n; ++o)
        for (int i = 0; i < weight.c; ++i) squares.at(o % groups, i) += std::pow(weight.at(o, i) * mask.at(o, i), 2);

    Lasso lasso{0, Array(weight.n, weight.c)};
    for (const double square : squares.values) lasso.value += std::sqrt(std::max(square, kSmallest));
    for (int o = 0; o < weight.n; ++o)
        for (int i = 0; i < weight.c; ++i) {
            const double square = squares.at(o % groups, i);
            if (square > kSmallest) lasso.dweight.at(o, i) = weight.at(o, i) * mask.at(o, i) / std::sqrt(square);
        }
    return lasso;
}

std::vector<std::int64_t> conversionIndex(const Array& mask, int groups, int perGroup) {
    std::vector<std::int64_t> index;
    for (int g = 0; g < groups; ++g) {
        int kept = 0;
        for (int i = 0; i < mask.c && kept < perGroup; ++i) {
            if (mask.at(g, i) == 0) continue;  // all filters of a group share their mask; g is the first of them
            index.push_back(i);
            ++kept;
        }
        CORE_CHECK(kept == perGroup);
    }
    return index;
}

Array convertedWeight(const Array& weight, const std::vector<std::int64_t>& index, int groups) {
    const int filters = weight.n / groups;  // of one group
    const int perGroup = static_cast<int>(index.size()) / groups;
    Array converted(weight.n, perGroup);
    for (int g = 0; g < groups; ++g)
        for (int k = 0; k < filters; ++k)
            for (int j = 0; j < perGroup; ++j) {
                const auto input = index[static_cast<std::size_t>(g * perGroup + j)];
                converted.at(g * filters + k, j) = weight.at(k * groups + g, static_cast<int>(input));
            }
    return converted;
}

std::vector<std::int64_t> classifierIndex(const Array& weight, int keep) {
    std::vector<double> sums(static_cast<std::size_t>(weight.c));
    for (int o = 0; o < weight.n; ++o)
        for (int i = 0; i < weight.c; ++i) sums[static_cast<std::size_t>(i)] += std::abs(weight.at(o, i));
    const std::vector<int> order = ascendingOrder(sums);
    return {order.end() - keep, order.end()};
}

}  // namespace condenser::reference
