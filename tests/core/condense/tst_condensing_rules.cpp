// What our default does differently from the public reference: a step that was skipped is caught up, and the group
// lasso ends with the condensing. (The reference's own ways are held to the golden data.)
#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/rng.h"
#include "condense/condense_step.h"
#include "condense/given_connections.h"
#include "condense/group_lasso.h"
#include "condense/schedule.h"

using namespace condenser;

namespace {

constexpr int kInputs = 16, kOutputs = 8, kGroups = 2, kFactor = 4;

LearnedGroupConv makeLayer(std::uint64_t seed = 1) {
    LearnedGroupConv layer(kInputs, kOutputs, kGroups, kFactor);
    Rng rng(seed, RandomStream::kTest);
    for (float& w : layer.conv.weight) w = static_cast<float>(rng.normal());
    return layer;
}

// The `count` inputs of least importance, by a plain count of how many are smaller.
std::set<int> weakest(const LearnedGroupConv& layer, int group, int count) {
    const std::vector<double> importance = layer.importance();
    const auto of = [&](int input) { return importance[static_cast<std::size_t>(group * kInputs + input)]; };
    std::set<int> result;
    for (int c = 0; c < kInputs; ++c) {
        int smaller = 0;
        for (int other = 0; other < kInputs; ++other) smaller += of(other) < of(c);
        if (smaller < count) result.insert(c);
    }
    return result;
}

double lassoOf(LearnedGroupConv& layer, double lambda, CondensingRules rules) {
    std::vector<double> squares;
    return addGroupLasso(layer, lambda, rules, squares);
}

}  // namespace

class TestCondensingRules : public QObject {
    Q_OBJECT

  private slots:
    void aSkippedStepIsCaughtUp() {
        LearnedGroupConv layer = makeLayer();
        const std::set<int> expected[] = {weakest(layer, 0, 12), weakest(layer, 1, 12)};
        const auto dropped = condenseLayer(layer, kFactor - 1, CondensingRules::kCorrected);
        for (int g = 0; g < kGroups; ++g) {
            const auto& mine = dropped[static_cast<std::size_t>(g)];
            QCOMPARE(std::set<int>(mine.begin(), mine.end()), expected[g]);
            QCOMPARE(layer.liveInputs(g), kInputs / kFactor);
        }
        QCOMPARE(layer.droppedPerGroup(), kInputs - kInputs / kFactor);
        QCOMPARE(layer.stage(), kFactor - 1);
    }

    void theReferenceLosesItAndOursFindsItAgain() {
        LearnedGroupConv layer = makeLayer();
        condenseLayer(layer, kFactor - 1, CondensingRules::kReference);
        for (int g = 0; g < kGroups; ++g) QCOMPARE(layer.liveInputs(g), kInputs - kInputs / kFactor);
        const std::set<int> expected[] = {weakest(layer, 0, 12), weakest(layer, 1, 12)};
        condenseLayer(layer, kFactor - 1, CondensingRules::kCorrected);
        for (int g = 0; g < kGroups; ++g) {
            for (int c = 0; c < kInputs; ++c) QCOMPARE(layer.isLive(g, c), !expected[g].contains(c));
        }
        QCOMPARE(layer.droppedPerGroup(), kInputs - kInputs / kFactor);
    }

    void whatIsThereIsLeftAlone() {
        LearnedGroupConv layer = makeLayer();
        condenseLayer(layer, 2, CondensingRules::kCorrected);
        const std::vector<float> before = layer.conv.weight;
        for (const int stage : {0, 1, 2}) {
            for (const auto& dropped : condenseLayer(layer, stage, CondensingRules::kCorrected))
                QVERIFY(dropped.empty());
        }
        QCOMPARE(layer.conv.weight, before);
        QCOMPARE(layer.stage(), 2);
    }

    // Not an input more, even where a live one has only zeros.
    void aLiveInputOfZerosIsNotMistakenForADroppedOne() {
        LearnedGroupConv layer = makeLayer();
        condenseLayer(layer, 1, CondensingRules::kCorrected);
        for (int g = 0; g < kGroups; ++g) {
            int zeroed = 0;
            for (int c = 0; c < kInputs && zeroed < 5; ++c) {
                if (!layer.isLive(g, c)) continue;
                for (int o = g; o < kOutputs; o += kGroups)
                    layer.conv.weight[static_cast<std::size_t>(o * kInputs + c)] = 0.0f;
                ++zeroed;
            }
        }
        condenseLayer(layer, 2, CondensingRules::kCorrected);
        for (int g = 0; g < kGroups; ++g) QCOMPARE(layer.liveInputs(g), kInputs / 2);
    }

