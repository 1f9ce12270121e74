#include "compare/bench_report.h"

namespace condenser {

std::vector<BenchPair> pairsOf(const BenchReport& /*report*/) {
    return {};
}

Result<BenchReport> measureBench(std::span<const BenchModel> /*models*/, const BenchPlan& /*plan*/) {
    return fail(ErrorCode::kUnsupported, "cannot measure", "", "not built yet");
}

std::vector<int> sweepThreads(int most) {
    std::vector<int> threads;
    for (int count = 1; count < most; count *= 2) threads.push_back(count);
    threads.push_back(most);
    return threads;
}

}  // namespace condenser
