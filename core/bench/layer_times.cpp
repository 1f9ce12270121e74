#include "bench/layer_times.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "bench/protocol.h"

namespace condenser {
namespace {

constexpr std::size_t kMostCalls = 500, kLeastCalls = 5, kWarmUps = 2;
constexpr std::size_t kCallsAReport = 10;

double steadySeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double sumOf(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

// The mean of the middle half of the rows, by their sums; the rows lose their order.
std::vector<double> middleMean(std::vector<std::vector<double>>& rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return sumOf(a) < sumOf(b); });
    const std::size_t first = rows.size() / 4, last = rows.size() - first;
    std::vector<double> mean(rows.front().size(), 0.0);
    for (std::size_t row = first; row < last; ++row) {
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += rows[row][i] / static_cast<double>(last - first);
    }
    return mean;
}

}  // namespace

std::vector<double> layerTimes(const std::function<void(std::span<double> seconds)>& call, std::size_t layers,
                               double wholeMs, const LayerTimingOptions& options) {
    const std::function<double()> clock = options.clock ? options.clock : steadySeconds;
    std::vector<double> shares;
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < kWarmUps; ++i) call({});
    const double start = clock();
    while (rows.size() < kLeastCalls || (rows.size() < kMostCalls && clock() - start < options.seconds)) {
        if (options.stop.stop_requested()) return {};
        const double before = clock();
        call({});
        const double whole = clock() - before;
        call(rows.emplace_back(layers, 0.0));
        shares.push_back(whole > 0 ? sumOf(rows.back()) / whole : 1);
        if (options.progress && rows.size() % kCallsAReport == 0) options.progress(clock() - start);
    }
    std::vector<double> times = middleMean(rows);
    const double sum = sumOf(times), share = options.proportionsOnly ? 1 : quantile(std::move(shares), 0.5);
    for (double& time : times) time *= sum > 0 ? share * wholeMs * 1e3 / sum : 0;
    return times;
}

}  // namespace condenser
