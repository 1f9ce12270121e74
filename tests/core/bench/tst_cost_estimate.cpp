#include <QtTest>
#include <cmath>
#include <limits>

#include "bench/cost_estimate.h"
#include "bench/training_memory.h"
#include "network/summary.h"

using namespace condenser;

namespace {

NetworkSpec specOf(const char* text) {
    auto spec = parseNetworkSpec(text);
    if (!spec) qFatal("%s is no network", text);
    return *spec;
}

constexpr std::size_t kNone = 1000;  // no kind is loose

// One kind of work takes a second a unit, all others nothing.
CostRates only(std::size_t inferenceKind, std::size_t trainingKind) {
    CostRates rates;
    rates.inference[inferenceKind] = 1;
    rates.training[trainingKind] = 1;
    return rates;
}

}  // namespace

class CostEstimateTest : public QObject {
    Q_OBJECT

  private slots:
    // The multiply-adds are those that the cost box shows as exact.
    void workAgreesWithTheCounts() {
        for (const Preset& preset : networkPresets()) {
            const NetworkSpec spec = specOf(preset.name);
            for (const auto& [variant, mode] : {std::pair{Variant::kDense, CountingMode::kDense},
                                                std::pair{Variant::kCondensed, CountingMode::kCondensed}}) {
                double convolutions = 0, classifier = 0, stem = 0;
                for (const LayerSummary& layer : summarize(spec, mode).layers) {
                    const auto macs = static_cast<double>(layer.macs);
                    if (layer.op == "linear") {
                        classifier += macs;
                    } else if (layer.name == "features.init_conv") {
                        stem += macs;
                    } else {
                        convolutions += macs;
                    }
                }
                QCOMPARE(latencySeconds(only(0, 0), spec, variant) + latencySeconds(only(1, 0), spec, variant),
                         convolutions);
                QCOMPARE(latencySeconds(only(5, 0), spec, variant), classifier);
                QCOMPARE(latencySeconds(only(3, 0), spec, variant), stem / 27);
            }
        }
    }

    void condensingTakesMultiplyAddsAway() {
        const NetworkSpec spec = specOf("condensenet-86");
        const CostRates& rates = referenceRates();
        QVERIFY(latencySeconds(rates, spec, Variant::kCondensed) < latencySeconds(rates, spec, Variant::kDense));
        double before = std::numeric_limits<double>::infinity();
        for (int stage = 0; stage < spec.condenseFactor; ++stage) {
            const double seconds = trainingSecondsPerImage(rates, spec, stage, 64);
            QVERIFY(seconds < before);
            before = seconds;
        }
        // Of the 1x1 convolutions alone a quarter is left.
        QCOMPARE(trainingSecondsPerImage(only(0, 0), spec, 3, 64),
                 trainingSecondsPerImage(only(0, 0), spec, 0, 64) / 4);
    }

    void moreOfAnythingCostsMore() {
        const CostRates& rates = referenceRates();
        double latency = 0, step = 0;
        for (const char* name :
             {"condensenet-tiny", "condensenet-50", "condensenet-86", "condensenet-122", "condensenet-182"}) {
            const NetworkSpec spec = specOf(name);
            QVERIFY(latencySeconds(rates, spec, Variant::kDense) > latency);
            QVERIFY(trainingSecondsPerImage(rates, spec, 0, 64) > step);
            latency = latencySeconds(rates, spec, Variant::kDense);
            step = trainingSecondsPerImage(rates, spec, 0, 64);
        }
        // What a step costs whatever its size is shared by more pictures.
        const NetworkSpec spec = specOf("condensenet-tiny");
        QVERIFY(trainingSecondsPerImage(rates, spec, 0, 2) > trainingSecondsPerImage(rates, spec, 0, 64));
    }

    // Half of the time with the network at its last stage, the rest in equal parts (paper, section 3.2).
    void aTrainingIsTheSumOfItsStages() {
        const NetworkSpec spec = specOf("condensenet-tiny");
        const CostRates rates = only(0, 0);  // multiply-adds of the 1x1 convolutions
        const double dense = trainingSecondsPerImage(rates, spec, 0, 64);
        // 6 epochs of 640 pictures: an epoch each of 1, 3/4 and 1/2, then three of 1/4.
        const double expected = 640 * dense * (1 + 0.75 + 0.5 + 3 * 0.25);
        const double seconds = trainingSeconds(rates, spec, {640, 0, 6, 64});
        QVERIFY2(std::abs(seconds / expected - 1) < 1e-9, qPrintable(QString::number(seconds / expected)));
        QVERIFY(trainingSeconds(referenceRates(), spec, {640, 100, 6, 64}) >
                trainingSeconds(referenceRates(), spec, {640, 0, 6, 64}));
        QCOMPARE(trainingSeconds(rates, spec, {0, 0, 6, 64}), 0.0);
        QVERIFY(trainingSeconds(rates, spec, {1, 1, 1, 64}) > 0);  // a run of one step never condenses
    }

