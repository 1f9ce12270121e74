// What bench has measured, as JSON, as text and as a picture.
#pragma once

#include <string>
#include <vector>

#include "bench/model_bench.h"
#include "cli/output.h"

namespace condenser::cli {

// The machine's limits with a number of threads.
struct ThreadsPeak {
    int threads = 1;
    Peak peak;
};

struct BenchReport {
    std::string cpu, isa;
    int threads = 1;                 // the most that a row was timed with
    bool sweep = false;              // rows of several numbers of threads and batches
    std::vector<ThreadsPeak> peaks;  // empty if not asked for
    std::vector<BenchRow> rows;
};

Json benchJson(const BenchReport& report);
std::string benchText(const BenchReport& report);
std::string benchSvg(const BenchReport& report);

}  // namespace condenser::cli
