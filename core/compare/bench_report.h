// What a measurement of inference has come to: one shape for the window, the command line and the store.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/model_bench.h"
#include "bench/ratio_interval.h"

namespace condenser {

// The machine's limits with a number of threads.
struct ThreadsPeak {
    int threads = 1;
    Peak peak;
};

struct BenchReport {
    std::string cpu, isa;
    std::string build;               // version of the program that measured
    std::string measured;            // ISO 8601 in UTC
    int threads = 1;                 // the most that a row was timed with
    bool sweep = false;              // rows of several numbers of threads or batches
    bool paper = false;              // the networks of the paper's table (paper_table.h)
    std::vector<ThreadsPeak> peaks;  // empty if not asked for
    std::vector<BenchRow> rows;
};

// The ratio of two medians lies outside of the interval that blocks side by side give, by more than half of a per cent:
// under heavy load the medians are not of one time.
bool medianIsElsewhere(double ratio, const RatioInterval& interval);
// What to say then.
inline constexpr const char* kPaceChanged = "the machine changed its pace while it was measured: measure again";

// The dense and the condensed row of one model, of the same batch and threads.
struct BenchPair {
    const BenchRow* dense;
    const BenchRow* condensed;
    Speedup speedup;                        // medians of all samples
    std::optional<RatioInterval> interval;  // of the realised speed-up, from blocks side by side

    bool paceChanged() const { return interval && medianIsElsewhere(speedup.realised, *interval); }
};

// In the order of the dense rows. They point into the report. Intervals are worked out anew: a millisecond each.
std::vector<BenchPair> pairsOf(const BenchReport& report);

struct BenchPlan {
    std::vector<int> threads{1}, batches{1};  // every number of threads with every batch
    bool paper = false;  // the models are the paper's (paper_table.h): each is compared with the CondenseNets
    bool peak = false;   // measure the machine's limits first, for each number of threads
    // `batch` and `peak` are those of the plan. `minBlocks` is at least 10 where both forms of a model are timed, or
    // the paper's networks, for 0.1 s or more each: from fewer blocks side by side there is no interval.
    BenchOptions timing;
    // In place of timing.progress: over all parts of the plan, seconds. Layers tell timing.layersProgress.
    std::function<void(const std::string& name, double done, double total)> progress;
};

// All models in turn, for each number of threads and each batch (model_bench.h). kCancelled if stopped.
Result<BenchReport> measureBench(std::span<const BenchModel> models, const BenchPlan& plan);

// 1, 2, 4, ... up to `most`, and that itself.
std::vector<int> sweepThreads(int most);
inline constexpr int kSweepBatches[] = {1, 8, 64};

}  // namespace condenser
