#include "network/published_counts.h"

#include <fmt/format.h>

#include "base/check.h"
#include "network/summary.h"

namespace condenser {
namespace {

constexpr double kPublishedClassifier = 0.5;  // the share that the reference's conversion keeps

CountedCost costOf(const NetworkSpec& spec, CountingMode mode, double classifierKeep) {
    const NetworkSummary summary = summarize(spec, mode, classifierKeep);
    return {summary.refFlops, summary.params, summary.macs};
}

}  // namespace

const std::vector<PublishedCount>& publishedCounts() {
    using enum PublishedForm;
    static const std::vector<PublishedCount> rows{
        {"CondenseNet-50", "condensenet-50", kTrained, {"28.6M", 28.6e6}, {"0.22M", 0.22e6}, 300, 6.22, {}, {}},
        {"CondenseNet-74", "condensenet-74", kTrained, {"51.9M", 51.9e6}, {"0.41M", 0.41e6}, 300, 5.28, {}, {}},
        {"CondenseNet-86", "condensenet-86", kTrained, {"65.8M", 65.8e6}, {"0.52M", 0.52e6}, 300, 5.06, 23.64, {}},
        {"CondenseNet-98", "condensenet-98", kTrained, {"81.3M", 81.3e6}, {"0.65M", 0.65e6}, 300, 4.83, {}, {}},
        {"CondenseNet-110", "condensenet-110", kTrained, {"98.2M", 98.2e6}, {"0.79M", 0.79e6}, 300, 4.63, {}, {}},
        {"CondenseNet-122", "condensenet-122", kTrained, {"116.7M", 116.7e6}, {"0.95M", 0.95e6}, 300, 4.48, {}, {}},
        {"CondenseNet-182", "condensenet-182", kTrained, {"513M", 513e6}, {"4.2M", 4.2e6}, 600, 3.76, 18.47, {}},
        {"CondenseNet-74 C=G=4",
         "condensenet-74-g4",
         kConverted,
         {"529M", 529e6},
         {"4.8M", 4.8e6},
         120,
         {},
         {},
         26.2,
         8.3},
        {"CondenseNet-74 C=G=8",
         "condensenet-74-g8",
         kConverted,
         {"274M", 274e6},
         {"2.9M", 2.9e6},
         120,
         {},
         {},
         29.0,
         10.0},
    };
    return rows;
}

RecountedRow recount(const PublishedCount& row) {
    const auto spec = parseNetworkSpec(row.preset);
    CORE_CHECK(spec.has_value());
    RecountedRow counts{costOf(*spec, CountingMode::kLearned, 1), costOf(*spec, CountingMode::kCondensed, 1),
                        costOf(*spec, CountingMode::kCondensed, kPublishedClassifier), false, false};
    const CountedCost& ours = counts.counted(row.form);
    counts.sameFlops = inDigitsOf(ours.refFlops, row.flops.text) == row.flops.text;
    counts.sameParams = inDigitsOf(ours.params, row.params.text) == row.params.text;
    return counts;
}

std::string inDigitsOf(std::int64_t count, std::string_view printed, int more) {
    const std::size_t point = printed.find('.'), digitsEnd = printed.find_last_of("0123456789");
    const std::size_t decimals = point == std::string_view::npos ? 0 : digitsEnd - point;
    return fmt::format("{:.{}f}M", static_cast<double>(count) / 1e6, static_cast<int>(decimals) + more);
}

}  // namespace condenser
