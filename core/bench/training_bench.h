// Training steps timed at each condensing stage, side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "network/network.h"

namespace condenser {

// One stage of one network. Times are those of a step: the whole batch.
struct TrainingRow {
    std::string model;
    int stage = 0;  // condensing steps reached
    int batch = 1, threads = 1;
    std::int64_t runs = 0;  // timed steps
    double medianMs = 0, p5Ms = 0, p95Ms = 0;
    double forwardMs = 0, backwardMs = 0, optimizerMs = 0;  // medians
    double kept = 1;                                        // share of the learned convolutions' connections
    std::int64_t macs = 0;                                  // of one image, forward, over what is kept
    double limitSeconds = 0;                                // of a step's arithmetic; 0 without a peak
    std::size_t peakMemoryBytes = 0;                        // of the process, while nothing else was trained

    double imagesPerSecond() const { return batch / (medianMs * 1e-3); }
    // How much of the machine's speed is used, 0..1; 0 without a peak.
    double rooflineFraction() const { return limitSeconds / (medianMs * 1e-3); }
};

struct TrainingBenchOptions {
    int batch = 64;
    int stage = -1;             // of all stages from the network's own on: only this one; -1: all
    double seconds = 5;         // of timed steps, a stage
    double flopsPerSecond = 0;  // the machine's peak with this pool (bench/peak.h); 0: no limits
    std::uint64_t seed = 1;     // of the pictures and labels, which are random
    std::stop_token stop;
    std::function<void(const std::string& name, double done, double total)> progress;  // see ProtocolOptions
};

// Multiply-adds of one image in the forward pass, over the connections that live. A training step does three times as
// many: the gradients of inputs and of weights cost the same again, each.
std::int64_t liveMacs(Network& network);

// `network` (dense) is copied; connections of later stages are dropped by importance. A row for each stage, timed in
// turn (protocol.h), so that all of them are in memory at once; what each one alone takes is measured beforehand.
// kUsage for a batch that cannot be trained, kCancelled if stopped.
Result<std::vector<TrainingRow>> benchTraining(const std::string& name, Network& network, ThreadPool& pool,
                                               const TrainingBenchOptions& options);

// The average over a whole training of rows of all stages, C = rows.size(): half of it goes to the last stage, the rest
// to the others in equal parts (paper, section 3.2).
double scheduleImagesPerSecond(const std::vector<TrainingRow>& rows);

}  // namespace condenser
