// A measurement as text: JSON that programs read (condenser-cli bench --json, the window's export, the store), CSV and
// Markdown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compare/comparison.h"

namespace condenser {

enum class Samples { kLeftOut, kEvery };

// The contract of `bench --json`, and more: build, date, interval of the speed-up, where the gain went if layers were
// timed (gain_waterfall.h), equality if it was looked at; with kEvery each sample and block: "samples_ms", and
// "blocks", which say how many of them each one has.
std::string benchJson(const BenchReport& report, Samples samples,
                      const std::optional<Equality>& equality = std::nullopt);

// The same with what a comparison adds: version 1, name, file sizes, outstanding steps. Read back by readComparison:
// with samples, the same interval comes out. Of more than kMaxStoredSamples each block keeps every k-th only, k being
// "samples_every", since readers bound what they take.
std::string comparisonJson(const Comparison& comparison, Samples samples);
inline constexpr std::size_t kMaxStoredSamples = 150'000;
// `name` stands for the document in messages. A newer version and a damaged one are refused in words.
Result<Comparison> readComparison(std::string_view json, const std::string& name);

// A line a row, with names and units; a line a layer where there are layers. RFC 4180, with \n.
std::string benchCsv(const BenchReport& report);
std::string layersCsv(const BenchReport& report);
// Tables for a README or an issue. Any report: machine, rows, speed-ups.
std::string benchMarkdown(const BenchReport& report);
// One comparison: machine, circumstances, equality, then dense | condensed | difference.
std::string comparisonMarkdown(const Comparison& comparison);
// The paper's table: networks measured here, the published times in columns of their own.
std::string paperTableMarkdown(const BenchReport& report);

// "condensed = dense: largest logit difference 3.1e-06 on 256 images (test part of shapes10)", or in what they differ.
std::string equalityText(const Equality& equality);

}  // namespace condenser