    void oneStepAfterAnotherOrAllAtOnceKeepTheSame() {
        LearnedGroupConv slow = makeLayer(5), fast = makeLayer(5);
        for (int stage = 1; stage < kFactor; ++stage) condenseLayer(slow, stage, CondensingRules::kCorrected);
        condenseLayer(fast, kFactor - 1, CondensingRules::kCorrected);
        for (int g = 0; g < kGroups; ++g) {
            for (int c = 0; c < kInputs; ++c) QCOMPARE(slow.isLive(g, c), fast.isLive(g, c));
        }
        QCOMPARE(slow.conv.weight, fast.conv.weight);
    }

    void droppedWeightsBecomeZero() {
        LearnedGroupConv corrected = makeLayer(), reference = makeLayer();
        condenseLayer(corrected, 1, CondensingRules::kCorrected);
        condenseLayer(reference, 1, CondensingRules::kReference);
        int nonZero = 0;
        for (int o = 0; o < kOutputs; ++o) {
            for (int c = 0; c < kInputs; ++c) {
                const auto i = static_cast<std::size_t>(o * kInputs + c);
                QCOMPARE(corrected.isLive(o % kGroups, c), reference.isLive(o % kGroups, c));
                if (corrected.isLive(o % kGroups, c)) {
                    QCOMPARE(corrected.conv.weight[i], reference.conv.weight[i]);
                } else {
                    QCOMPARE(corrected.conv.weight[i], 0.0f);
                    nonZero += reference.conv.weight[i] != 0.0f;
                }
            }
        }
        QCOMPARE(nonZero, kOutputs * kInputs / kFactor);
    }

    void theLassoEndsWithTheCondensing() {
        LearnedGroupConv layer = makeLayer();  // C = 4, G = 2
        for (int stage = 0; stage < kFactor; ++stage) {
            condenseLayer(layer, stage, CondensingRules::kCorrected);
            QCOMPARE(lassoOf(layer, 0.1, CondensingRules::kCorrected) > 0, stage < kFactor - 1);
            QCOMPARE(lassoOf(layer, 0.1, CondensingRules::kReference) > 0, stage < kGroups - 1);
        }
    }

    void theGradientOfTheLassoIsItsSlope() {
        LearnedGroupConv layer = makeLayer(3);
        condenseLayer(layer, 1, CondensingRules::kCorrected);
        const double lambda = 0.7;
        std::fill(layer.conv.dWeight.begin(), layer.conv.dWeight.end(), 0.0f);
        lassoOf(layer, lambda, CondensingRules::kCorrected);
        const std::vector<float> gradient = layer.conv.dWeight;
        for (std::size_t i = 0; i < gradient.size(); i += 7) {
            if (layer.conv.weight[i] == 0.0f) continue;
            const float before = layer.conv.weight[i], h = 1e-3f;
            layer.conv.weight[i] = before + h;
            const double above = lassoOf(layer, 0, CondensingRules::kCorrected);
            layer.conv.weight[i] = before - h;
            const double below = lassoOf(layer, 0, CondensingRules::kCorrected);
            layer.conv.weight[i] = before;
            const double slope = lambda * (above - below) / (2 * static_cast<double>(h));
            QVERIFY(std::abs(slope - static_cast<double>(gradient[i])) < 1e-3);
        }
    }

    // C - 1 steps, the last one at half of the training, whatever the length.
    void theScheduleEndsHalfWay_data() {
        QTest::addColumn<int>("total");
        for (const int total : {6, 7, 60, 61, 1884}) QTest::addRow("%d", total) << total;
    }
    void theScheduleEndsHalfWay() {
        QFETCH(int, total);
        for (const int factor : {1, 2, 4, 8}) {
            int before = 0;
            for (std::int64_t t = 0; t < total; ++t) {
                const int stage = condensingStage(t, total, factor);
                QVERIFY(stage >= before && stage < factor);
                if (stage > before) {
                    for (int s = before + 1; s <= stage; ++s) QCOMPARE(firstStepOfStage(s, total, factor), t);
                }
                before = stage;
                if (2 * t >= total) QCOMPARE(stage, factor - 1);
            }
        }
    }

