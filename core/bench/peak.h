// This machine's limits, measured: what no kernel can be faster than.
#pragma once

#include <string>
#include <vector>

#include "base/thread_pool.h"

namespace condenser {

// Memory as far as one cache reaches.
struct MemoryLevel {
    std::string name;           // "L2", "L3", "DRAM"
    double capacityBytes = 0;   // of all threads together; infinite for DRAM
    double bytesPerSecond = 0;  // read by all threads together
};

struct Peak {
    double flopsPerSecond = 0;        // multiply-adds count as 2
    std::vector<MemoryLevel> levels;  // the smallest first; the last holds everything
};

// With all threads of the pool and the instruction set in force; takes about a second. Multiply-adds in registers, and
// vector sums over 256 KiB (L2), 4 MiB (L3) and 128 MiB (DRAM) a thread; medians of several repetitions.
Peak measurePeak(ThreadPool& pool);

}  // namespace condenser
