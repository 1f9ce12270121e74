// What the runs of an experiment came to: error and cost of each arm, over its seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/experiment_folder.h"
#include "experiment/spread_plot.h"
#include "network/summary.h"

namespace condenser {

struct RunOutcome {
    std::uint64_t seed = 1;
    std::filesystem::path folder;
    bool finished = false;
    int epochs = 0;  // done
    // Of the latest epoch; of a finished run the last, so that no choice was made on the test part. 1 - top-1.
    double finalError = 0;
    double bestError = 0;               // of the best epoch after the last condensing step; NaN while there is none
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
    NetworkSummary cost;           // of the form that is left: the condensed one, the dense one where nothing goes
    NetworkSummary dense;          // as trained
    std::vector<RunOutcome> runs;  // in the order of the seeds
    Spread error, best, seconds;   // of the finished runs: finalError, bestError, seconds
};

struct ExperimentResults {
    ExperimentRecord record;
    std::vector<ArmOutcome> arms;
    std::string testName;  // "test", ...
    std::int64_t trainImages = 0, testImages = 0;

    int runs() const;      // asked for
    int finished() const;  // of them
    bool complete() const { return finished() == runs(); }
};

// Runs that are absent or not finished are listed as they are. kBadData where a run is not the plan's.
Result<ExperimentResults> readResults(const std::filesystem::path& folder);

// ---- as text: the same from the same runs, however often they were interrupted, but for the times -------------------

// One row an arm, as plain text.
struct ResultsTable {
    std::vector<std::string> heading;
    std::vector<std::vector<std::string>> rows;  // the first cell names the arm; "–" where no run is finished
    std::vector<std::string> notes;              // sentences: what was measured, on what, and how to read it
};
ResultsTable resultsTable(const ExperimentResults& results);

// One line a run: arm, seed, macs, params, ref_flops, final_error, best_error, final_loss, epochs, seconds, finished.
// Errors and loss are left empty where the run is not finished.
std::string resultsCsv(const ExperimentResults& results);
// resultsTable() under a heading, for people and for a README.
std::string resultsMarkdown(const ExperimentResults& results);

// Error against multiply-adds (for the lasso: against lambda; where all arms cost the same: arm by arm), mean with a
// bar from lowest to highest, each run a small dot, arms of a series joined.
SpreadPlot resultsPlot(const ExperimentResults& results);
// The same as a whole SVG file, light.
std::string resultsSvg(const ExperimentResults& results);

// Writes table.csv, table.md and plot.svg into the folder, each atomically. One arm alone has no plot.
Result<> writeResults(const ExperimentResults& results, const std::filesystem::path& folder);

}  // namespace condenser
