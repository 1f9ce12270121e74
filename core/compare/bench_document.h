// A measurement as text: JSON that programs read (condenser-cli bench --json, the window's export, the store), CSV and
// Markdown.
#pragma once

#include <string>
#include <string_view>

#include "compare/comparison.h"

namespace condenser {

enum class Samples { kLeftOut, kEvery };

// The contract of `bench --json`, and more: build, date, interval of the speed-up; with kEvery each sample and block.
std::string benchJson(const BenchReport& report, Samples samples);
// The same with what a comparison adds: equality, file sizes. Read back by readComparison, version 1.
std::string comparisonJson(const Comparison& comparison, Samples samples);
Result<Comparison> readComparison(std::string_view json, const std::string& name);

// A line a row, with names and units; a line a layer where there are layers.
std::string benchCsv(const BenchReport& report);
std::string layersCsv(const BenchReport& report);
// A table for a README or an issue: machine, circumstances, then dense | condensed | difference.
std::string comparisonMarkdown(const Comparison& comparison);
// The paper's table: networks measured here, the published times in a column of their own.
std::string paperTableMarkdown(const BenchReport& report);

}  // namespace condenser
