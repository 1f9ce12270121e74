// What a training has cost: against the counts of the networks that it went through, and against sums by hand.
#include <QTest>

#include "bench/training_bench.h"
#include "condense/condense_step.h"
#include "network/summary.h"
#include "run/macs_spent.h"

using namespace condenser;

namespace {

NetworkSpec smallSpec() {
    return parseNetworkSpec("condensenet:stages=2-2,growth=4-8,groups=2,condense=4,bottleneck=2,group3x3=2,size=16")
        .value();
}

}  // namespace

class MacsSpentTest : public QObject {
    Q_OBJECT

  private slots:
    void denseIsThreeTimesTheForwardPass() {
        QCOMPARE(trainingMacs(smallSpec(), 1),
                 3.0 * static_cast<double>(summarize(smallSpec(), CountingMode::kDense).macs));
    }

    void eachStageIsWhatTheBenchCounts() {
        NetworkSpec spec = smallSpec();
        for (const double compression : {0.0, 0.5}) {  // a transition's convolution is condensed as well
            spec.compression = compression;
            for (int stage = 1; stage < spec.condenseFactor; ++stage) {
                Network network(spec, 1);
                condenseNetwork(network, stage, CondensingRules::kCorrected);
                QCOMPARE(trainingMacs(spec, 1 - stage / 4.0), 3.0 * static_cast<double>(liveMacs(network)));
            }
        }
    }

    void epochsAddUpAtTheShareOfEach() {
        RunRecord record;
        record.spec = smallSpec();
        record.stepsPerEpoch = 5;
        record.trainImages = 300;
        MetricsRow first, second, third;
        first.epoch = 1;
        first.step = 5;
        second.epoch = 2;
        second.step = 10;
        second.kept = 0.5;
        third.epoch = 3;
        third.step = 15;
        third.kept = 0.25;
        const std::vector<double> spent = macsSpent(record, std::vector{first, second, third});
        QCOMPARE(spent.size(), std::size_t{3});
        const double one = 300 * trainingMacs(record.spec, 1), half = 300 * trainingMacs(record.spec, 0.5),
                     quarter = 300 * trainingMacs(record.spec, 0.25);
        QCOMPARE(spent[0], one);
        QCOMPARE(spent[1], one + half);
        QCOMPARE(spent[2], one + half + quarter);
        QVERIFY(half < one);
    }

    void nothingIsSpentBeforeTheFirstEpoch() { QVERIFY(macsSpent(RunRecord{}, {}).empty()); }
};

QTEST_APPLESS_MAIN(MacsSpentTest)
#include "tst_macs_spent.moc"
