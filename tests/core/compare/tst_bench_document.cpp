#include <QtTest>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "compare/bench_document.h"
#include "compare/paper_table.h"

using namespace condenser;
using json = nlohmann::json;

namespace {

BenchRow row(const char* variant, double ms, std::int64_t macs) {
    BenchRow made;
    made.model = "condensenet:stages=1-1,size=32";
    made.variant = variant;
    made.height = 17;
    made.width = 12;
    made.threads = 2;
    made.runs = 240;
    made.macs = macs;
    made.params = 1234;
    made.weightBytes = 5000;
    made.memoryBytes = 70'000;
    made.layers = {{"features.init_conv", "conv", ms * 400, macs / 3, 0}, {"classifier", "linear", ms * 500, 7, 0}};
    // Blocks of unequal length that drift together.
    for (int round = 0; round < 12; ++round) {
        const std::size_t first = made.samplesMs.size(), samples = static_cast<std::size_t>(15 + round % 4);
        for (std::size_t i = 0; i < samples; ++i)
            made.samplesMs.push_back(ms * (1 + 0.01 * round) * (1 + 0.001 * static_cast<double>((i * 7) % 5)));
        made.blocks.push_back({first, samples, round});
    }
    made.medianMs = quantile(made.samplesMs, 0.5);
    made.p5Ms = quantile(made.samplesMs, 0.05);
    made.p95Ms = quantile(made.samplesMs, 0.95);
    return made;
}

Comparison comparison() {
    Comparison made;
    made.name = "my | \"run\", ü";
    made.sample = true;
    made.outstandingSteps = 2;
    made.denseFileBytes = 812'345;
    made.condensedFileBytes = 312'345;
    made.equality = {256, 255, "test part of folder:pets", 3.1e-6, 0.75, {}};
    made.bench.cpu = "A CPU";
    made.bench.isa = "AVX2";
    made.bench.build = "1.2.3";
    made.bench.measured = "2026-01-31T09:30:00Z";
    made.bench.threads = 2;
    made.bench.rows = {row("dense", 0.2, 9000), row("condensed", 0.1, 3000)};
    return made;
}

// The document with one thing changed must be refused, and the reason hold `why`.
void refused(const std::function<void(json&)>& change, const char* why) {
    json document = json::parse(comparisonJson(comparison(), Samples::kEvery));
    change(document);
    const auto read = readComparison(document.dump(), "measurement 7");
    QVERIFY2(!read.has_value(), why);
    const std::string text = read.error().text();
    QVERIFY2(text.find("measurement 7") != std::string::npos && text.find(why) != std::string::npos, text.c_str());
}

}  // namespace

class BenchDocumentTest : public QObject {
    Q_OBJECT

  private slots:
    // The ratio of the medians lies outside of the interval from blocks side by side.
    void aChangedPaceIsTold() {
        Comparison made = comparison();
        QVERIFY(made.pair().interval && !made.pair().paceChanged());
        QVERIFY(comparisonMarkdown(made).find(kPaceChanged) == std::string::npos);
        for (const double pace : {0.9, 1.1}) {
            made.bench.rows[0].medianMs = 0.2 * pace;
            QVERIFY(made.pair().paceChanged());
            QVERIFY(comparisonMarkdown(made).find(kPaceChanged) != std::string::npos);
        }
        for (BenchRow& timed : made.bench.rows) timed.blocks.clear();
        QVERIFY(!made.pair().interval && !made.pair().paceChanged());
    }

    void readsWhatItWrites() {
        const Comparison made = comparison();
        const std::string text = comparisonJson(made, Samples::kEvery);
        const auto read = readComparison(text, "x");
        QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
        QCOMPARE(comparisonJson(*read, Samples::kEvery), text);
        QCOMPARE(read->name, made.name);
        QCOMPARE(read->dense().height, 17);
        QCOMPARE(read->dense().samplesMs, made.dense().samplesMs);
        QCOMPARE(read->condensed().layers.size(), std::size_t{2});
        const auto before = made.pair().interval, after = read->pair().interval;
        QVERIFY(before && after);
        QCOMPARE(after->low, before->low);
        QCOMPARE(after->high, before->high);
        QCOMPARE(after->pairs, before->pairs);
        QVERIFY(!after->noDifference());
    }

