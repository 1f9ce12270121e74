#include <SQLiteCpp/SQLiteCpp.h>

#include <QtTest>

#include "compare/bench_document.h"
#include "store/comparison_store.h"
#include "store/run_index.h"
#include "support/toy_runs.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

template <class T>
T take(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(*result);
}

ComparisonStore openStore(const fs::path& file) {
    return take(ComparisonStore::open(file));
}

// Blocks of one sample each; every time a little off the one before.
BenchRow rowOf(const std::string& variant, double ms, std::int64_t macs) {
    BenchRow row;
    row.model = "toy";
    row.variant = variant;
    row.batch = 4;
    row.threads = 2;
    row.height = 24;
    row.width = 32;
    row.macs = macs;
    row.params = 17;
    for (int round = 0; round < 30; ++round) {
        row.blocks.push_back({row.samplesMs.size(), 1, round});
        row.samplesMs.push_back(ms * (1 + 0.001 * (round % 7)));
    }
    row.runs = 30;
    row.medianMs = quantile(row.samplesMs, 0.5);
    row.p5Ms = quantile(row.samplesMs, 0.05);
    row.p95Ms = quantile(row.samplesMs, 0.95);
    return row;
}

Comparison comparisonOf(const std::string& measured) {
    Comparison comparison;
    comparison.name = "caf\xc3\xa9 \"x\"";
    comparison.equality.images = 256;
    comparison.equality.agreeing = 255;
    comparison.equality.of = "test part of shapes10";
    comparison.equality.largestDifference = 3e-6;
    comparison.denseFileBytes = 1000;
    comparison.condensedFileBytes = 400;
    comparison.bench.cpu = "a processor";
    comparison.bench.isa = "AVX2";
    comparison.bench.build = "0.9";
    comparison.bench.measured = measured;
    comparison.bench.threads = 2;
    comparison.bench.rows = {rowOf("dense", 3, 900), rowOf("condensed", 2, 300)};
    return comparison;
}

std::vector<std::string> datesOf(const ComparisonStore& store) {
    std::vector<std::string> dates;
    for (const StoredComparison& line : take(store.list())) dates.push_back(line.measured);
    return dates;
}

}  // namespace

class ComparisonStoreTest : public QObject {
    Q_OBJECT

  private slots:
    void aLineSaysWhatWasMeasured() {
        ScratchFolder place;
        const Comparison comparison = comparisonOf("2026-03-01T10:00:00Z");
        std::int64_t id = 0;
        {
            ComparisonStore store = openStore(place / "runs.db");
            QCOMPARE(store.notice(), std::string());
            QVERIFY(take(store.list()).empty());
            id = take(store.add(comparison));
        }
        const ComparisonStore store = openStore(place / "runs.db");
        const auto lines = take(store.list());
        QCOMPARE(lines.size(), std::size_t{1});
        const StoredComparison& line = lines[0];
        QCOMPARE(line.id, id);
        QCOMPARE(line.name, comparison.name);
        QCOMPARE(line.measured, std::string("2026-03-01T10:00:00Z"));
        QCOMPARE(line.cpu, std::string("a processor"));
        QCOMPARE(line.isa, std::string("AVX2"));
        QCOMPARE(line.build, std::string("0.9"));
        QVERIFY(line.threads == 2 && line.batch == 4 && line.height == 24 && line.width == 32);
        QCOMPARE(line.denseMs, comparison.dense().medianMs);
        QCOMPARE(line.condensedMs, comparison.condensed().medianMs);
        QCOMPARE(line.ratio, line.denseMs / line.condensedMs);
        QCOMPARE(line.theoretical, 3.0);
        const auto interval = comparison.pair().interval;
        QVERIFY(interval);
        QVERIFY(line.low == interval->low && line.high == interval->high);
        QVERIFY(line.low <= line.ratio && line.ratio <= line.high);

        const Comparison read = take(store.read(id));
        QCOMPARE(comparisonJson(read, Samples::kEvery), comparisonJson(comparison, Samples::kEvery));
        QCOMPARE(read.condensed().samplesMs, comparison.condensed().samplesMs);
    }

    void newestFirstAndAnIdIsNeverUsedTwice() {
        ScratchFolder place;
        ComparisonStore store = openStore(place / "runs.db"), other = openStore(place / "runs.db");
        take(store.add(comparisonOf("2026-03-01")));
        const auto last = take(other.add(comparisonOf("2026-01-01")));
        const auto middle = take(other.add(comparisonOf("2026-02-01")));
        QCOMPARE(datesOf(store), (std::vector<std::string>{"2026-03-01", "2026-02-01", "2026-01-01"}));
        must(store.remove(middle));
        must(store.remove(middle));
        QCOMPARE(datesOf(other), (std::vector<std::string>{"2026-03-01", "2026-01-01"}));
        QVERIFY(other.read(middle).error().code == ErrorCode::kNotFound);
        QVERIFY(take(store.add(comparisonOf("2026-02-01"))) > middle);
        QVERIFY(last < middle);
    }

    void beforeThereWereAnyTheFileHadOnlyRuns() {
        ScratchFolder place;
        const fs::path file = place / "runs.db";
        makeRun(place / "runs" / "a", toyRecord(12), 12, 9);
        age(place / "runs" / "a");
        {
            RunIndex index = take(RunIndex::open(file));
            take(index.refresh(place / "runs"));
            RunLatency latency;
            latency.medianMs = 3;
            must(index.setLatency(place / "runs" / "a", latency));
        }
        {
            SQLite::Database old(file.string(), SQLite::OPEN_READWRITE);
            old.exec("DROP TABLE comparisons; PRAGMA user_version = 2");
        }
        ComparisonStore store = openStore(file);
        QCOMPARE(store.notice(), std::string());
        take(store.add(comparisonOf("2026-01-01")));
        const auto runs = take(take(RunIndex::open(file)).cached());
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].latency->medianMs, 3.0);
    }

    void aDamagedFileIsSetAsideAndANewerOneLeftAlone() {
        ScratchFolder place;
        writeBytes(place / "runs.db", std::string(5000, 'x'));
        {
            ComparisonStore store = openStore(place / "runs.db");
            QVERIFY2(store.notice().find("measurements") != std::string::npos, store.notice().c_str());
            take(store.add(comparisonOf("2026-01-01")));
        }
        QCOMPARE(readBytes(place / "runs.db.damaged"), std::string(5000, 'x'));
        QCOMPARE(datesOf(openStore(place / "runs.db")).size(), std::size_t{1});

        SQLite::Database(place / "newer.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE comparisons (something TEXT); PRAGMA user_version = 9");
        const std::string bytes = readBytes(place / "newer.db");
        {
            ComparisonStore store = openStore(place / "newer.db");
            QVERIFY(store.notice().find("newer") != std::string::npos);
            take(store.add(comparisonOf("2026-01-01")));
            QCOMPARE(datesOf(store).size(), std::size_t{1});
        }
        QCOMPARE(readBytes(place / "newer.db"), bytes);
    }
};

QTEST_GUILESS_MAIN(ComparisonStoreTest)
#include "tst_comparison_store.moc"
