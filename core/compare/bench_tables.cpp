// CSV and Markdown of bench_document.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/csv_text.h"
#include "base/markdown_text.h"
#include "compare/bench_document.h"
#include "compare/paper_table.h"

namespace condenser {
namespace {

// ---- figures for people ---------------------------------------------------------------------------------------------

// Three digits that count.
std::string figure(double value) {
    const double digits = value > 0 ? std::floor(std::log10(value)) : 0;
    return fmt::format("{:.{}f}", value, std::clamp(2 - static_cast<int>(digits), 0, 6));
}

std::string count(std::int64_t value) {
    const auto real = static_cast<double>(value);
    if (value >= 1'000'000'000) return figure(real / 1e9) + " G";
    return value >= 1'000'000 ? figure(real / 1e6) + " M" : figure(real / 1e3) + " k";
}

std::string bytes(std::uint64_t value) {
    const auto real = static_cast<double>(value);
    return value >= 1'000'000 ? figure(real / 1e6) + " MB" : figure(real / 1e3) + " kB";
}

std::string percent(double share) {
    return fmt::format("{:.2f} %", share * 100);
}

std::string threadsText(int threads) {
    return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s");
}

std::string sizeText(const BenchRow& row) {
    return fmt::format("{} x {}", row.height, row.width);
}

std::string machineText(const BenchReport& report) {
    return fmt::format("{}, {}, Condenser {}, {}", markdownText(report.cpu), report.isa, report.build, report.measured);
}

std::string range(const BenchRow& row) {
    return fmt::format("{}-{} ms", figure(row.p5Ms), figure(row.p95Ms));
}

// "2.71 x fewer", or "1.02 x more".
std::string factor(double dense, double condensed, const char* less, const char* more) {
    if (!(dense > 0 && condensed > 0)) return "";
    if (dense == condensed) return "the same";
    return dense > condensed ? fmt::format("{:.2f} x {}", dense / condensed, less)
                             : fmt::format("{:.2f} x {}", condensed / dense, more);
}

// What the interval allows to say.
std::string realisedText(const BenchPair& pair) {
    const std::string ratio = factor(pair.dense->medianMs, pair.condensed->medianMs, "faster", "slower");
    if (!pair.interval) return ratio;
    const std::string interval = fmt::format("{:.0f} % interval {:.3f}-{:.3f}", pair.interval->confidence * 100,
                                             pair.interval->low, pair.interval->high);
    return (pair.interval->noDifference() ? "no difference" : ratio) + " (" + interval + ")";
}

// ---- the paper's table ----------------------------------------------------------------------------------------------

// "condensenet-74-g4" as a part of a column's name: "g4".
std::string_view shortName(const PaperNetwork& network) {
    const std::string_view preset = network.preset;
    return preset.substr(preset.rfind('-') + 1);
}

std::string paperRatioHeads() {
    std::string heads;
    for (const PaperNetwork& to : paperNetworks()) {
        if (to.condensed)
            heads += fmt::format("over_{0},over_{0}_low,over_{0}_high,published_over_{0},", shortName(to));
    }
    return heads;
}

// Empty cells where a CondenseNet was not measured, or has no interval.
std::string paperRatioCells(const BenchReport& report, const BenchRow& row) {
    const std::vector<PaperRatio> ratios = paperRatios(report, row);
    std::string cells;
    for (const PaperNetwork& to : paperNetworks()) {
        if (!to.condensed) continue;
        const auto ratio = std::find_if(ratios.begin(), ratios.end(), [&](const auto& of) { return of.to == &to; });
        if (ratio == ratios.end()) {
            cells += ",,,,";
            continue;
        }
        cells += fmt::format("{},", ratio->measured);
        cells += ratio->interval ? fmt::format("{},{},", ratio->interval->low, ratio->interval->high) : ",,";
        cells += fmt::format("{},", ratio->published);
    }
    return cells;
}

std::string paperRatiosMarkdown(const BenchReport& report) {
    std::vector<std::string> heads{"time over that of"};
    for (const PaperNetwork& to : paperNetworks()) {
        if (to.condensed) heads.insert(heads.end(), {to.name, "99 % interval", "published"});
    }
    std::string text = markdownHeading(heads);
    for (const BenchRow& row : report.rows) {
        const PaperNetwork* network = findPaperNetwork(row.model);
        if (network == nullptr) continue;
        std::vector<std::string> cells = paperRatioTexts(report, row);
        cells.insert(cells.begin(), network->name);
        text += markdownRow(cells);
    }
    return text;
}

}  // namespace

std::string benchCsv(const BenchReport& report) {
    std::string csv =
        "model,variant,batch,threads,height,width,runs,median_ms,p5_ms,p95_ms,images_per_s,macs,params,weight_bytes,"
        "memory_bytes,";
    if (report.paper) csv += "published_flops,published_arm_s," + paperRatioHeads();
    csv += "cpu,isa,build,measured\n";
    for (const BenchRow& row : report.rows) {
        csv +=
            fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},", csvCellOf(row.model), csvCellOf(row.variant),
                        row.batch, row.threads, row.height, row.width, row.runs, row.medianMs, row.p5Ms, row.p95Ms,
                        row.imagesPerSecond(), row.macs, row.params, row.weightBytes, row.memoryBytes);
        if (const PaperNetwork* network = report.paper ? findPaperNetwork(row.model) : nullptr) {
            csv += fmt::format("{:.0f},{},", network->publishedFlops.value, network->publishedSeconds);
            csv += paperRatioCells(report, row);
        }
        csv += fmt::format("{},{},{},{}\n", csvCellOf(report.cpu), csvCellOf(report.isa), csvCellOf(report.build),
                           csvCellOf(report.measured));
    }
    return csv;
}

