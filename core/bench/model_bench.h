// Inference of several networks, timed side by side, layer by layer if asked, and held against the machine's limits.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "bench/peak.h"
#include "bench/protocol.h"
#include "infer/graph.h"

namespace condenser {

struct BenchModel {
    std::string model, variant;  // as reports call them
    Graph graph;
    std::int64_t params = 0;
};

struct LayerRow {
    std::string name, op;
    double medianUs = 0;      // of a median call (layer_times.h): the whole batch
    std::int64_t macs = 0;    // one image
    double limitSeconds = 0;  // of a call; 0 without a peak
};

// Times are those of a call: the whole batch.
struct BenchRow {
    std::string model, variant;
    int batch = 1, threads = 1;
    int height = 0, width = 0;
    std::int64_t runs = 0;  // timed calls
    double medianMs = 0, p5Ms = 0, p95Ms = 0;
    std::int64_t macs = 0, params = 0;  // macs of one image
    double limitSeconds = 0;            // no kernel can be faster; 0 without a peak
    std::size_t memoryBytes = 0, weightBytes = 0;
    std::vector<LayerRow> layers;     // if asked for
    std::vector<double> samplesMs;    // in the order in which they ran
    std::vector<TimingBlock> blocks;  // of samplesMs

    double imagesPerSecond() const { return batch / (medianMs * 1e-3); }
    double flopsPerSecond() const { return 2.0 * static_cast<double>(macs) * imagesPerSecond(); }
    // How much of the machine's speed is used, 0..1; 0 without a peak.
    double rooflineFraction() const { return limitSeconds / (medianMs * 1e-3); }
};

struct BenchOptions {
    int batch = 1;
    double seconds = 5;  // of timed calls, a model
    bool layers = false;
    const Peak* peak = nullptr;  // of the same pool; nullptr: no limits
    std::uint64_t seed = 1;      // of the pictures, which are random numbers
    std::stop_token stop;
    int minBlocks = 1;  // these three: see ProtocolOptions
    std::function<void(const std::string& name, double done, double total)> progress;
    std::function<void(std::size_t model, std::span<const double> ms)> sampled;
    // As `progress`, of the layers' timing, which may end before its time.
    std::function<void(const std::string& name, double done, double total)> layersProgress;
};

// A row for each model, in their order; all of them are timed in turn (protocol.h) on all threads of the pool. Layers
// are timed afterwards and told as parts of the row's median (layer_times.h): together they are the call, but for what
// lies between them. kCancelled if stopped.
Result<std::vector<BenchRow>> benchModels(std::span<const BenchModel> models, ThreadPool& pool,
                                          const BenchOptions& options);

// What condensing brings: in time, and in multiply-adds.
struct Speedup {
    double realised = 0, theoretical = 0;
};
Speedup speedupOf(const BenchRow& dense, const BenchRow& condensed);

}  // namespace condenser
