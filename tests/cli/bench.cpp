// bench: the contract of its JSON, what its table says, and its flags. How fast anything is, is not looked at.
#include <algorithm>
#include <cmath>
#include <csignal>

#include "cli_test.h"
#include "ops/simd_target.h"
#include "support/io_scratch.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;

namespace {

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

const Words kTiny{"bench", "--model", kTinySpec, "--quiet"};
// One thread: two that wait for each other beside other tests take many times as long.
const Words kQuick = with(kTiny, {"--seconds", "0.02", "--threads", "1"});
const Words kBoth = with(kQuick, {"--variant", "dense,condensed"});

double positive(const json& object, const char* key) {
    CHECK(object.at(key).is_number());
    const double value = object.at(key).get<double>();
    CHECK(std::isfinite(value) && value > 0);
    return value;
}

std::int64_t inspected(Cli& cli, const char* variant, const char* key) {
    return cli.object({"inspect", "--model", kTinySpec, "--variant", variant}).at(key).get<std::int64_t>();
}

// Keys and types of the contract, in every row.
void jsonKeepsItsContract(Cli& cli) {
    const json report = cli.object(
        with(kTiny, {"--variant", "dense,condensed", "--seconds", "0.02", "--threads", "2", "--batch", "3"}));
    CHECK(!report.at("cpu").get<std::string>().empty());
    CHECK_EQUAL(report.at("isa").get<std::string>(), activeSimdTarget());
    CHECK_EQUAL(report.at("threads").get<int>(), 2);
    CHECK(!report.contains("peak") && !report.contains("equality"));
    CHECK_EQUAL(report.at("build").get<std::string>(), CONDENSER_VERSION);
    CHECK_EQUAL(report.at("measured").get<std::string>().size(), std::string("2026-01-31T09:30:00Z").size());
    CHECK_EQUAL(report.at("rows").size(), std::size_t{2});
    for (const json& row : report.at("rows")) {
        CHECK_EQUAL(row.at("model").get<std::string>(), kTinySpec);
        CHECK_EQUAL(row.at("batch").get<int>(), 3);
        CHECK_EQUAL(row.at("size"), json(16));
        CHECK(row.at("runs").is_number_integer() && row.at("runs").get<int>() >= 5);
        const double median = positive(row, "median_ms");
        CHECK(positive(row, "p5_ms") <= median);
        CHECK(median <= positive(row, "p95_ms"));
        CHECK(std::abs(positive(row, "images_per_s") * median / 3000 - 1) < 1e-9);
        CHECK(row.at("macs").is_number_integer() && row.at("params").is_number_integer());
        positive(row, "weight_bytes");
        positive(row, "memory_bytes");
        CHECK(!row.contains("roofline_fraction") && !row.contains("layers") && !row.contains("samples_ms"));
    }
}

// Both forms, in the order asked for, counted as inspect counts them; the speed-ups follow from the rows.
void bothVariantsAreCompared(Cli& cli) {
    const json report = cli.object(kBoth);
    const json &dense = report.at("rows").at(0), &condensed = report.at("rows").at(1);
    CHECK_EQUAL(dense.at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(condensed.at("variant").get<std::string>(), "condensed");
    CHECK_EQUAL(dense.at("macs").get<std::int64_t>(), inspected(cli, "dense", "macs"));
    CHECK_EQUAL(condensed.at("macs").get<std::int64_t>(), inspected(cli, "condensed", "macs"));
    CHECK_EQUAL(dense.at("params").get<std::int64_t>(), inspected(cli, "dense", "params"));
    CHECK_EQUAL(condensed.at("params").get<std::int64_t>(), inspected(cli, "condensed", "params"));
    const json& speedup = report.at("speedup").at(kTinySpec);
    const double macs = dense.at("macs").get<double>() / condensed.at("macs").get<double>();
    CHECK_EQUAL(speedup.at("theoretical").get<double>(), macs);
    CHECK(macs > 1);
    const double times = dense.at("median_ms").get<double>() / condensed.at("median_ms").get<double>();
    CHECK_EQUAL(speedup.at("realised").get<double>(), times);
}

// Timed long enough, the speed-up comes with its interval; the samples that it is made of are there if asked for.
void theSpeedupIsAnInterval(Cli& cli) {
    const Words words = with(kTiny, {"--variant", "dense,condensed", "--seconds", "0.1", "--threads", "1"});
    const json report = cli.object(with(words, {"--samples"}));
    const json& interval = report.at("speedup").at(kTinySpec).at("interval");
    CHECK(interval.at("low") <= interval.at("ratio") && interval.at("ratio") <= interval.at("high"));
    CHECK_EQUAL(interval.at("confidence").get<double>(), 0.99);
    CHECK(interval.at("pairs").get<int>() >= 5);
    const bool holds = interval.at("low") <= 1 && interval.at("high") >= 1;
    CHECK_EQUAL(interval.at("no_difference").get<bool>(), holds);
    for (const json& row : report.at("rows")) {
        CHECK(row.at("blocks").size() >= 10);
        std::size_t samples = 0;
        for (const json& block : row.at("blocks")) samples += block.at("samples").get<std::size_t>();
        CHECK_EQUAL(samples, row.at("samples_ms").size());
    }
    CHECK_HOLDS(cli.done(words).out, "99 % interval");
}

void bothFormsAnswerAlike(Cli& cli) {
    writeTinyFolder(cli.file("pets"), 1, 4);
    cli.done({"train", "--data", "folder:pets", "--model", kTinySpec, "--out", "run", "--epochs", "4", "--quiet"});
    const Words words{"bench",      "--model", "run/model.safetensors",
                      "--equality", "--data",  "folder:pets",
                      "--seconds",  "0.01",    "--threads",
                      "1",          "--quiet"};
    const json equality = cli.object(words).at("equality");
    CHECK_EQUAL(equality.at("of").get<std::string>(), "test part of folder:pets");
    CHECK_EQUAL(equality.at("images").get<int>(), 12);
    CHECK_EQUAL(equality.at("agreeing").get<int>(), 12);
    CHECK(equality.at("same").get<bool>());
    CHECK_EQUAL(equality.at("dense_top1"), equality.at("condensed_top1"));
    CHECK_HOLDS(cli.done(words).out, "condensed = dense: largest logit difference");
    // A classifier that loses half of its inputs is another function.
    CHECK(!cli.object(with(words, {"--classifier-keep", "0.5"})).at("equality").at("same").get<bool>());
    cli.fails(1, {"bench", "--model", kTinySpec, "--equality", "--data", "folder:nowhere"}, {"nowhere"});
    cli.fails(2, with(kQuick, {"--data", "shapes10"}), {"--data", "--equality"});
    cli.fails(2, with(kQuick, {"--model", "condensenet-tiny", "--equality"}), {"--equality"});
    cli.fails(2, {"bench", "--model", "mobilenet-1.0", "--equality"}, {"--equality"});
}

void filesAreWritten(Cli& cli) {
    cli.done(with(kBoth, {"--markdown", "t.md", "--csv", "t.csv", "--svg", "chart.svg"}));
    CHECK_HOLDS(readBytes(cli.file("t.md")), "| condensed | 1 | 1 | 16 x 16 |");
    const std::string csv = readBytes(cli.file("t.csv"));
    CHECK_EQUAL(csv.rfind("model,variant,batch,threads,", 0), std::size_t{0});
    CHECK_EQUAL(std::count(csv.begin(), csv.end(), '\n'), std::ptrdiff_t{3});
    const std::string svg = readBytes(cli.file("chart.svg"));
    CHECK_EQUAL(svg.rfind("<svg xmlns=", 0), std::size_t{0});
    CHECK_HOLDS(svg, "condensenet:stages=1-1");
    CHECK_HOLDS(svg, "</svg>\n");
    // Told before anything is timed.
    cli.fails(1, with(kBoth, {"--csv", "nowhere/t.csv"}), {"nowhere/t.csv"});
    cli.fails(1, with(kBoth, {"--svg", "nowhere/chart.svg"}), {"nowhere/chart.svg"});
}

// The table itself takes too long here (tst_bench_document has its texts).
void thePaperHasItsOwnNetworks(Cli& cli) {
    for (const Words& words : {Words{"--model", kTinySpec}, Words{"--variant", "dense"}, Words{"--batch", "2"},
                               Words{"--size", "32"}, Words{"--sweep"}, Words{"--equality"}})
        cli.fails(2, with({"bench", "--paper"}, words), {words.front(), "--paper"});
}

void oneVariantHasNoSpeedup(Cli& cli) {
    const json byDefault = cli.object(kQuick);
    CHECK_EQUAL(byDefault.at("rows").size(), std::size_t{1});
    CHECK_EQUAL(byDefault.at("rows").at(0).at("variant").get<std::string>(), "dense");
    CHECK_EQUAL(byDefault.at("speedup"), json::object());
    const std::string last = simdTargets().back();
    const json condensed = cli.object(with(kQuick, {"--variant", "condensed", "--isa", last}));
    CHECK_EQUAL(condensed.at("isa").get<std::string>(), last);
    CHECK_EQUAL(condensed.at("rows").at(0).at("variant").get<std::string>(), "condensed");
}

// Presets, specs, baselines and files side by side.
void severalModels(Cli& cli) {
    cli.done({"condense", "--model", kTinySpec, "--out", "small.safetensors"});
    const json report = cli.object({"bench", "--model", "small.safetensors", "--model", kTinySpec, "--model",
                                    "mobilenet-1.0", "--seconds", "0.01", "--threads", "1", "--quiet"});
    std::vector<std::string> rows;
    for (const json& row : report.at("rows"))
        rows.push_back(row.at("model").get<std::string>() + " " + row.at("variant").get<std::string>());
    CHECK(rows == (std::vector<std::string>{"small.safetensors condensed", std::string(kTinySpec) + " dense",
                                            "mobilenet-1.0 dense"}));
    CHECK(report.at("rows").at(2).at("params").get<int>() > 0);
    // Both forms of a file that holds the condensed one.
    const json both = cli.object({"bench", "--model", "small.safetensors", "--variant", "dense,condensed", "--seconds",
                                  "0.01", "--threads", "1", "--quiet"});
    CHECK_EQUAL(both.at("rows").at(0).at("macs").get<std::int64_t>(), inspected(cli, "dense", "macs"));
    CHECK_EQUAL(both.at("rows").at(1).at("macs").get<std::int64_t>(), inspected(cli, "condensed", "macs"));
    // A baseline beside both forms of another network has its only one.
    CHECK_EQUAL(cli.object(with(kBoth, {"--model", "mobilenet-1.0"})).at("rows").size(), std::size_t{3});
    cli.fails(2, {"bench", "--model", "mobilenet-1.0", "--variant", "condensed"}, {"mobilenet-1.0", "CondenseNets"});
    cli.fails(2, with(kQuick, {"--model", "small.safetensors", "--variant", "dense"}), {"small.safetensors"});
    cli.fails(1, with(kQuick, {"--model", "missing.safetensors"}), {"missing.safetensors"});
    cli.fails(2, with(kQuick, {"--model", "condensenet-87"}), {"condensenet-87"});
}

// The classifier's share acts on the condensed form only.
void classifierKeep(Cli& cli) {
    const json whole = cli.object(kBoth).at("rows"),
               half = cli.object(with(kBoth, {"--classifier-keep", "0.5"})).at("rows");
    CHECK_EQUAL(half.at(0).at("macs"), whole.at(0).at("macs"));
    CHECK(half.at(1).at("macs").get<int>() < whole.at(1).at("macs").get<int>());
}

void sizesAreOverridden(Cli& cli) {
    const json own = cli.object(kQuick).at("rows").at(0);
    const json row = cli.object(with(kQuick, {"--size", "32"})).at("rows").at(0);
    CHECK_EQUAL(row.at("size"), json(32));
    CHECK(row.at("macs").get<int>() > own.at("macs").get<int>());
    CHECK_EQUAL(row.at("params"), own.at("params"));
    CHECK_EQUAL(cli.object(with(kQuick, {"--size", "17x12"})).at("rows").at(0).at("size"), json("17x12"));
    for (const char* wrong : {"0", "-32", "x", "32x", "x32", "32x32x32", "1e3", "5000", "", "32 "})
        cli.fails(2, with(kQuick, {"--size", wrong}), {"--size", wrong});
    cli.fails(2, with(kQuick, {"--size", "1"}), {"at least"});
}

void layersAddUpToTheNetwork(Cli& cli) {
    const json report = cli.object(with(kBoth, {"--layers"}));
    for (const json& row : report.at("rows")) {
        std::int64_t macs = 0;
        CHECK(row.at("layers").size() >= 6);
        for (const json& layer : row.at("layers")) {
            CHECK(!layer.at("name").get<std::string>().empty());
            CHECK(!layer.at("op").get<std::string>().empty());
            CHECK(layer.at("median_us").is_number() && layer.at("median_us").get<double>() >= 0);
            macs += layer.at("macs").get<std::int64_t>();
        }
        CHECK_EQUAL(macs, row.at("macs").get<std::int64_t>());
    }
    // From one time to the other.
    double ms = 0;
    const json& waterfall = report.at("speedup").at(kTinySpec).at("waterfall");
    for (std::size_t i = 0; i + 1 < waterfall.size(); ++i) ms += waterfall.at(i).at("ms").get<double>();
    CHECK(std::abs(ms - report.at("rows").at(1).at("median_ms").get<double>()) < 1e-9);
    CHECK_EQUAL(waterfall.back().at("step").get<std::string>(), "condensed");
}

// And measures the machine for each number of threads.
void sweepVariesThreadsAndBatch(Cli& cli) {
    const json report = cli.object(with(kTiny, {"--variant", "dense,condensed", "--sweep", "--threads", "2",
                                                "--seconds", "0.005", "--peak", "--layers"}));
    std::vector<std::pair<int, int>> cells;
    for (const json& row : report.at("rows")) {
        if (row.at("variant").get<std::string>() == "dense")
            cells.emplace_back(row.at("threads").get<int>(), row.at("batch").get<int>());
    }
    CHECK(cells == (std::vector<std::pair<int, int>>{{1, 1}, {1, 8}, {1, 64}, {2, 1}, {2, 8}, {2, 64}}));
    CHECK_EQUAL(report.at("rows").size(), std::size_t{12});
    CHECK_EQUAL(report.at("threads").get<int>(), 2);
    CHECK_EQUAL(report.at("peak").size(), std::size_t{2});
    for (std::size_t i = 0; i < 2; ++i) {
        const json& peak = report.at("peak").at(i);
        CHECK_EQUAL(peak.at("threads").get<std::size_t>(), i + 1);
        positive(peak, "gflops");
        for (const char* level : {"L2", "L3", "DRAM"}) positive(peak.at("gb_per_s"), level);
    }
    for (const json& row : report.at("rows")) {
        positive(row, "roofline_fraction");
        for (const json& layer : row.at("layers")) positive(layer, "limit_us");
    }
    positive(report.at("speedup").at(kTinySpec), "realised");
    cli.fails(2, with(kQuick, {"--sweep", "--batch", "2"}), {"--batch", "--sweep"});
}

void theTableIsForPeople(Cli& cli) {
    const Finished finished = cli.done(with(kBoth, {"--layers", "--peak"}));
    for (const char* part : {"1 thread",
                             "GFLOP/s",
                             "DRAM",
                             "median ms",
                             "p5-p95 ms",
                             "images/s",
                             "M multiply-adds",
                             "of the limit",
                             "speed-up of condensing",
                             "theoretical",
                             "plan's memory",
                             "median of a call",
                             "█",
                             "features.init_conv",
                             "features.denseblock_1.denselayer_1.conv_1",
                             "classifier",
                             "sum of the layers",
                             "of the whole call",
                             "where the gain went",
                             "promised"}) {
        CHECK_HOLDS(finished.out, part);
    }
    CHECK_EQUAL(finished.err.find("GFLOP"), std::string::npos);
}

// A model without limits has none in its table.
void nothingIsShownUnasked(Cli& cli) {
    const Finished finished = cli.done(kQuick);
    for (const char* part : {"of the limit", "DRAM", "sum of the layers", "speed-up of condensing"})
        CHECK_EQUAL(finished.out.find(part), std::string::npos);
}

void wrongNumbersAreRefused(Cli& cli) {
    const auto refused = [&](const char* flag, std::initializer_list<const char*> values) {
        for (const char* value : values) cli.fails(2, with(kTiny, {flag, value}), {flag, value});
    };
    refused("--batch", {"0", "1.5", "1000000", ""});
    refused("--seconds", {"0", "-1", "nan", "1e9"});
    refused("--classifier-keep", {"0", "2"});
    refused("--variant", {"learned", "dense,", "dense,dense"});
    cli.fails(2, {"bench"}, {"--model", "required"});
    cli.fails(2, with(kQuick, {"--model", "condensenet-tiny", "--weights", "x.safetensors"}), {"--weights"});
}

void ctrlCEndsIt(Cli& cli) {
    Running running = cli.start({"bench", "--model", kTinySpec, "--seconds", "3000", "--svg", "chart.svg"});
    // The picture's place is taken before the timing begins.
    CHECK(waitUntil([&] { return contentsOf(cli.folder()).size() > 2 || running.ended(); }));
    running.signal(SIGINT);
    CHECK_EQUAL(running.finish().status, 130);
    for (const auto& [name, content] : contentsOf(cli.folder())) CHECK_EQUAL(name.rfind(".output", 0), std::size_t{0});
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"jsonKeepsItsContract", jsonKeepsItsContract},
                     {"bothVariantsAreCompared", bothVariantsAreCompared},
                     {"theSpeedupIsAnInterval", theSpeedupIsAnInterval},
                     {"bothFormsAnswerAlike", bothFormsAnswerAlike},
                     {"filesAreWritten", filesAreWritten},
                     {"thePaperHasItsOwnNetworks", thePaperHasItsOwnNetworks},
                     {"oneVariantHasNoSpeedup", oneVariantHasNoSpeedup},
                     {"severalModels", severalModels},
                     {"classifierKeep", classifierKeep},
                     {"sizesAreOverridden", sizesAreOverridden},
                     {"layersAddUpToTheNetwork", layersAddUpToTheNetwork},
                     {"sweepVariesThreadsAndBatch", sweepVariesThreadsAndBatch},
                     {"theTableIsForPeople", theTableIsForPeople},
                     {"nothingIsShownUnasked", nothingIsShownUnasked},
                     {"wrongNumbersAreRefused", wrongNumbersAreRefused},
                     {"ctrlCEndsIt", ctrlCEndsIt}});
}
