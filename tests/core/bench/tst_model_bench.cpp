#include <QtTest>

#include <cmath>

#include "bench/model_bench.h"
#include "condense/condense_step.h"
#include "condense/convert.h"
#include "network/network.h"
#include "network/summary.h"
#include "support/tiny_data.h"

using namespace condenser;

namespace {

BenchModel modelOf(const Network& network, const char* variant, int height, int width) {
    return {"tiny", variant, graphOf(network, height, width, DroppedConnections::kCompute), 1234};
}

// Both forms of a tiny network.
std::vector<BenchModel> models(int height = 16, int width = 16) {
    const auto spec = parseNetworkSpec(kTinySpec);
    Network dense(*spec, 1);
    std::vector<BenchModel> all{modelOf(dense, "dense", height, width)};
    condenseNetwork(dense, spec->condenseFactor - 1, CondensingRules::kCorrected);
    auto condensed = condensedNetwork(dense, {1.0});
    all.push_back(modelOf(*condensed, "condensed", height, width));
    return all;
}

BenchOptions quick() {
    BenchOptions options;
    options.seconds = 0.01;
    return options;
}

}  // namespace

class ModelBenchTest : public QObject {
    Q_OBJECT

  private slots:
    void aRowForEachModel() {
        ThreadPool pool(2);
        BenchOptions options = quick();
        options.batch = 3;
        const auto rows = benchModels(models(17, 12), pool, options);
        QVERIFY(rows.has_value());
        QCOMPARE(rows->size(), std::size_t{2});
        for (const BenchRow& row : *rows) {
            QCOMPARE(row.model, std::string("tiny"));
            QCOMPARE(row.batch, 3);
            QCOMPARE(row.threads, pool.size());
            QCOMPARE(row.height, 17);
            QCOMPARE(row.width, 12);
            QCOMPARE(row.params, 1234);
            QVERIFY(row.samplesMs.size() >= 5);
            QVERIFY(row.runs >= static_cast<std::int64_t>(row.samplesMs.size()));
            QVERIFY(row.medianMs > 0 && row.p5Ms <= row.medianMs && row.medianMs <= row.p95Ms);
            QVERIFY(row.weightBytes > 0 && row.memoryBytes > 0);
            QCOMPARE(row.limitSeconds, 0.0);
            QVERIFY(row.layers.empty());
        }
        QCOMPARE((*rows)[0].variant, std::string("dense"));
        QCOMPARE((*rows)[1].variant, std::string("condensed"));
        QVERIFY((*rows)[1].macs < (*rows)[0].macs);
    }

    void multiplyAddsAreThoseOfTheSummary() {
        ThreadPool pool(1);
        const auto rows = benchModels(models(), pool, quick());
        QVERIFY(rows.has_value());
        const auto spec = parseNetworkSpec(kTinySpec);
        QCOMPARE((*rows)[0].macs, summarize(*spec, CountingMode::kDense).macs);
        QCOMPARE((*rows)[1].macs, summarize(*spec, CountingMode::kCondensed).macs);
    }

    void layersAddUp() {
        ThreadPool pool(2);
        const Peak peak{1e11, {{"DRAM", INFINITY, 1e10}}};
        BenchOptions options = quick();
        options.layers = true;
        options.peak = &peak;
        const std::vector<BenchModel> all = models();
        const auto rows = benchModels(all, pool, options);
        QVERIFY(rows.has_value());
        for (std::size_t i = 0; i < rows->size(); ++i) {
            const BenchRow& row = (*rows)[i];
            QVERIFY(!row.layers.empty());
            std::int64_t macs = 0;
            double limit = 0, us = 0;
            for (const LayerRow& layer : row.layers) {
                QVERIFY(!layer.name.empty() && !layer.op.empty());
                QVERIFY(layer.medianUs >= 0);
                QVERIFY(layer.limitSeconds > 0);
                macs += layer.macs;
                us += layer.medianUs;
                limit += layer.limitSeconds;
            }
            QCOMPARE(macs, row.macs);
            QVERIFY(us > 0 && us <= row.medianMs * 1e3 * 1.000001);
            QCOMPARE(limit, row.limitSeconds);
            QVERIFY(row.limitSeconds >= 2.0 * static_cast<double>(row.macs) / peak.flopsPerSecond);
        }
    }

    void aStopIsNoRow() {
        ThreadPool pool(1);
        std::stop_source source;
        BenchOptions options = quick();
        options.seconds = 100;
        options.stop = source.get_token();
        options.progress = [&](const std::string& name, double, double) {
            if (name == "tiny condensed") source.request_stop();
        };
        const auto rows = benchModels(models(), pool, options);
        QVERIFY(!rows.has_value());
        QCOMPARE(rows.error().code, ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(ModelBenchTest)
#include "tst_model_bench.moc"