std::string layersCsv(const BenchReport& report) {
    std::string csv = "model,variant,batch,threads,layer,op,median_us,macs\n";
    for (const BenchRow& row : report.rows) {
        for (const LayerRow& layer : row.layers) {
            csv += fmt::format("{},{},{},{},{},{},{},{}\n", csvCellOf(row.model), csvCellOf(row.variant), row.batch,
                               row.threads, csvCellOf(layer.name), csvCellOf(layer.op), layer.medianUs, layer.macs);
        }
    }
    return csv;
}

std::string benchMarkdown(const BenchReport& report) {
    std::string text = machineText(report) + ". A time is that of one call: the whole batch.\n\n";
    text += markdownHeading({"network", "variant", "batch", "threads", "picture", "median", "p5-p95", "images/s",
                             "multiply-adds", "parameters"});
    for (const BenchRow& row : report.rows) {
        text += markdownRow({markdownText(row.model), row.variant, std::to_string(row.batch),
                             std::to_string(row.threads), sizeText(row), figure(row.medianMs) + " ms", range(row),
                             figure(row.imagesPerSecond()), count(row.macs), count(row.params)});
    }
    const std::vector<BenchPair> pairs = pairsOf(report);
    if (pairs.empty()) return text;
    text += "\n" + markdownHeading({"condensing", "batch", "threads", "realised", "theoretical"});
    for (const BenchPair& pair : pairs) {
        text += markdownRow({markdownText(pair.dense->model), std::to_string(pair.dense->batch),
                             std::to_string(pair.dense->threads), realisedText(pair),
                             fmt::format("{:.2f} x", pair.speedup.theoretical)});
    }
    return text;
}

