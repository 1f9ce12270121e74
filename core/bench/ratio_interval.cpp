#include "bench/ratio_interval.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace condenser {
namespace {

// Beyond, neighbouring pairs become one: the interval is as sharp then as anyone can ask, and the work is bounded.
constexpr std::size_t kMostPairs = 200;

double medianOf(std::span<const double> ms, const TimingBlock& block) {
    const auto samples = ms.subspan(block.first, block.samples);
    return quantile({samples.begin(), samples.end()}, 0.5);
}

// Logarithms of the ratios of blocks of the same round.
std::vector<double> differences(std::span<const double> firstMs, std::span<const TimingBlock> firstBlocks,
                                std::span<const double> secondMs, std::span<const TimingBlock> secondBlocks) {
    std::vector<double> found;
    auto second = secondBlocks.begin();
    for (const TimingBlock& block : firstBlocks) {
        while (second != secondBlocks.end() && second->round < block.round) ++second;
        if (second == secondBlocks.end()) break;
        if (second->round != block.round) continue;
        const double a = medianOf(firstMs, block), b = medianOf(secondMs, *second);
        if (a > 0 && b > 0) found.push_back(std::log(a / b));
    }
    return found;
}

void mergeNeighbours(std::vector<double>& values) {
    while (values.size() > kMostPairs) {
        for (std::size_t i = 0; i + 1 < values.size(); i += 2) values[i / 2] = (values[i] + values[i + 1]) / 2;
        values.resize(values.size() / 2);
    }
}

// How many of the smallest (and of the largest) means of two values lie outside of the interval: the largest k with
// P(W < k) <= tail, where W is the sum of the ranks of the positive ones among n values whose signs are fair coins.
std::size_t outside(std::size_t n, double tail) {
    const std::size_t half = n * (n + 1) / 4;  // W lies evenly to both sides of it
    std::vector<double> probability(half + 1), before;
    probability[0] = 1;
    for (std::size_t rank = 1; rank <= n; ++rank) {
        before = probability;
        const std::size_t most = std::min(half, rank * (rank + 1) / 2);
        for (std::size_t w = 0; w <= most; ++w) probability[w] = before[w] / 2;
        for (std::size_t w = rank; w <= most; ++w) probability[w] += before[w - rank] / 2;
    }
    std::size_t k = 0;
    for (double below = probability[0]; below <= tail && k < half; below += probability[k]) ++k;
    return k;
}

double nth(std::vector<double>& values, std::size_t n) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(n);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

}  // namespace

std::optional<RatioInterval> ratioInterval(std::span<const double> firstMs, std::span<const TimingBlock> firstBlocks,
                                           std::span<const double> secondMs,
                                           std::span<const TimingBlock> secondBlocks) {
    RatioInterval interval;
    std::vector<double> logs = differences(firstMs, firstBlocks, secondMs, secondBlocks);
    interval.pairs = static_cast<int>(logs.size());
    mergeNeighbours(logs);
    const std::size_t cut = outside(logs.size(), (1 - interval.confidence) / 2);
    if (cut == 0) return std::nullopt;
    std::vector<double> means;
    for (std::size_t i = 0; i < logs.size(); ++i) {
        for (std::size_t j = i; j < logs.size(); ++j) means.push_back((logs[i] + logs[j]) / 2);
    }
    const std::size_t count = means.size();
    interval.ratio = std::exp((nth(means, (count - 1) / 2) + nth(means, count / 2)) / 2);
    interval.low = std::exp(nth(means, cut - 1));
    interval.high = std::exp(nth(means, count - cut));
    return interval;
}

}  // namespace condenser
