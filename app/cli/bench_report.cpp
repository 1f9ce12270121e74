#include "cli/bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "base/character_count.h"
#include "bench/bar_chart.h"
#include "cli/output.h"
#include "compare/gain_waterfall.h"
#include "compare/paper_table.h"

namespace condenser::cli {
namespace {

using Align = Table::Align;

constexpr std::size_t kTerminalWidth = 80;
constexpr std::size_t kTableGap = 2;  // of Table, between columns
constexpr std::size_t kLeastBar = 10;
constexpr std::size_t kLongestName = 28;  // in the chart

std::string threadsText(int threads) {
    return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s");
}

// ", batch 8, 2 threads" where that tells rows apart.
std::string circumstances(const BenchReport& report, const BenchRow& row) {
    return report.sweep ? fmt::format(", batch {}, {}", row.batch, threadsText(row.threads)) : "";
}

std::string labelOf(const BenchReport& report, const BenchRow& row) {
    return row.model + " " + row.variant + circumstances(report, row);
}

std::string bytesText(std::size_t bytes) {
    const double value = static_cast<double>(bytes);
    return value < 1e6 ? fmt::format("{:.1f} kB", value / 1e3) : fmt::format("{:.2f} MB", value / 1e6);
}

// Three digits that count, for times from nanoseconds to minutes.
std::string milliseconds(double ms) {
    const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(std::max(ms, 1e-6)))), 0, 6);
    return fmt::format("{:.{}f}", ms, decimals);
}

std::string headerText(const BenchReport& report) {
    std::string text = fmt::format("{}, {}, {}; Condenser {}, {}\n", report.cpu, report.isa,
                                   report.sweep ? "up to " + threadsText(report.threads) : threadsText(report.threads),
                                   report.build, report.measured);
    for (const ThreadsPeak& measured : report.peaks) {
        text += fmt::format("limits with {}: {:.1f} GFLOP/s; reading", threadsText(measured.threads),
                            measured.peak.flopsPerSecond / 1e9);
        for (const MemoryLevel& level : measured.peak.levels) {
            text += fmt::format("{} {} {:.1f}", &level == measured.peak.levels.data() ? "" : ",", level.name,
                                level.bytesPerSecond / 1e9);
        }
        text += " GB/s\n";
    }
    return text;
}

std::string timesText(const BenchReport& report) {
    const bool limits = !report.peaks.empty();
    std::vector<Table::Column> columns{{"model"}, {"variant"}};
    if (report.sweep) columns.push_back({"threads", Align::kRight});
    for (const char* heading : {"batch", "median ms", "p5-p95 ms", "images/s", "M multiply-adds", "GFLOP/s"})
        columns.push_back({heading, Align::kRight});
    if (limits) columns.push_back({"of the limit", Align::kRight});
    Table table(columns);
    for (const BenchRow& row : report.rows) {
        std::vector<std::string> cells{row.model, row.variant};
        if (report.sweep) cells.push_back(std::to_string(row.threads));
        cells.insert(cells.end(), {std::to_string(row.batch), milliseconds(row.medianMs),
                                   milliseconds(row.p5Ms) + "-" + milliseconds(row.p95Ms),
                                   fmt::format("{:.1f}", row.imagesPerSecond()),
                                   fmt::format("{:.2f}", static_cast<double>(row.macs) / 1e6),
                                   fmt::format("{:.1f}", row.flopsPerSecond() / 1e9)});
        if (limits) cells.push_back(fmt::format("{:.1f} %", row.rooflineFraction() * 100));
        table.row(std::move(cells));
    }
    return table.text();
}

// "1.85-1.94 x", or that nobody can say which form is faster.
std::string intervalText(const std::optional<RatioInterval>& interval) {
    if (!interval) return "-";
    const std::string range = fmt::format("{:.3f}-{:.3f} x", interval->low, interval->high);
    return interval->noDifference() ? "no difference, " + range : range;
}

