// A comparison with known figures, and the page that shows it, for the tests of the Compare page.
#pragma once

#include <cmath>
#include <memory>

#include "compare/compare_page.h"
#include "compare/comparison.h"
#include "session/inference_session.h"
#include "session/training_session.h"
#include "ui_support.h"

namespace condenser::testing {

constexpr int kBlocksByHand = 16, kCallsByHand = 8;  // of each form; calls of a block

// Times go up and down a little with the number of the call.
inline BenchRow rowByHand(const std::string& variant, double ms, std::int64_t macs, std::int64_t params) {
    BenchRow row;
    row.model = "shapes";
    row.variant = variant;
    row.height = row.width = 32;
    row.macs = macs;
    row.params = params;
    row.memoryBytes = 900'000;
    row.weightBytes = static_cast<std::size_t>(params) * 4;
    for (int block = 0; block < kBlocksByHand; ++block) {
        row.blocks.push_back({row.samplesMs.size(), kCallsByHand, block});
        for (int call = 0; call < kCallsByHand; ++call) {
            row.samplesMs.push_back(ms * (1 + 0.004 * (block * 7 % 5) + 0.002 * (call * 5 % 8)));
        }
    }
    row.runs = static_cast<std::int64_t>(row.samplesMs.size());
    row.medianMs = quantile(row.samplesMs, 0.5);
    row.p5Ms = quantile(row.samplesMs, 0.05);
    row.p95Ms = quantile(row.samplesMs, 0.95);
    for (int block = 1; block <= 3; ++block) {
        for (int layer = 1; layer <= 4; ++layer) {
            const std::string name =
                "features.denseblock_" + std::to_string(block) + ".denselayer_" + std::to_string(layer) + ".conv_";
            const bool dense = variant == "dense";
            row.layers.push_back({name + "1", "conv", ms * (dense ? 65 : 30), dense ? macs / 18 : macs / 36});
            row.layers.push_back({name + "2", "conv", ms * (dense ? 15 : 45), macs / 36});
        }
    }
    return row;
}

inline Comparison comparisonByHand(double denseMs = 5.91, double condensedMs = 2.31) {
    Comparison comparison;
    comparison.name = "shapes";
    comparison.equality = {256, 256, "test part of shapes10", 3.1e-6, 0.934, 0.934};
    comparison.denseFileBytes = 640'000;
    comparison.condensedFileBytes = 260'000;
    comparison.bench.cpu = cpuName();
    comparison.bench.isa = "AVX2";
    comparison.bench.build = CONDENSER_VERSION;
    comparison.bench.measured = "2026-11-27T20:30:00Z";
    comparison.bench.rows = {rowByHand("dense", denseMs, 21'154'144, 159'514),
                             rowByHand("condensed", condensedMs, 8'136'209, 61'200)};
    return comparison;
}

inline StoredComparison storedByHand(std::int64_t id, const Comparison& comparison) {
    const BenchPair pair = comparison.pair();
    const BenchReport& bench = comparison.bench;
    return {.id = id,
            .name = comparison.name,
            .measured = bench.measured,
            .cpu = bench.cpu,
            .isa = bench.isa,
            .build = bench.build,
            .height = 32,
            .width = 32,
            .denseMs = pair.dense->medianMs,
            .condensedMs = pair.condensed->medianMs,
            .ratio = pair.speedup.realised,
            .low = pair.interval ? pair.interval->low : 0,
            .high = pair.interval ? pair.interval->high : 0,
            .theoretical = pair.speedup.theoretical};
}

}  // namespace condenser::testing
