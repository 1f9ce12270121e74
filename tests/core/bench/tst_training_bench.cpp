// Training steps at each stage: which rows there are, what is counted, and that a stop ends it. No time is looked at
// but that it is one.
#include <QTest>

#include <cmath>

#include "bench/training_bench.h"
#include "condense/condense_step.h"
#include "network/summary.h"

using namespace condenser;

namespace {

Network makeNetwork(const char* text) {
    const auto spec = parseNetworkSpec(text);
    if (!spec) qFatal("%s", spec.error().text().c_str());
    return Network(*spec, 1);
}

// C = 2: two stages.
constexpr const char* kSpec =
    "condensenet:stages=2-1,growth=4-6,groups=2,condense=2,bottleneck=2,group3x3=2,classes=3,size=12x8";

TrainingBenchOptions quick() {
    TrainingBenchOptions options;
    options.batch = 5;
    options.seconds = 0.005;
    return options;
}

}  // namespace

class TrainingBenchTest : public QObject {
    Q_OBJECT

  private slots:
    void liveMacsAreThoseOfTheForm() {
        Network network = makeNetwork(kSpec);
        QCOMPARE(liveMacs(network), summarize(network.spec(), CountingMode::kDense).macs);
        condenseNetwork(network, 1, CondensingRules::kCorrected);
        QCOMPARE(liveMacs(network), summarize(network.spec(), CountingMode::kCondensed).macs);
    }

    void aRowForEachStage() {
        ThreadPool pool(2);
        Network network = makeNetwork("condensenet:stages=1-1,growth=4-4,groups=2,condense=4,classes=3,size=8");
        TrainingBenchOptions options = quick();
        options.flopsPerSecond = 1e12;
        const auto rows = benchTraining("some", network, pool, options);
        QVERIFY(rows.has_value());
        QCOMPARE(rows->size(), std::size_t{4});
        double limits = 2;
        for (std::size_t stage = 0; stage < 4; ++stage) {
            const TrainingRow& row = (*rows)[stage];
            QCOMPARE(row.model, std::string("some"));
            QCOMPARE(row.stage, static_cast<int>(stage));
            QCOMPARE(row.threads, 2);
            QCOMPARE(row.kept, 1 - static_cast<double>(stage) / 4);
            QVERIFY(row.runs >= 5 && row.p5Ms <= row.medianMs && row.medianMs <= row.p95Ms);
            QVERIFY(row.forwardMs > 0 && row.backwardMs > 0 && row.optimizerMs > 0 && row.peakMemoryBytes > 0);
            QCOMPARE(row.limitSeconds, 6e-12 * static_cast<double>(row.macs) * 5);
            QVERIFY(row.limitSeconds < limits);
            limits = row.limitSeconds;
        }
        // The network itself was only copied.
        QCOMPARE(condensingStageOf(network), 0);
    }

    // A network that was already condensed a step goes on from there.
    void stagesThatAreOverAreLeftOut() {
        ThreadPool pool(1);
        Network network = makeNetwork(kSpec);
        condenseNetwork(network, 1, CondensingRules::kCorrected);
        const auto rows = benchTraining("some", network, pool, quick());
        QVERIFY(rows.has_value());
        QCOMPARE(rows->size(), std::size_t{1});
        QCOMPARE(rows->front().stage, 1);
        QCOMPARE(rows->front().kept, 0.5);
    }

    void aBatchWithoutStatisticsIsRefused() {
        ThreadPool pool(1);
        Network network =
            makeNetwork("condensenet:stages=1,growth=4,groups=2,condense=2,bottleneck=2,group3x3=2,size=1");
        TrainingBenchOptions options = quick();
        options.batch = 1;
        const auto rows = benchTraining("some", network, pool, options);
        QVERIFY(!rows.has_value());
        QCOMPARE(rows.error().code, ErrorCode::kUsage);
    }

    void aStopEndsIt() {
        ThreadPool pool(1);
        Network network = makeNetwork(kSpec);
        std::stop_source stop;
        stop.request_stop();
        TrainingBenchOptions options = quick();
        options.stop = stop.get_token();
        const auto rows = benchTraining("some", network, pool, options);
        QVERIFY(!rows.has_value());
        QCOMPARE(rows.error().code, ErrorCode::kCancelled);
    }

    void halfOfATrainingGoesToTheLastStage() {
        std::vector<TrainingRow> rows(4);
        const double rates[] = {10, 20, 30, 60};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].batch = 1;
            rows[i].medianMs = 1e3 / rates[i];
        }
        const double seconds = (1.0 / 10 + 1.0 / 20 + 1.0 / 30) / 6 + 0.5 / 60;
        QVERIFY(std::abs(scheduleImagesPerSecond(rows) * seconds - 1) < 1e-12);
        rows.resize(1);
        QVERIFY(std::abs(scheduleImagesPerSecond(rows) - 10) < 1e-9);
    }
};

QTEST_GUILESS_MAIN(TrainingBenchTest)
#include "tst_training_bench.moc"
