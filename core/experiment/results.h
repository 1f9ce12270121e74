// What the runs of an experiment came to: error and cost of each arm, over its seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/experiment_folder.h"
#include "network/summary.h"

namespace condenser {

struct RunOutcome {
    std::uint64_t seed = 1;
    std::filesystem::path folder;
    bool finished = false;
    int epochs = 0;                     // done
    double finalError = 0;              // 1 - top-1 of the last epoch; no choice was made on the test part
    double bestError = 0;               // of the best epoch after the last condensing step
    double finalLoss = 0, seconds = 0;  // of the test part; of training
    std::string isa, cpu;
    int threads = 0;
};

// Of several seeds; nothing where none is finished.
struct Spread {
    int count = 0;
    double mean = 0, deviation = 0;  // of a sample (n - 1); 0 for one value
    double low = 0, high = 0;
};
Spread spreadOf(const std::vector<double>& values);

struct ArmOutcome {
    Arm arm;
    NetworkSpec spec;              // with the data's classes, where a run has told them
    NetworkSummary cost;           // of the form that is left at the end (Arm)
    NetworkSummary dense;          // as trained
    std::vector<RunOutcome> runs;  // in the order of the seeds
    Spread error, best, seconds;   // of the finished runs: finalError, bestError, seconds
};

struct ExperimentResults {
    ExperimentRecord record;
    std::vector<ArmOutcome> arms;
    std::string testName;  // "test", ...
    std::int64_t trainImages = 0, testImages = 0;

    bool complete() const;
};

// Runs that are absent or not finished are listed as they are. kBadData where a run is not the plan's.
Result<ExperimentResults> readResults(const std::filesystem::path& folder);

// ---- as text: the same from the same runs, however often they were interrupted, but for the times -------------------

// One line a run: arm, seed, macs, params, ref_flops, final and best error, loss, epochs, seconds, finished.
std::string resultsCsv(const ExperimentResults& results);
// One row an arm, for people and for a README: multiply-adds, parameters, error as mean ± deviation, range, time.
std::string resultsMarkdown(const ExperimentResults& results);
// Error against multiply-adds (for the lasso: against lambda), mean with a bar from lowest to highest, each run a small
// dot, arms of a series joined: a whole SVG file, light.
std::string resultsSvg(const ExperimentResults& results);

// Writes table.csv, table.md and plot.svg into the folder, atomically.
Result<> writeResults(const ExperimentResults& results, const std::filesystem::path& folder);

}  // namespace condenser
