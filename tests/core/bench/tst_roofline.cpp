#include <QtTest>

#include <limits>

#include "bench/model_bench.h"
#include "bench/roofline.h"

using namespace condenser;

namespace {

// 100 GFLOP/s; a cache of 1000 bytes at 50 GB/s, one of 10000 at 20, and 10 behind.
Peak peak() {
    return {100e9, {{"L2", 1000, 50e9}, {"L3", 10000, 20e9}, {"DRAM", std::numeric_limits<double>::infinity(), 10e9}}};
}

PlanLayer layer(std::int64_t macs, std::int64_t mapBytes, std::int64_t weightBytes) {
    return {"layer", "conv", macs, mapBytes, weightBytes};
}

}  // namespace

class RooflineTest : public QObject {
    Q_OBJECT

  private slots:
    void arithmeticBounds() {
        QCOMPARE(limitSeconds(layer(1'000'000, 100, 100), 1, peak()), 2e6 / 100e9);
        QCOMPARE(limitSeconds(layer(1'000'000, 100, 100), 8, peak()), 16e6 / 100e9);
    }

    // The smallest memory that holds maps and weights together gives its rate; what fits exactly fits.
    void memoryBounds() {
        QCOMPARE(limitSeconds(layer(0, 600, 400), 1, peak()), 1000 / 50e9);
        QCOMPARE(limitSeconds(layer(0, 601, 400), 1, peak()), 1001 / 20e9);
        QCOMPARE(limitSeconds(layer(0, 4000, 6000), 1, peak()), 10000 / 20e9);
        QCOMPARE(limitSeconds(layer(0, 4001, 6000), 1, peak()), 10001 / 10e9);
    }

    // Maps count once an image, weights once a batch.
    void weightsAreSharedByTheBatch() {
        QCOMPARE(limitSeconds(layer(0, 100, 200), 8, peak()), 1000 / 50e9);
        QCOMPARE(limitSeconds(layer(0, 100, 201), 8, peak()), 1001 / 20e9);
    }

    void theLargerOfBoth() {
        // 1000 bytes at 50 GB/s take as long as 1000 multiply-adds at 100 GFLOP/s.
        QCOMPARE(limitSeconds(layer(999, 1000, 0), 1, peak()), 1000 / 50e9);
        QCOMPARE(limitSeconds(layer(1001, 1000, 0), 1, peak()), 2002 / 100e9);
    }

    void aNetworkIsTheSumOfItsLayers() {
        const std::vector<PlanLayer> layers{layer(1'000'000, 100, 100), layer(0, 600, 400), layer(0, 0, 0)};
        QCOMPARE(limitSeconds(layers, 1, peak()), 2e6 / 100e9 + 1000 / 50e9);
        QCOMPARE(limitSeconds(std::vector<PlanLayer>{}, 1, peak()), 0.0);
    }

    void rowsDeriveTheirRates() {
        BenchRow dense, condensed;
        dense.batch = condensed.batch = 4;
        dense.medianMs = 8;
        dense.macs = 60'000'000;
        dense.limitSeconds = 2e-3;
        condensed.medianMs = 5;
        condensed.macs = 15'000'000;
        QCOMPARE(dense.imagesPerSecond(), 500.0);
        QCOMPARE(dense.flopsPerSecond(), 60e9);
        QCOMPARE(dense.rooflineFraction(), 0.25);
        QCOMPARE(condensed.rooflineFraction(), 0.0);
        QCOMPARE(speedupOf(dense, condensed).realised, 1.6);
        QCOMPARE(speedupOf(dense, condensed).theoretical, 4.0);
    }
};

QTEST_GUILESS_MAIN(RooflineTest)
#include "tst_roofline.moc"