    void withoutSamplesThereIsNoInterval() {
        const auto read = readComparison(comparisonJson(comparison(), Samples::kLeftOut), "x");
        QVERIFY(read.has_value());
        QVERIFY(read->dense().samplesMs.empty());
        QVERIFY(!read->pair().interval);
    }

    // Logits that are no numbers are no equality, and JSON has no infinity.
    void infinityIsKept() {
        Comparison made = comparison();
        made.equality.largestDifference = INFINITY;
        const auto read = readComparison(comparisonJson(made, Samples::kLeftOut), "x");
        QVERIFY(read.has_value());
        QCOMPARE(read->equality.largestDifference, double(INFINITY));
        QVERIFY(!read->equality.same());
    }

    // More samples than a reader takes: every second one of each block.
    void manySamplesAreThinned() {
        Comparison made = comparison();
        for (BenchRow& row : made.bench.rows) {
            row.samplesMs.assign(200'000, 0.1);
            row.blocks.clear();
            for (std::size_t block = 0; block < 100; ++block) row.blocks.push_back({block * 2000, 2000, int(block)});
        }
        const auto read = readComparison(comparisonJson(made, Samples::kEvery), "x");
        QVERIFY2(read.has_value(), read ? "" : read.error().text().c_str());
        const std::size_t kept = read->dense().samplesMs.size();
        QVERIFY(2 * kept <= kMaxStoredSamples + 200 && kept >= 60'000);
        QCOMPARE(read->dense().blocks.size(), std::size_t{100});
    }

    void damageIsRefused() {
        refused([](json& j) { j["version"] = 2; }, "version 2");
        refused([](json& j) { j.erase("version"); }, "\"version\"");
        refused([](json& j) { j["name"] = std::string(5000, 'x'); }, "\"name\"");
        refused([](json& j) { j["rows"].erase(0); }, "dense and the condensed form");
        refused([](json& j) { j["rows"].push_back(j["rows"][0]); }, "\"rows\"");
        refused([](json& j) { j["rows"][1]["model"] = "another"; }, "dense and the condensed form");
        refused([](json& j) { j["rows"][1]["median_ms"] = 0; }, "\"median_ms\"");
        refused([](json& j) { j["rows"][1]["macs"] = 0; }, "\"macs\"");
        refused([](json& j) { j["rows"][0]["size"] = "17x"; }, "\"size\"");
        refused([](json& j) { j["rows"][0]["samples_ms"][3] = "1"; }, "samples");
        refused([](json& j) { j["rows"][0]["samples_ms"].erase(0); }, "blocks");
        refused([](json& j) { j["rows"][0]["blocks"][1]["samples"] = std::int64_t{1} << 50; }, "blocks");
        refused([](json& j) { j["rows"][0]["blocks"][1]["round"] = 0; }, "blocks");
        refused([](json& j) { j["equality"]["agreeing"] = 300; }, "\"agreeing\"");
        QVERIFY(!readComparison("[]", "x") && !readComparison("", "x") && !readComparison("{", "x"));
    }

    void contractOfBench() {
        BenchReport report = comparison().bench;
        const json document = json::parse(benchJson(report, Samples::kLeftOut, comparison().equality));
        QCOMPARE(document.at("rows").at(0).at("size"), json("17x12"));
        QVERIFY(!document.at("rows").at(0).contains("samples_ms"));
        QCOMPARE(document.at("build"), json("1.2.3"));
        QCOMPARE(document.at("equality").at("same"), json(false));
        const json& speedup = document.at("speedup").at(report.rows[0].model);
        QCOMPARE(speedup.at("theoretical").get<double>(), 3.0);
        QCOMPARE(speedup.at("realised").get<double>(), report.rows[0].medianMs / report.rows[1].medianMs);
        const json& interval = speedup.at("interval");
        QVERIFY(interval.at("low") <= interval.at("ratio") && interval.at("ratio") <= interval.at("high"));
        QCOMPARE(interval.at("confidence").get<double>(), 0.99);
        QCOMPARE(interval.at("no_difference"), json(false));
    }

    // Published times stand beside the measured ones, and say that they are published.
    void paperTable() {
        BenchReport report = comparison().bench;
        report.paper = true;
        report.rows.clear();
        for (const PaperNetwork& network : paperNetworks()) {
            report.rows.push_back(row(network.condensed ? "condensed" : "dense", network.publishedSeconds, 1000));
            report.rows.back().model = network.preset;
        }
        const json document = json::parse(benchJson(report, Samples::kLeftOut));
        QCOMPARE(document.at("rows").at(0).at("published_arm_s").get<double>(), 354.0);
        QCOMPARE(document.at("speedup"), json::object());
        const QString markdown = QString::fromStdString(paperTableMarkdown(report));
        QVERIFY(markdown.contains("Published: the times printed with the paper, of an ARM processor"));
        QVERIFY(markdown.contains("compare ratios, never times"));
        QVERIFY(markdown.contains("| VGG-16 | 1.00 k | 15,300M | 1.23 k |"));
        QVERIFY(markdown.contains("| 240 | 354 s |"));
        QVERIFY(markdown.contains("| 187.30 x | 187.30-187.30 | 187.30 x | 357.58 x | 357.58-357.58 | 357.58 x |"));
        QVERIFY(markdown.contains("| 0.52 x | 0.52-0.52 | 0.52 x | 1.00 x |  | 1.00 x |"));
        QVERIFY(!markdown.contains(kPaceChanged));
        const json& ratio = document.at("rows").at(2).at("ratios").at("condensenet-74-g8");
        QCOMPARE(ratio.at("published").get<double>(), 1.96 / 0.99);
        QVERIFY(ratio.at("low") <= ratio.at("measured") && ratio.at("measured") <= ratio.at("high"));
        QVERIFY(!document.at("rows").at(4).at("ratios").at("condensenet-74-g8").contains("low"));
        const QStringList csv = QString::fromStdString(benchCsv(report)).split('\n');
        QVERIFY(
            csv[0].contains(",published_flops,published_arm_s,over_g4,over_g4_low,over_g4_high,published_over_g4,"));
        for (const QString& line : csv.mid(0, 6)) QCOMPARE(line.count(','), csv[0].count(','));
        // A median from another time than the blocks.
        report.rows[2].medianMs *= 1.1;
        QVERIFY(QString::fromStdString(paperTableMarkdown(report)).contains(kPaceChanged));
    }

    // What stands in names breaks no cell.
    void tablesAreWhole() {
        const Comparison made = comparison();
        const QStringList csv = QString::fromStdString(benchCsv(made.bench)).split('\n');
        QCOMPARE(csv.size(), 4);
        QVERIFY(csv[1].startsWith("\"condensenet:stages=1-1,size=32\",dense,1,2,17,12,240,"));
        QCOMPARE(QString::fromStdString(layersCsv(made.bench)).count('\n'), 5);
        const QString markdown = QString::fromStdString(comparisonMarkdown(made));
        QVERIFY(markdown.startsWith("**my \\| \"run\", ü** (sample)"));
        QVERIFY(markdown.contains("condensed differs from dense"));
        QVERIFY(markdown.contains("2 condensing steps ahead"));
        QVERIFY(markdown.contains("| multiply-adds | 9.00 k | 3.00 k | 3.00 x fewer |"));
        for (const QString& line : markdown.split('\n')) {
            if (line.startsWith('|')) QCOMPARE(line.count('|') - line.count("\\|"), 5);
        }
        QVERIFY(QString::fromStdString(benchMarkdown(made.bench)).contains("3.00 x |"));
    }
};

QTEST_GUILESS_MAIN(BenchDocumentTest)
#include "tst_bench_document.moc"