std::string comparisonMarkdown(const Comparison& comparison) {
    const BenchPair pair = comparison.pair();
    const BenchRow &dense = *pair.dense, &condensed = *pair.condensed;
    std::string text = fmt::format("**{}**{}: {}, batch {}, {}\n\n{}\n\n", markdownText(comparison.name),
                                   comparison.sample ? " (sample)" : "", sizeText(dense), dense.batch,
                                   threadsText(dense.threads), machineText(comparison.bench));
    text += equalityText(comparison.equality);
    if (comparison.outstandingSteps > 0) {
        text += fmt::format(". The condensed form runs {} condensing step{} ahead of the dense one",
                            comparison.outstandingSteps, comparison.outstandingSteps == 1 ? "" : "s");
    }
    text += "\n\n" + markdownHeading({"", "dense", "condensed", "difference"});
    const auto row = [&text](const char* name, const std::string& a, const std::string& b, const std::string& c) {
        text += markdownRow({name, a, b, c});
    };
    row("latency, median", figure(dense.medianMs) + " ms", figure(condensed.medianMs) + " ms", realisedText(pair));
    row("latency, p5-p95", range(dense), range(condensed), "");
    row("images/s", figure(dense.imagesPerSecond()), figure(condensed.imagesPerSecond()), "");
    row("multiply-adds", count(dense.macs), count(condensed.macs),
        factor(static_cast<double>(dense.macs), static_cast<double>(condensed.macs), "fewer", "more"));
    row("parameters", count(dense.params), count(condensed.params),
        factor(static_cast<double>(dense.params), static_cast<double>(condensed.params), "fewer", "more"));
    row("model file", bytes(comparison.denseFileBytes), bytes(comparison.condensedFileBytes),
        factor(static_cast<double>(comparison.denseFileBytes), static_cast<double>(comparison.condensedFileBytes),
               "smaller", "larger"));
    const std::size_t a = dense.weightBytes + dense.memoryBytes, b = condensed.weightBytes + condensed.memoryBytes;
    row("memory, weights and maps", bytes(a), bytes(b),
        factor(static_cast<double>(a), static_cast<double>(b), "less", "more"));
    if (const Equality& equality = comparison.equality; equality.denseTop1 && equality.condensedTop1)
        row("top-1", percent(*equality.denseTop1), percent(*equality.condensedTop1), "");
    if (pair.paceChanged()) text += fmt::format("\nMedians and interval disagree: {}.\n", kPaceChanged);
    return text + fmt::format(
                      "\nRealised speed-up {:.2f} x of a theoretical {:.2f} x by multiply-adds ({:.0f} %); "
                      "the baseline is the same network with full 1x1 convolutions.\n",
                      pair.speedup.realised, pair.speedup.theoretical,
                      pair.speedup.realised / pair.speedup.theoretical * 100);
}

std::string paperTableMarkdown(const BenchReport& report) {
    std::string text = machineText(report) + ".\n";
    text += fmt::format(
        "Measured here: one picture of 224 x 224 at a time, {}, random weights, the networks in turn in one run.\n{}\n",
        threadsText(report.threads), paperNotes(report));
    text += markdownHeading({"network", "multiply-adds", "published FLOPs", "parameters", "measured here, median",
                             "p5-p95", "calls", "published (ARM)"});
    for (const BenchRow& row : report.rows) {
        const PaperNetwork* network = findPaperNetwork(row.model);
        if (network == nullptr) continue;
        text += markdownRow({network->name, count(row.macs), network->publishedFlops.text, count(row.params),
                             figure(row.medianMs) + " ms", range(row), std::to_string(row.runs),
                             fmt::format("{} s", network->publishedSeconds)});
    }
    return text + "\n" + paperRatiosMarkdown(report);
}

std::string equalityText(const Equality& equality) {
    if (equality.images == 0) return "no pictures to compare the two forms on";
    const std::string difference =
        fmt::format("largest logit difference {:.2g} on {} image{} ({})", equality.largestDifference, equality.images,
                    equality.images == 1 ? "" : "s", equality.of);
    if (equality.same()) return "condensed = dense: " + difference;
    std::string text = fmt::format("condensed differs from dense: {}, the same answer on {} of {}", difference,
                                   equality.agreeing, equality.images);
    if (equality.denseTop1 && equality.condensedTop1) {
        text += fmt::format(", top-1 {} dense, {} condensed", percent(*equality.denseTop1),
                            percent(*equality.condensedTop1));
    }
    return text;
}

}  // namespace condenser