std::string speedupsText(const BenchReport& report) {
    const std::vector<BenchPair> pairs = pairsOf(report);
    const bool intervals = std::any_of(pairs.begin(), pairs.end(), [](const BenchPair& p) { return p.interval; });
    std::vector<Table::Column> columns{{"speed-up of condensing"}, {"realised", Align::kRight}};
    if (intervals) columns.push_back({"99 % interval", Align::kRight});
    columns.insert(columns.end(), {{"theoretical", Align::kRight}, {"realised share", Align::kRight}});
    Table table(columns);
    for (const BenchPair& pair : pairs) {
        const Speedup& speedup = pair.speedup;
        std::vector<std::string> cells{pair.dense->model + circumstances(report, *pair.dense),
                                       fmt::format("{:.2f} x", speedup.realised)};
        if (intervals) cells.push_back(intervalText(pair.interval));
        cells.insert(cells.end(), {fmt::format("{:.2f} x", speedup.theoretical),
                                   fmt::format("{:.0f} %", speedup.realised / speedup.theoretical * 100)});
        table.row(std::move(cells));
    }
    if (pairs.empty()) return "";
    std::string text = "\n" + table.text();
    for (const BenchPair& pair : pairs) {
        if (!pair.paceChanged()) continue;
        text += fmt::format("{}{}: {}\n", pair.dense->model, circumstances(report, *pair.dense), kPaceChanged);
    }
    return text;
}

const char* stepText(GainStep::Kind kind) {
    switch (kind) {
        case GainStep::Kind::kDense:
            return "dense, measured";
        case GainStep::Kind::kPromised:
            return "promised by multiply-adds";
        case GainStep::Kind::kUntouched:
            return "what does not shrink weighs more in time";
        case GainStep::Kind::kPointwise:
            return "condensed 1x1 against the pace of the dense ones";
        case GainStep::Kind::kOthers:
            return "all other layers against themselves";
        case GainStep::Kind::kBetween:
            return "between the layers";
        case GainStep::Kind::kCondensed:
            break;
    }
    return "condensed, measured";
}

// From the dense time to the condensed one, where layers were timed.
std::string waterfallsText(const BenchReport& report) {
    std::string text;
    for (const BenchPair& pair : pairsOf(report)) {
        const auto waterfall = gainWaterfall(*pair.dense, *pair.condensed);
        if (!waterfall) continue;
        Table table({{"where the gain went: " + pair.dense->model + circumstances(report, *pair.dense)},
                     {"ms", Align::kRight},
                     {"of dense", Align::kRight}});
        for (const GainStep& step : *waterfall) {
            const bool isWhole = step.kind == GainStep::Kind::kDense || step.kind == GainStep::Kind::kCondensed;
            const double share = step.ms / pair.dense->medianMs * 100;
            const std::string ms = milliseconds(std::abs(step.ms));
            table.row({stepText(step.kind), isWhole ? ms : (step.ms < 0 ? "-" : "+") + ms,
                       isWhole ? fmt::format("{:.1f} %", share) : fmt::format("{:+.1f} %", share)});
        }
        text += "\n" + table.text();
    }
    return text;
}

// The paper's table beside what was measured here.
std::string paperText(const BenchReport& report) {
    std::vector<Table::Column> columns{{"time over that of"}};
    for (const PaperNetwork& to : paperNetworks()) {
        if (!to.condensed) continue;
        const std::string name = to.name;
        for (const std::string& heading :
             {name.substr(name.find(' ') + 1), std::string("99 % interval"), std::string("published")})
            columns.push_back({heading, Align::kRight});
    }
    columns.push_back({"published, ARM", Align::kRight});
    columns.push_back({"published FLOPs", Align::kRight});
    Table table(columns);
    for (const BenchRow& row : report.rows) {
        const PaperNetwork* network = findPaperNetwork(row.model);
        if (network == nullptr) continue;
        std::vector<std::string> cells = paperRatioTexts(report, row);
        cells.insert(cells.begin(), network->name);
        cells.insert(cells.end(), {fmt::format("{} s", network->publishedSeconds), network->publishedFlops.text});
        table.row(std::move(cells));
    }
    return "\n" + table.text() + paperNotes(report);
}

std::string memoryText(const BenchReport& report) {
    Table table({{"model"},
                 {"variant"},
                 {"batch", Align::kRight},
                 {"picture", Align::kRight},
                 {"parameters", Align::kRight},
                 {"plan's weights", Align::kRight},
                 {"plan's memory", Align::kRight}});
    for (const BenchRow& row : report.rows) {
        table.row({row.model, row.variant, std::to_string(row.batch), fmt::format("{} x {}", row.height, row.width),
                   scaled(row.params), bytesText(row.weightBytes), bytesText(row.memoryBytes)});
    }
    return "\n" + table.text();
}

