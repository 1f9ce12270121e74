#include "bench/model_bench.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "bench/layer_times.h"
#include "bench/network_runner.h"
#include "bench/protocol.h"
#include "bench/roofline.h"

namespace condenser {
namespace {

std::string nameOf(const BenchModel& model) {
    return model.model + " " + model.variant;
}

BenchRow rowOf(const BenchModel& model, const NetworkRunner& runner, Timing timing, ThreadPool& pool,
               const BenchOptions& options) {
    BenchRow row;
    row.model = model.model;
    row.variant = model.variant;
    row.batch = options.batch;
    row.threads = pool.size();
    row.height = model.graph.maps.front().height;
    row.width = model.graph.maps.front().width;
    row.runs = timing.calls;
    row.medianMs = timing.medianMs;
    row.p5Ms = timing.p5Ms;
    row.p95Ms = timing.p95Ms;
    row.macs = graphMacs(model.graph);
    row.params = model.params;
    if (options.peak != nullptr) row.limitSeconds = limitSeconds(runner.plan().layers(), options.batch, *options.peak);
    row.memoryBytes = runner.plan().memoryBytes();
    row.weightBytes = runner.plan().weightBytes();
    row.samplesMs = std::move(timing.ms);
    row.blocks = std::move(timing.blocks);
    return row;
}

// What layers take in a call of the row's median; false if stopped. `before`: seconds of other models.
bool timeLayers(const BenchModel& model, NetworkRunner& runner, ThreadPool& pool, const BenchOptions& options,
                double before, double total, BenchRow& row) {
    const std::vector<PlanLayer>& layers = runner.plan().layers();
    LayerTimingOptions timing;
    timing.seconds = options.seconds;
    timing.stop = options.stop;
    timing.progress = [&](double done) {
        if (options.layersProgress)
            options.layersProgress(nameOf(model), before + std::min(done, options.seconds), total);
    };
    const std::vector<double> us =
        layerTimes([&](std::span<double> seconds) { runner.run(pool, seconds); }, layers.size(), row.medianMs, timing);
    for (std::size_t i = 0; i < us.size(); ++i) {
        const double limit = options.peak == nullptr ? 0 : limitSeconds(layers[i], options.batch, *options.peak);
        row.layers.push_back({layers[i].name, layers[i].op, us[i], layers[i].macs, limit});
    }
    return us.size() == layers.size();
}

}  // namespace

Result<std::vector<BenchRow>> benchModels(std::span<const BenchModel> models, ThreadPool& pool,
                                          const BenchOptions& options) {
    std::deque<NetworkRunner> runners;
    std::vector<Subject> subjects;
    for (const BenchModel& model : models) {
        // To pack the weights of a large network takes its time.
        if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
        NetworkRunner& runner =
            runners.emplace_back(model.graph, options.batch, pool.size(), options.seed, runners.size());
        subjects.push_back({nameOf(model), [&runner, &pool] { runner.run(pool); }, [&runner] { runner.renew(); }});
    }
    ProtocolOptions protocol;
    protocol.seconds = options.seconds;
    protocol.stop = options.stop;
    protocol.minBlocks = options.minBlocks;
    protocol.progress = options.progress;
    protocol.sampled = options.sampled;
    auto timings = timeInTurn(subjects, protocol);
    if (!timings) return tl::unexpected(timings.error());

    std::vector<BenchRow> rows;
    for (std::size_t i = 0; i < runners.size(); ++i) {
        rows.push_back(rowOf(models[i], runners[i], std::move((*timings)[i]), pool, options));
    }
    const double total = options.seconds * static_cast<double>(runners.size());
    for (std::size_t i = 0; options.layers && i < runners.size(); ++i) {
        if (!timeLayers(models[i], runners[i], pool, options, options.seconds * static_cast<double>(i), total, rows[i]))
            return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
    }
    return rows;
}

Speedup speedupOf(const BenchRow& dense, const BenchRow& condensed) {
    return {dense.medianMs / condensed.medianMs, static_cast<double>(dense.macs) / static_cast<double>(condensed.macs)};
}

}  // namespace condenser