    // All in one step: at the first step of the second half, or before the first of all; never with C = 1.
    void theOtherWaysTakeOneStep() {
        for (const std::int64_t total : {1, 2, 5, 60, 61}) {
            for (const int factor : {1, 2, 4}) {
                for (const auto way : {Condensing::kOnce, Condensing::kFixed, Condensing::kRandom}) {
                    const std::int64_t first = way == Condensing::kOnce ? (total + 1) / 2 : 0;
                    for (std::int64_t t = 0; t < total; ++t)
                        QCOMPARE(condensingStage(t, total, factor, way), t < first ? 0 : factor - 1);
                    for (int stage = 1; stage < factor; ++stage)
                        QCOMPARE(firstStepOfStage(stage, total, factor, way), first < total ? first : -1);
                }
            }
        }
        for (const auto way : {Condensing::kGradual, Condensing::kOnce, Condensing::kFixed, Condensing::kRandom})
            QCOMPARE(condensingNamed(condensingName(way)), std::optional(way));
        QVERIFY(!condensingNamed("twice"));
    }

    void fixedGroupsReadNeighbours() {
        const auto kept = [](int inputs, int groups, int factor, int group) {
            return givenInputs(LearnedGroupConv(inputs, groups, groups, factor), group, Condensing::kFixed, 1, 0);
        };
        // C = G: each input is read by one group, as in a standard group convolution.
        for (int group = 0; group < 4; ++group)
            QCOMPARE(kept(8, 4, 4, group), (std::vector<int>{2 * group, 2 * group + 1}));
        QCOMPARE(kept(8, 4, 2, 1), (std::vector<int>{2, 3, 4, 5}));
        QCOMPARE(kept(8, 4, 2, 3), (std::vector<int>{0, 1, 6, 7}));  // around the end
        QCOMPARE(kept(8, 2, 4, 1), (std::vector<int>{4, 5}));
    }

    void groupsByLotAreDrawnBySeedLayerAndGroup() {
        const LearnedGroupConv layer(32, 8, 4, 4);
        std::set<std::vector<int>> draws;
        std::vector<int> chosen(32);
        for (const std::uint64_t seed : {1, 2, 3}) {
            for (int number = 0; number < 20; ++number) {
                for (int group = 0; group < 4; ++group) {
                    const auto kept = givenInputs(layer, group, Condensing::kRandom, seed, number);
                    QCOMPARE(kept, givenInputs(layer, group, Condensing::kRandom, seed, number));
                    QCOMPARE(std::set<int>(kept.begin(), kept.end()).size(), std::size_t{8});
                    for (const int input : kept) ++chosen.at(static_cast<std::size_t>(input));
                    draws.insert(kept);
                }
            }
        }
        QCOMPARE(draws.size(), std::size_t{240});
        // Each input is drawn 240 / 4 times, give or take five standard deviations.
        for (const int count : chosen) QVERIFY2(std::abs(count - 60) < 34, qPrintable(QString::number(count)));
    }

    void givenConnectionsLeaveTheWeightsThatStay() {
        const auto spec = parseNetworkSpec(
            "condensenet:stages=2-2,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,compression=0.5,size=8");
        QVERIFY(spec);
        for (const auto way : {Condensing::kFixed, Condensing::kRandom}) {
            Network network(*spec, 1), before(*spec, 1);
            const CondensingReport report = giveConnections(network, way, 1);
            QCOMPARE(report.stage, 3);
            QCOMPARE(report.kept, 0.25);
            QCOMPARE(condensingStageOf(network), 3);
            const auto layers = network.learnedLayers(), whole = before.learnedLayers();
            QCOMPARE(layers.size(), std::size_t{5});  // the transition's too
            for (std::size_t l = 0; l < layers.size(); ++l) {
                const LearnedGroupConv& layer = *layers[l].conv;
                QCOMPARE(layer.droppedPerGroup(), layer.inputs() / 4 * 3);
                for (int o = 0; o < layer.outputs(); ++o) {
                    for (int c = 0; c < layer.inputs(); ++c) {
                        const auto i = static_cast<std::size_t>(o * layer.inputs() + c);
                        const bool live = layer.isLive(o % layer.groups(), c);
                        QCOMPARE(layer.conv.weight[i], live ? whole[l].conv->conv.weight[i] : 0.0f);
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCondensingRules)
#include "tst_condensing_rules.moc"
