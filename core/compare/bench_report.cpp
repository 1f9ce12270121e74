#include "compare/bench_report.h"

#include <algorithm>
#include <iterator>

#include "io/run_record.h"
#include "ops/simd_target.h"

namespace condenser {
namespace {

// Blocks side by side that an interval needs. Timing too short to fill them is left as short as it was asked for.
constexpr int kPairedBlocks = 10;
constexpr double kPairedSeconds = 0.1;

bool isPair(const auto& dense, const auto& condensed) {
    return dense.variant == "dense" && condensed.variant == "condensed" && dense.model == condensed.model;
}

bool holdsPair(std::span<const BenchModel> models) {
    return std::any_of(models.begin(), models.end(), [&](const BenchModel& dense) {
        return std::any_of(models.begin(), models.end(), [&](const BenchModel& other) { return isPair(dense, other); });
    });
}

}  // namespace

bool medianIsElsewhere(double ratio, const RatioInterval& interval) {
    return ratio < interval.low * 0.995 || ratio > interval.high * 1.005;
}

std::vector<BenchPair> pairsOf(const BenchReport& report) {
    std::vector<BenchPair> pairs;
    for (const BenchRow& dense : report.rows) {
        const auto partner = std::find_if(report.rows.begin(), report.rows.end(), [&](const BenchRow& row) {
            return isPair(dense, row) && row.batch == dense.batch && row.threads == dense.threads;
        });
        if (partner == report.rows.end()) continue;
        pairs.push_back({&dense, &*partner, speedupOf(dense, *partner),
                         ratioInterval(dense.samplesMs, dense.blocks, partner->samplesMs, partner->blocks)});
    }
    return pairs;
}

Result<BenchReport> measureBench(std::span<const BenchModel> models, const BenchPlan& plan) {
    BenchReport report;
    report.cpu = cpuName();
    report.isa = activeSimdTarget();
    report.build = CONDENSER_VERSION;
    report.measured = utcNow();
    report.paper = plan.paper;
    report.sweep = plan.threads.size() * plan.batches.size() > 1;
    const auto parts = static_cast<double>(plan.threads.size() * plan.batches.size());
    double partsDone = 0;
    for (const int threads : plan.threads) {
        ThreadPool pool(threads);
        report.threads = std::max(report.threads, pool.size());
        if (plan.peak) report.peaks.push_back({pool.size(), measurePeak(pool)});
        for (const int batch : plan.batches) {
            BenchOptions timing = plan.timing;
            timing.batch = batch;
            timing.peak = plan.peak ? &report.peaks.back().peak : nullptr;
            if ((plan.paper || holdsPair(models)) && timing.seconds >= kPairedSeconds)
                timing.minBlocks = std::max(timing.minBlocks, kPairedBlocks);
            if (plan.progress) {
                timing.progress = [&](const std::string& name, double done, double total) {
                    plan.progress(name, partsDone * total + done, parts * total);
                };
            }
            auto rows = benchModels(models, pool, timing);
            if (!rows) return tl::unexpected(rows.error());
            std::move(rows->begin(), rows->end(), std::back_inserter(report.rows));
            ++partsDone;
        }
    }
    return report;
}

std::vector<int> sweepThreads(int most) {
    std::vector<int> threads;
    for (int count = 1; count < most; count *= 2) threads.push_back(count);
    threads.push_back(most);
    return threads;
}

}  // namespace condenser
