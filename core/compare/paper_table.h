// The networks of the paper's timing table (table 5, and the reference's README), to be measured here.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compare/bench_report.h"
#include "network/published_counts.h"

namespace condenser {

struct PaperNetwork {
    const char* name;                // "CondenseNet-74 C=G=4"
    const char* preset;              // "condensenet-74-g4"
    bool condensed;                  // a CondenseNet, with half of the classifier, as the published counts have it
    PublishedFigure publishedFlops;  // counted in the authors' way (network/published_counts.h)
    double publishedSeconds;  // one picture of 224 x 224, on an ARM processor, with threads and a framework that nobody
                              // names
};
// From the slowest to the fastest; the last one is what the others are divided by.
const std::vector<PaperNetwork>& paperNetworks();
const PaperNetwork* findPaperNetwork(std::string_view preset);  // nullptr: none of them

// What a network's time is over that of a CondenseNet of the table: here, and as it was published. The processor of the
// publication is not named, so that only ratios can be compared.
struct PaperRatio {
    const PaperNetwork* to;
    double measured = 0;                    // of the medians
    std::optional<RatioInterval> interval;  // of blocks side by side; nothing for a network over itself
    double published = 0;

    bool paceChanged() const { return interval && medianIsElsewhere(measured, *interval); }
};
// Of a row that is one of the table's, to each CondenseNet that was measured with it, in the table's order.
std::vector<PaperRatio> paperRatios(const BenchReport& report, const BenchRow& row);
// The same as cells of a table, three each: "1.52 x", "1.45-1.63", "1.98 x".
std::vector<std::string> paperRatioTexts(const BenchReport& report, const BenchRow& row);
// What a reader of the table must know: a few sentences, a line each, kPaceChanged among them where a ratio says so.
std::string paperNotes(const BenchReport& report);

// Ready to be timed at 224 x 224, with random weights of `seed`; BenchModel::model is the preset's name.
// kCancelled where `stop` asks for it, between two networks.
Result<std::vector<BenchModel>> openPaperNetworks(std::uint64_t seed, const std::stop_token& stop = {});

}  // namespace condenser
