#include "bench/layer_times.h"

#include <algorithm>

#include "bench/protocol.h"

namespace condenser {
namespace {

constexpr std::size_t kMostCalls = 500, kLeastCalls = 5, kWarmUps = 2, kCallsAReport = 10;

// One call.
struct Clocked {
    double whole = 0;  // seconds
    std::vector<double> layers;
};

}  // namespace

std::vector<double> layerTimes(const std::function<void(std::span<double> seconds)>& call, std::size_t layers,
                               double wholeMs, const LayerTimingOptions& options) {
    const std::function<double()> clock = options.clock ? options.clock : steadySeconds;
    std::vector<Clocked> calls;
    std::vector<double> ignored(layers);
    for (std::size_t i = 0; i < kWarmUps; ++i) call(ignored);
    const double start = clock();
    double now = start;
    while (calls.size() < kLeastCalls || (calls.size() < kMostCalls && now - start < options.seconds)) {
        if (options.stop.stop_requested()) return {};
        Clocked& clocked = calls.emplace_back(Clocked{0, std::vector<double>(layers, 0.0)});
        const double before = clock();
        call(clocked.layers);
        now = clock();
        clocked.whole = now - before;
        if (options.progress && calls.size() % kCallsAReport == 0) options.progress(now - start);
    }
    std::sort(calls.begin(), calls.end(), [](const Clocked& a, const Clocked& b) { return a.whole < b.whole; });
    calls.resize((calls.size() + 1) / 2);
    double whole = 0;
    std::vector<double> times(layers, 0.0);
    for (const Clocked& clocked : calls) {
        whole += clocked.whole;
        for (std::size_t i = 0; i < layers; ++i) times[i] += clocked.layers[i];
    }
    for (double& time : times) time *= whole > 0 ? wholeMs * 1e3 / whole : 0;
    return times;
}

}  // namespace condenser
