#include "bench/model_bench.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/rng.h"
#include "bench/protocol.h"
#include "bench/roofline.h"
#include "infer/plan.h"
#include "tensor/tensor.h"

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

// The layers of a call are timed in at most so many calls.
constexpr std::size_t kLayerCalls = 1000, kMinLayerCalls = 5, kLayerWarmUps = 2;

// A network that is ready to run.
struct Runner {
    const BenchModel* model;
    Plan plan;
    PlanMemory memory;
    Tensor input;
    std::vector<float> logits;

    Runner(const BenchModel& of, ThreadPool& pool, const BenchOptions& options)
        : model(&of),
          plan(of.graph, options.batch, pool.size()),
          memory(plan.makeMemory()),
          input(options.batch, of.graph.maps.front().channels, of.graph.maps.front().height,
                of.graph.maps.front().width),
          logits(static_cast<std::size_t>(options.batch) * static_cast<std::size_t>(of.graph.classes())) {
        Rng rng(options.seed, RandomStream::kTest);
        const View view = input.view();
        for (int n = 0; n < view.n; ++n) {
            for (int c = 0; c < view.c; ++c) {
                std::generate_n(view.plane(n, c), view.h * view.w, [&] { return static_cast<float>(rng.normal()); });
            }
        }
    }

    void run(ThreadPool& pool, std::span<double> seconds = {}) {
        plan.run(std::as_const(input).view(), logits, memory, pool, seconds);
    }
};

// Medians over calls in microseconds, a layer each; empty if stopped.
std::vector<double> layerMedians(Runner& runner, ThreadPool& pool, const BenchOptions& options) {
    const std::size_t layers = runner.plan.layers().size();
    std::vector<std::vector<double>> samples(layers);
    for (std::size_t i = 0; i < kLayerWarmUps; ++i) runner.run(pool);
    std::vector<double> seconds(layers);
    const Clock::time_point start = Clock::now();
    for (std::size_t call = 0; call < kLayerCalls; ++call) {
        if (options.stop.stop_requested()) return {};
        const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
        if (call >= kMinLayerCalls && elapsed >= options.seconds) break;
        std::fill(seconds.begin(), seconds.end(), 0.0);
        runner.run(pool, seconds);
        for (std::size_t i = 0; i < layers; ++i) samples[i].push_back(seconds[i] * 1e6);
    }
    std::vector<double> medians;
    for (std::vector<double>& layer : samples) medians.push_back(quantile(std::move(layer), 0.5));
    return medians;
}

BenchRow rowOf(const Runner& runner, Timing timing, ThreadPool& pool, const BenchOptions& options) {
    const BenchModel& model = *runner.model;
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
    if (options.peak != nullptr) row.limitSeconds = limitSeconds(runner.plan.layers(), options.batch, *options.peak);
    row.memoryBytes = runner.plan.memoryBytes();
    row.weightBytes = runner.plan.weightBytes();
    row.samplesMs = std::move(timing.ms);
    row.blocks = std::move(timing.blocks);
    return row;
}

std::vector<LayerRow> layerRows(Runner& runner, const std::vector<double>& mediansUs, const BenchOptions& options) {
    std::vector<LayerRow> rows;
    for (std::size_t i = 0; i < mediansUs.size(); ++i) {
        const PlanLayer& layer = runner.plan.layers()[i];
        const double limit = options.peak == nullptr ? 0 : limitSeconds(layer, options.batch, *options.peak);
        rows.push_back({layer.name, layer.op, mediansUs[i], layer.macs, limit});
    }
    return rows;
}

}  // namespace

Result<std::vector<BenchRow>> benchModels(std::span<const BenchModel> models, ThreadPool& pool,
                                          const BenchOptions& options) {
    std::vector<Runner> runners;
    runners.reserve(models.size());
    for (const BenchModel& model : models) runners.emplace_back(model, pool, options);

    std::vector<Subject> subjects;
    for (Runner& runner : runners) {
        subjects.push_back({runner.model->model + " " + runner.model->variant, [&runner, &pool] { runner.run(pool); }});
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
        rows.push_back(rowOf(runners[i], std::move((*timings)[i]), pool, options));
        if (!options.layers) continue;
        const std::vector<double> medians = layerMedians(runners[i], pool, options);
        if (medians.empty()) return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
        rows.back().layers = layerRows(runners[i], medians, options);
    }
    return rows;
}

Speedup speedupOf(const BenchRow& dense, const BenchRow& condensed) {
    return {dense.medianMs / condensed.medianMs, static_cast<double>(dense.macs) / static_cast<double>(condensed.macs)};
}

}  // namespace condenser