    void exactSamplesGiveTheirRates() {
        // The reference is off in proportion and in scale.
        const std::vector<double> truth{2, 0.5, 3}, reference{10, 10, 10};
        std::vector<TimedWork> samples;
        for (const std::vector<double>& work :
             {std::vector<double>{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {0, 1, 1}, {1, 1, 1}}) {
            samples.push_back({work, truth[0] * work[0] + truth[1] * work[1] + truth[2] * work[2]});
        }
        const std::vector<double> rates = fitRates(samples, reference, kNone);
        for (std::size_t k = 0; k < rates.size(); ++k)
            QVERIFY2(std::abs(rates[k] / truth[k] - 1) < 0.15, qPrintable(QString::number(rates[k])));
    }

    void whatSamplesDoNotTellComesFromTheReference() {
        // Only the first kind is seen: the second is as much faster as the first was found to be.
        const std::vector<double> rates =
            fitRates(std::vector<TimedWork>{{{1, 0}, 2}, {{2, 0}, 4}}, std::vector{4., 8.}, kNone);
        QVERIFY(std::abs(rates[0] - 2) < 1e-6);
        QVERIFY(std::abs(rates[1] - 4) < 1e-6);
    }

    // What is loose goes where the samples want it, however far that is from the reference's proportions.
    void aLooseRateIsFree() {
        std::vector<TimedWork> samples;
        for (const std::vector<double>& work : {std::vector<double>{1, 1}, {4, 1}, {8, 1}, {1, 2}})
            samples.push_back({work, work[0] + 50 * work[1]});
        const std::vector<double> firm = fitRates(samples, std::vector{1., 1.}, kNone);
        const std::vector<double> loose = fitRates(samples, std::vector{1., 1.}, 1);
        QVERIFY(std::abs(loose[1] / 50 - 1) < std::abs(firm[1] / 50 - 1));
        QVERIFY2(std::abs(loose[1] / 50 - 1) < 0.1, qPrintable(QString::number(loose[1])));
    }

    void noRateIsNegative() {
        const std::vector<TimedWork> samples{{{1, 1}, 1}, {{1, 2}, 0.2}, {{1, 3}, 0.1}};
        for (const double rate : fitRates(samples, std::vector{1., 1.}, kNone)) QVERIFY(rate >= 0);
    }

    void damagedRatesAreNotUsable() {
        QVERIFY(isUsable(referenceRates()));
        QVERIFY(!isUsable({}));
        CostRates rates = referenceRates();
        rates.training[2] = -1;
        QVERIFY(!isUsable(rates));
        rates = referenceRates();
        rates.inference[0] = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(!isUsable(rates));
        rates = referenceRates();
        rates.latencyError = 7;
        QVERIFY(!isUsable(rates));
    }

    void memoryGrowsWithTheBatch() {
        const NetworkSpec spec = specOf("condensenet-86");
        const TrainingMemory small = trainingMemory(spec, 16, 24000, 1LL << 40, 1);
        const TrainingMemory large = trainingMemory(spec, 64, 24000, 1LL << 40, 1);
        QVERIFY(large.maps > 3 * small.maps);
        // At least the first block: its features with their gradients, and the maps between its convolutions.
        QVERIFY(large.maps > 64LL * 4 * (2 * 128 * 1024 + 14 * 32 * 1024));
        QCOMPARE(large.weights, small.weights);
        QVERIFY(large.pictures > 24000LL * 3 * 32 * 32);
        QVERIFY(trainingMemory(spec, 64, 24000, 1000, 1).pictures < 3'000'000);
        QVERIFY(trainingMemory(specOf("condensenet-122"), 64, 24000, 1LL << 40, 1).total() > large.total());
    }
};

QTEST_APPLESS_MAIN(CostEstimateTest)
#include "tst_cost_estimate.moc"