// `eighths` of a character, in block elements.
std::string bar(std::size_t eighths) {
    static constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    std::string text;
    for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
    return text + kParts[eighths % 8];
}

// The end of a name that is too long for the chart: that of a file tells more than its folders.
std::string cutFront(const std::string& text, std::size_t limit) {
    if (characterCount(text) <= limit) return text;
    std::size_t first = 0;
    while (characterCount(std::string_view(text).substr(first)) >= limit) ++first;
    // Not in the middle of a character.
    while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xc0) == 0x80) ++first;
    return "…" + text.substr(first);
}

std::string chartText(const BenchReport& report) {
    double slowest = 0;
    std::vector<std::string> labels, values;
    std::size_t label = 0, value = 0;  // widths
    for (const BenchRow& row : report.rows) {
        slowest = std::max(slowest, row.medianMs);
        labels.push_back(cutFront(row.model, kLongestName) + " " + row.variant + circumstances(report, row));
        values.push_back(milliseconds(row.medianMs) + " ms");
        label = std::max(label, characterCount(labels.back()));
        value = std::max(value, characterCount(values.back()));
    }
    const std::size_t around = label + value + 2 * kTableGap;
    const std::size_t room = std::max(kLeastBar, kTerminalWidth - std::min(kTerminalWidth, around));
    Table table({{"median of a call"}, {"", Align::kRight}, {""}});
    for (std::size_t i = 0; i < report.rows.size(); ++i) {
        const double share = slowest > 0 ? report.rows[i].medianMs / slowest : 0;
        table.row(
            {labels[i], values[i], bar(static_cast<std::size_t>(std::lround(share * 8 * static_cast<double>(room))))});
    }
    return "\n" + table.text();
}

std::string layersText(const BenchReport& report, const BenchRow& row) {
    const bool limits = !report.peaks.empty();
    double sum = 0;
    for (const LayerRow& layer : row.layers) sum += layer.medianUs;
    std::vector<Table::Column> columns{{"layer"}, {"op"}};
    for (const char* heading : {"median us", "share", "GFLOP/s"}) columns.push_back({heading, Align::kRight});
    if (limits) columns.push_back({"of the limit", Align::kRight});
    Table table(columns);
    for (const LayerRow& layer : row.layers) {
        const double seconds = layer.medianUs * 1e-6;
        const double rate = seconds > 0 ? 2e-9 * static_cast<double>(layer.macs) * row.batch / seconds : 0;
        std::vector<std::string> cells{layer.name, layer.op, fmt::format("{:.1f}", layer.medianUs),
                                       fmt::format("{:.1f} %", sum > 0 ? layer.medianUs / sum * 100 : 0),
                                       layer.macs > 0 ? fmt::format("{:.1f}", rate) : ""};
        if (limits) cells.push_back(seconds > 0 ? fmt::format("{:.1f} %", layer.limitSeconds / seconds * 100) : "");
        table.row(std::move(cells));
    }
    return fmt::format("\n{}, batch {}, {}\n{}sum of the layers {:.1f} us, {:.1f} % of the whole call\n",
                       row.model + " " + row.variant, row.batch, threadsText(row.threads), table.text(), sum,
                       sum / (row.medianMs * 1e3) * 100);
}

}  // namespace

std::string benchText(const BenchReport& report) {
    std::string text = headerText(report) + "\n" + timesText(report) + speedupsText(report);
    if (report.paper) text += paperText(report);
    text += memoryText(report) + chartText(report);
    for (const BenchRow& row : report.rows) {
        if (!row.layers.empty()) text += layersText(report, row);
    }
    return text + waterfallsText(report);
}

std::string benchSvg(const BenchReport& report) {
    std::vector<Bar> bars;
    for (const BenchRow& row : report.rows)
        bars.push_back({labelOf(report, row), row.medianMs, row.p5Ms, row.p95Ms, row.variant == "condensed"});
    std::string subtitle = fmt::format("{}, {}", report.cpu, report.isa);
    if (!report.sweep && !report.rows.empty())
        subtitle += fmt::format(", batch {}, {}", report.rows.front().batch, threadsText(report.threads));
    subtitle += ", " + report.measured;
    return barChartSvg("Inference: median time of a call", subtitle + "; whiskers from the 5th to the 95th percentile",
                       "ms", bars);
}

}  // namespace condenser::cli
