// The dense and the condensed form of one model, measured side by side: what the Compare page shows and the store
// keeps.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "compare/bench_report.h"
#include "compare/equality.h"

namespace condenser {

struct Comparison {
    std::string name;  // of the model, as the window or the command line calls it
    bool sample = false;
    int outstandingSteps = 0;  // NetworkForms
    bool storedCondensed = false;
    Equality equality;
    std::uint64_t denseFileBytes = 0, condensedFileBytes = 0;  // as model files
    BenchReport bench;                                         // two rows, dense and condensed, with layers

    const BenchRow& dense() const { return bench.rows[0]; }
    const BenchRow& condensed() const { return bench.rows[1]; }
    BenchPair pair() const { return pairsOf(bench).front(); }
};

struct ComparisonOptions {
    int batch = 1, threads = 1;
    double seconds = 3;  // of timed calls, a form; at least 10 blocks are timed besides
    std::string data;    // for the equality; see EqualityOptions
    std::stop_token stop;
    enum class Stage { kEquality, kTiming, kLayers };
    // Of the stage: pictures, or seconds of timing.
    std::function<void(Stage stage, double done, double total)> progress;
    // Of the dense (0) or the condensed (1) form; on the calling thread.
    std::function<void(std::size_t form, std::span<const double> ms)> sampled;
};

// With the instruction set in force, on pictures of the model's size. kCancelled if stopped.
Result<Comparison> compareForms(const ModelFile& model, const std::string& name, const ComparisonOptions& options);

// The same timing for many batches and numbers of threads up to options.threads, without layers: rows of both forms, a
// pair for each.
Result<BenchReport> sweepForms(const ModelFile& model, const std::string& name, const ComparisonOptions& options);

// The five networks of the paper's table at 224 x 224, in its order and one at a time, whatever options.batch.
Result<BenchReport> measurePaperNetworks(const ComparisonOptions& options);

}  // namespace condenser
