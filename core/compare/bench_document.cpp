#include "compare/bench_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "compare/gain_waterfall.h"
#include "compare/paper_table.h"
#include "io/json.h"

namespace condenser {
namespace {

// Bounds for what is read: far beyond any measurement, and no figure made of them overflows.
constexpr std::size_t kMaxText = 4096;
constexpr int kMaxCount = 1 << 20;
constexpr std::int64_t kMaxWhole = std::int64_t{1} << 53;
constexpr double kLeastMs = 1e-9, kMostMs = 1e12;
constexpr std::size_t kMaxLayers = 10'000;

Json whole(std::int64_t value) {
    return {static_cast<std::uint64_t>(value)};
}
Json text(std::string value) {
    return {std::move(value)};
}
Json real(double value) {
    return {value};
}

// ---- writing --------------------------------------------------------------------------------------------------------

Json peakJson(const ThreadsPeak& measured) {
    Json::Object levels;
    for (const MemoryLevel& level : measured.peak.levels) levels[level.name] = real(level.bytesPerSecond / 1e9);
    return {Json::Object{{"threads", whole(measured.threads)},
                         {"gflops", real(measured.peak.flopsPerSecond / 1e9)},
                         {"gb_per_s", {std::move(levels)}}}};
}

Json layerJson(const LayerRow& layer) {
    Json::Object json{{"name", text(layer.name)},
                      {"op", text(layer.op)},
                      {"median_us", real(layer.medianUs)},
                      {"macs", whole(layer.macs)}};
    if (layer.limitSeconds > 0) json["limit_us"] = real(layer.limitSeconds * 1e6);
    return {std::move(json)};
}

// Every `every`-th sample of each block.
void putSamples(const BenchRow& row, std::size_t every, Json::Object& json) {
    Json::Array samples, blocks;
    for (const TimingBlock& block : row.blocks) {
        const std::size_t before = samples.size();
        for (std::size_t i = 0; i < block.samples; i += every) samples.push_back(real(row.samplesMs[block.first + i]));
        blocks.push_back({Json::Object{{"samples", whole(static_cast<std::int64_t>(samples.size() - before))},
                                       {"round", whole(block.round)}}});
    }
    json["samples_ms"] = {std::move(samples)};
    json["blocks"] = {std::move(blocks)};
    if (every > 1) json["samples_every"] = whole(static_cast<std::int64_t>(every));
}

// Of a network of the paper's table, to its CondenseNets.
Json paperRatiosJson(const BenchReport& report, const BenchRow& row) {
    Json::Object json;
    for (const PaperRatio& ratio : paperRatios(report, row)) {
        Json::Object one{{"measured", real(ratio.measured)}, {"published", real(ratio.published)}};
        if (ratio.interval) {
            one["low"] = real(ratio.interval->low);
            one["high"] = real(ratio.interval->high);
            one["confidence"] = real(ratio.interval->confidence);
        }
        json[ratio.to->preset] = {std::move(one)};
    }
    return {std::move(json)};
}

// `every`: 0 for no samples.
Json rowJson(const BenchReport& report, const BenchRow& row, std::size_t every) {
    Json::Object json{{"model", text(row.model)},
                      {"variant", text(row.variant)},
                      {"batch", whole(row.batch)},
                      {"threads", whole(row.threads)},
                      {"runs", whole(row.runs)},
                      {"median_ms", real(row.medianMs)},
                      {"p5_ms", real(row.p5Ms)},
                      {"p95_ms", real(row.p95Ms)},
                      {"images_per_s", real(row.imagesPerSecond())},
                      {"macs", whole(row.macs)},
                      {"params", whole(row.params)},
                      {"weight_bytes", whole(static_cast<std::int64_t>(row.weightBytes))},
                      {"memory_bytes", whole(static_cast<std::int64_t>(row.memoryBytes))}};
    json["size"] = row.height == row.width ? whole(row.height) : text(fmt::format("{}x{}", row.height, row.width));
    if (row.limitSeconds > 0) json["roofline_fraction"] = real(row.rooflineFraction());
    if (const PaperNetwork* network = report.paper ? findPaperNetwork(row.model) : nullptr) {
        json["published_flops"] = real(network->publishedFlops.value);
        json["published_arm_s"] = real(network->publishedSeconds);
        json["ratios"] = paperRatiosJson(report, row);
    }
    if (!row.layers.empty()) {
        Json::Array layers;
        for (const LayerRow& layer : row.layers) layers.push_back(layerJson(layer));
        json["layers"] = {std::move(layers)};
    }
    if (every > 0) putSamples(row, every, json);
    return {std::move(json)};
}

Json speedupJson(const BenchPair& pair) {
    Json::Object json{{"realised", real(pair.speedup.realised)}, {"theoretical", real(pair.speedup.theoretical)}};
    if (const auto& interval = pair.interval) {
        json["interval"] = {Json::Object{{"ratio", real(interval->ratio)},
                                         {"low", real(interval->low)},
                                         {"high", real(interval->high)},
                                         {"confidence", real(interval->confidence)},
                                         {"pairs", whole(interval->pairs)},
                                         {"no_difference", {interval->noDifference()}}}};
    }
    if (const auto waterfall = gainWaterfall(*pair.dense, *pair.condensed)) {
        Json::Array steps;
        for (const GainStep& step : *waterfall)
            steps.push_back({Json::Object{{"step", text(gainStepName(step.kind))}, {"ms", real(step.ms)}}});
        json["waterfall"] = {std::move(steps)};
    }
    return {std::move(json)};
}

Json equalityJson(const Equality& equality) {
    Json::Object json{{"of", text(equality.of)},
                      {"images", whole(equality.images)},
                      {"agreeing", whole(equality.agreeing)},
                      {"same", {equality.same()}}};
    // JSON has no infinity.
    const bool finite = std::isfinite(equality.largestDifference);
    json["largest_difference"] = finite ? real(equality.largestDifference) : Json{};
    if (equality.denseTop1) json["dense_top1"] = real(*equality.denseTop1);
    if (equality.condensedTop1) json["condensed_top1"] = real(*equality.condensedTop1);
    return {std::move(json)};
}

Json::Object reportJson(const BenchReport& report, std::size_t every) {
    Json::Object json{{"cpu", text(report.cpu)},
                      {"isa", text(report.isa)},
                      {"threads", whole(report.threads)},
                      {"build", text(report.build)},
                      {"measured", text(report.measured)}};
    if (!report.peaks.empty()) {
        Json::Array peaks;
        for (const ThreadsPeak& measured : report.peaks) peaks.push_back(peakJson(measured));
        json["peak"] = {std::move(peaks)};
    }
    Json::Array rows;
    for (const BenchRow& row : report.rows) rows.push_back(rowJson(report, row, every));
    json["rows"] = {std::move(rows)};
    Json::Object speedups;
    // Of a sweep the first: one thread, batch 1. The others follow from the rows.
    for (const BenchPair& pair : pairsOf(report)) speedups.try_emplace(pair.dense->model, speedupJson(pair));
    json["speedup"] = {std::move(speedups)};
    return json;
}

std::size_t samplesOf(const BenchReport& report) {
    std::size_t samples = 0;
    for (const BenchRow& row : report.rows) samples += row.samplesMs.size();
    return samples;
}

// ---- reading --------------------------------------------------------------------------------------------------------

// "32" as a number, or "17x12".
void takeSize(JsonFields& fields, BenchRow& row) {
    if (fields.has("size") && fields.any("size").text() == nullptr) {
        row.height = row.width = fields.number("size", 1, kMaxCount);
        return;
    }
    const std::string size = fields.text("size", 32);
    const char* end = size.data() + size.size();
    const auto side = [](const char* from, const char* to, int& value) {
        const auto [rest, error] = std::from_chars(from, to, value);
        return error == std::errc() && rest == to && value >= 1 && value <= kMaxCount;
    };
    const char* cross = std::find(size.data(), end, 'x');
    if (cross == end || !side(size.data(), cross, row.height) || !side(cross + 1, end, row.width))
        fields.refuse("\"size\" is no height x width: " + inQuotes(size));
}

// The elements of a list of at most `most`; none where the field is something else, which is then refused.
const Json::Array& list(JsonFields& fields, const char* key, std::size_t most) {
    static const Json::Array kNone;
    const Json::Array* array = fields.any(key).array();
    if (array != nullptr && array->size() <= most) return *array;
    fields.refuse(fmt::format("\"{}\" is not a list of at most {} elements", key, most));
    return kNone;
}

void takeLayers(JsonFields& fields, const Reading& reading, BenchRow& row) {
    if (!fields.has("layers")) return;
    for (const Json& element : list(fields, "layers", kMaxLayers)) {
        JsonFields layer(element, reading);
        LayerRow taken;
        taken.name = layer.text("name", kMaxText);
        taken.op = layer.text("op", kMaxText);
        taken.medianUs = layer.real("median_us", 0, kMostMs);
        taken.macs = layer.integer("macs", 0, kMaxWhole);
        if (layer.has("limit_us")) taken.limitSeconds = layer.real("limit_us", 0, kMostMs) / 1e6;
        if (auto good = layer.result(); !good) return fields.refuse(good.error());
        row.layers.push_back(std::move(taken));
    }
}

void takeSamples(JsonFields& fields, const Reading& reading, BenchRow& row) {
    if (!fields.has("samples_ms")) return;
    for (const Json& element : list(fields, "samples_ms", kMaxJsonValues)) {
        const double* ms = std::get_if<double>(&element.value);
        const double sample = ms != nullptr ? *ms : static_cast<double>(element.index());
        if (!(sample >= kLeastMs && sample <= kMostMs))
            return fields.refuse("one of its samples is no time in milliseconds");
        row.samplesMs.push_back(sample);
    }
    std::size_t first = 0;
    for (const Json& element : list(fields, "blocks", kMaxJsonValues)) {
        JsonFields block(element, reading);
        const auto samples = static_cast<std::size_t>(block.integer("samples", 1, kMaxWhole));
        const int round = block.number("round", 0, std::numeric_limits<int>::max());
        if (auto good = block.result(); !good) return fields.refuse(good.error());
        if (samples > row.samplesMs.size() - first || (!row.blocks.empty() && round <= row.blocks.back().round))
            return fields.refuse("its blocks do not fit its samples");
        row.blocks.push_back({first, samples, round});
        first += samples;
    }
    if (first != row.samplesMs.size()) fields.refuse("its blocks do not fit its samples");
}

Result<BenchRow> takeRow(const Json& json, const Reading& reading) {
    JsonFields fields(json, reading);
    BenchRow row;
    row.model = fields.text("model", kMaxText);
    row.variant = fields.text("variant", kMaxText);
    row.batch = fields.number("batch", 1, kMaxCount);
    row.threads = fields.number("threads", 1, kMaxCount);
    takeSize(fields, row);
    row.runs = fields.integer("runs", 0, kMaxWhole);
    row.medianMs = fields.real("median_ms", kLeastMs, kMostMs);
    row.p5Ms = fields.real("p5_ms", 0, kMostMs);
    row.p95Ms = fields.real("p95_ms", 0, kMostMs);
    row.macs = fields.integer("macs", 1, kMaxWhole);
    row.params = fields.integer("params", 0, kMaxWhole);
    row.weightBytes = static_cast<std::size_t>(fields.integer("weight_bytes", 0, kMaxWhole));
    row.memoryBytes = static_cast<std::size_t>(fields.integer("memory_bytes", 0, kMaxWhole));
    if (fields.has("roofline_fraction"))
        row.limitSeconds = fields.real("roofline_fraction", 0, kMostMs) * row.medianMs * 1e-3;
    takeLayers(fields, reading, row);
    takeSamples(fields, reading, row);
    if (auto good = fields.result(); !good) return tl::unexpected(good.error());
    return row;
}

Result<Equality> takeEquality(const Json& json, const Reading& reading) {
    JsonFields fields(json, reading);
    Equality equality;
    equality.of = fields.text("of", kMaxText);
    equality.images = fields.number("images", 0, kMaxCount);
    equality.agreeing = fields.number("agreeing", 0, equality.images);
    const bool none = std::holds_alternative<std::nullptr_t>(fields.any("largest_difference").value);
    equality.largestDifference = none ? std::numeric_limits<double>::infinity()
                                      : fields.real("largest_difference", 0, std::numeric_limits<double>::max());
    if (fields.has("dense_top1")) equality.denseTop1 = fields.real("dense_top1", 0, 1);
    if (fields.has("condensed_top1")) equality.condensedTop1 = fields.real("condensed_top1", 0, 1);
    if (auto good = fields.result(); !good) return tl::unexpected(good.error());
    return equality;
}

Result<BenchReport> takeReport(JsonFields& fields, const Reading& reading) {
    BenchReport report;
    report.cpu = fields.text("cpu", kMaxText);
    report.isa = fields.text("isa", kMaxText);
    report.build = fields.text("build", kMaxText);
    report.measured = fields.text("measured", kMaxText);
    report.threads = fields.number("threads", 1, kMaxCount);
    for (const Json& element : list(fields, "rows", 2)) {
        auto row = takeRow(element, reading);
        if (!row) return tl::unexpected(row.error());
        report.rows.push_back(std::move(*row));
    }
    if (auto good = fields.result(); !good) return tl::unexpected(good.error());
    // Comparison::pair() relies on it.
    if (report.rows.size() != 2 || report.rows[0].variant != "dense" || pairsOf(report).size() != 1)
        return reading.bad("its rows are not the dense and the condensed form of one model");
    return report;
}

}  // namespace

std::string benchJson(const BenchReport& report, Samples samples, const std::optional<Equality>& equality) {
    Json::Object json = reportJson(report, samples == Samples::kEvery ? 1 : 0);
    if (equality) json["equality"] = equalityJson(*equality);
    return jsonText({std::move(json)});
}

std::string comparisonJson(const Comparison& comparison, Samples samples) {
    const std::size_t every = 1 + samplesOf(comparison.bench) / (kMaxStoredSamples + 1);
    Json::Object json = reportJson(comparison.bench, samples == Samples::kEvery ? every : 0);
    json["version"] = whole(1);
    json["name"] = text(comparison.name);
    json["sample"] = {comparison.sample};
    json["outstanding_steps"] = whole(comparison.outstandingSteps);
    json["stored_condensed"] = {comparison.storedCondensed};
    json["dense_file_bytes"] = whole(static_cast<std::int64_t>(comparison.denseFileBytes));
    json["condensed_file_bytes"] = whole(static_cast<std::int64_t>(comparison.condensedFileBytes));
    json["equality"] = equalityJson(comparison.equality);
    return jsonText({std::move(json)});
}

Result<Comparison> readComparison(std::string_view json, const std::string& name) {
    const Reading reading{"cannot read the measurement", name};
    const auto parsed = parseJson(json, reading);
    if (!parsed) return tl::unexpected(parsed.error());
    JsonFields fields(*parsed, reading);
    fields.version1("a measurement");
    Comparison comparison;
    comparison.name = fields.text("name", kMaxText);
    comparison.sample = fields.flag("sample");
    comparison.outstandingSteps = fields.number("outstanding_steps", 0, kMaxCount);
    comparison.storedCondensed = fields.flag("stored_condensed");
    comparison.denseFileBytes = static_cast<std::uint64_t>(fields.integer("dense_file_bytes", 0, kMaxWhole));
    comparison.condensedFileBytes = static_cast<std::uint64_t>(fields.integer("condensed_file_bytes", 0, kMaxWhole));
    const Json& equality = fields.any("equality");
    auto report = takeReport(fields, reading);
    if (!report) return tl::unexpected(report.error());
    auto taken = takeEquality(equality, reading);
    if (!taken) return tl::unexpected(taken.error());
    comparison.bench = std::move(*report);
    comparison.equality = std::move(*taken);
    return comparison;
}

}  // namespace condenser
