#include <QtTest>

#include <cmath>

#include "compare/gain_waterfall.h"

using namespace condenser;

namespace {

LayerRow layer(const char* name, const char* op, double us, std::int64_t macs) {
    return {name, op, us, macs, 0};
}

// A stem, one dense layer, a classifier; 1 ms in all, of which 50 us lie between the layers.
BenchRow denseRow() {
    BenchRow row;
    row.medianMs = 1;
    row.layers = {layer("features.init_conv", "conv", 150, 1000),
                  layer("features.denseblock_1.denselayer_1.conv_1", "conv", 600, 8000),
                  layer("features.denseblock_1.denselayer_1.conv_2", "conv", 100, 900),
                  layer("features.pool_last", "pool", 40, 0), layer("classifier", "linear", 60, 100)};
    row.macs = 10'000;
    return row;
}

double change(const GainWaterfall& waterfall, GainStep::Kind kind) {
    for (const GainStep& step : waterfall) {
        if (step.kind == kind) return step.ms;
    }
    return NAN;
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-12;
}

}  // namespace

class GainWaterfallTest : public QObject {
    Q_OBJECT

  private slots:
    void dependsOnLayers() {
        BenchRow dense = denseRow(), other = denseRow();
        other.layers.clear();
        QVERIFY(!gainWaterfall(dense, other));
        QVERIFY(!gainWaterfall(other, other));
        other = denseRow();
        other.layers[1].name = "conv_9";
        QVERIFY(!gainWaterfall(dense, other));
    }

    void ofItselfNothingChanges() {
        const auto waterfall = gainWaterfall(denseRow(), denseRow());
        QVERIFY(waterfall.has_value());
        QCOMPARE(waterfall->front().kind, GainStep::Kind::kDense);
        QCOMPARE(waterfall->back().kind, GainStep::Kind::kCondensed);
        for (std::size_t i = 1; i + 1 < waterfall->size(); ++i) QVERIFY(near((*waterfall)[i].ms, 0));
    }

    // The 1x1 runs a quarter of its multiply-adds in half of its time, all others as before.
    void whatDoesNotShrink() {
        BenchRow condensed = denseRow();
        condensed.layers[1].medianUs = 300;
        condensed.layers[1].macs = 2000;
        condensed.macs = 4000;
        condensed.medianMs = 0.7;
        const auto waterfall = gainWaterfall(denseRow(), condensed);
        QVERIFY(near(change(*waterfall, GainStep::Kind::kPromised), -0.6));
        // D (1 - r) (t - m): 60 % of the time was 1x1, but 80 % of the multiply-adds.
        QVERIFY(near(change(*waterfall, GainStep::Kind::kUntouched), 0.75 * (0.4 - 0.2)));
        QVERIFY(near(change(*waterfall, GainStep::Kind::kPointwise), 0.3 - 0.15));
        QVERIFY(near(change(*waterfall, GainStep::Kind::kOthers), 0));
        QVERIFY(near(change(*waterfall, GainStep::Kind::kBetween), 0));
    }

    // Everything changes, the classifier loses inputs: the changes still lead from one time to the other.
    void addsUp() {
        BenchRow dense = denseRow(), condensed = denseRow();
        const double us[] = {140, 333, 120, 45, 20};
        for (std::size_t i = 0; i < condensed.layers.size(); ++i) condensed.layers[i].medianUs = us[i];
        condensed.layers[1].macs = 2000;
        condensed.layers[4].macs = 50;
        condensed.macs = 3950;
        condensed.medianMs = 0.75;
        const auto waterfall = gainWaterfall(dense, condensed);
        double sum = 0;
        for (std::size_t i = 0; i + 1 < waterfall->size(); ++i) sum += (*waterfall)[i].ms;
        QVERIFY(near(sum, condensed.medianMs));
        QVERIFY(near(change(*waterfall, GainStep::Kind::kOthers), -0.01 + 0.02 + 0.005 + (0.02 - 0.03)));
        QVERIFY(near(change(*waterfall, GainStep::Kind::kBetween), (0.75 - 0.658) - 0.05));
    }
};

QTEST_GUILESS_MAIN(GainWaterfallTest)
#include "tst_gain_waterfall.moc"
