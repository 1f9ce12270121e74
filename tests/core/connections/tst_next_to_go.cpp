// What is told to go next is what the next condensing step takes: by hand, of PyTorch's trajectories, of our own
// engine.
#include <QtTest>

#include "base/rng.h"
#include "condense/condense_step.h"
#include "connections/next_to_go.h"
#include "support/golden_test.h"
#include "support/golden_trajectory.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

namespace {

std::vector<int> channelsOf(const std::vector<NextToGo>& group) {
    std::vector<int> channels;
    for (const NextToGo& next : group) channels.push_back(next.input);
    return channels;
}

LayerConnections connectionsOf(const LearnedGroupConv& layer) {
    LayerConnections connections;
    for (int group = 0; group < layer.groups(); ++group) {
        for (int input = 0; input < layer.inputs(); ++input) connections.mask.push_back(layer.isLive(group, input));
    }
    for (const double sum : layer.importance()) connections.importance.push_back(static_cast<float>(sum));
    return connections;
}

}  // namespace

class NextToGoTest : public QObject {
    Q_OBJECT

  private slots:
    // C = 4, 8 inputs: each step takes 2 of each group.
    void byHand() {
        const ConnectionsLayer layer{"", 2, 8, 4};
        const auto now = drawn({"82645397", "55555555"});
        const auto next = nextToGo(layer, now, 0, 4);
        QCOMPARE(next.size(), std::size_t{2});
        QCOMPARE(channelsOf(next[0]), (std::vector<int>{1, 5}));  // 2 and 3; the weakest that stays is 4
        QCOMPARE(next[0][0].margin, 1 - 2 / 4.0);
        QCOMPARE(next[0][1].margin, 1 - 3 / 4.0);
        QCOMPARE(channelsOf(next[1]), (std::vector<int>{0, 1}));  // a draw: the lower ones
        QCOMPARE(next[1][0].margin, 0.0);
        QCOMPARE(next[1][1].margin, 0.0);
    }

    void laterSteps() {
        const ConnectionsLayer layer{"", 1, 8, 4};
        const auto now = drawn({"8.6453.7"});
        QCOMPARE(channelsOf(nextToGo(layer, now, 1, 4)[0]), (std::vector<int>{5, 3}));
        // A group that has lost fewer than the others, as in trainings of the reference, catches up.
        QCOMPARE(channelsOf(nextToGo(layer, now, 2, 4)[0]), (std::vector<int>{5, 3, 4, 2}));
        // One that has lost more loses less.
        QCOMPARE(channelsOf(nextToGo(layer, drawn({"8.6.53.7"}), 1, 4)[0]), (std::vector<int>{5}));
        QVERIFY(nextToGo(layer, now, 3, 4)[0].empty());
        QVERIFY(nextToGo(layer, now, 0, 1)[0].empty());  // C = 1: nothing ever goes
    }

    // An input that lives and weighs nothing goes first and is certain; the dropped ones, which weigh nothing either,
    // do not go again.
    void zeros() {
        const ConnectionsLayer layer{"", 1, 8, 4};
        const auto next = nextToGo(layer, drawn({"0.6450.7"}), 1, 4)[0];
        QCOMPARE(channelsOf(next), (std::vector<int>{0, 5}));
        QCOMPARE(next[0].margin, 1.0);
        const auto all = nextToGo(layer, drawn({"00000000"}), 0, 4)[0];
        QCOMPARE(channelsOf(all), (std::vector<int>{0, 1}));
        QCOMPARE(all[0].margin, 0.0);
    }

    void goldenTrajectories_data() {
        golden::addRows("condensing", "lgc_trajectory");
        const auto cases = golden::casesOf("condensing", "lgc_trajectory");
        const auto differing = std::ranges::count_if(cases, [](const golden::Case* which) {
            return which->params.at("groups") != which->params.at("condense");
        });
        QVERIFY(cases.size() >= 4 && differing >= 2);  // G other than C, too
    }
    void goldenTrajectories() {
        const golden::Trajectory trajectory(golden::caseOfRow());
        const ConnectionsLayer& layer = trajectory.layer;
        const int condense = trajectory.stages;
        for (int stage = 0; stage + 1 < condense; ++stage) {
            const LayerConnections connections = trajectory.connections(stage, stage + 1);
            const auto next = nextToGo(layer, connections, stage, condense);
            const auto dropped = trajectory.dropped(stage + 1);
            const std::size_t portion = dropped.size() / static_cast<std::size_t>(layer.groups);
            std::vector<std::uint8_t> left = connections.mask;
            for (std::size_t group = 0; group < next.size(); ++group) {
                QCOMPARE(next[group].size(), portion);
                double before = 1;
                for (std::size_t i = 0; i < portion; ++i) {
                    QCOMPARE(std::int64_t{next[group][i].input}, dropped[group * portion + i]);
                    QVERIFY(next[group][i].margin > 0 && next[group][i].margin <= before);
                    before = next[group][i].margin;
                    left[group * static_cast<std::size_t>(layer.inputs) +
                         static_cast<std::size_t>(next[group][i].input)] = 0;
                }
            }
            QCOMPARE(left, trajectory.mask(stage + 1));
        }
        QVERIFY(nextToGo(layer, {trajectory.mask(condense - 1), {}}, condense - 1, condense)[0].empty());
    }

    // The step that really comes, with weights that change between the steps, zeros among them.
    void whatTheEngineTakes_data() {
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("condense");
        QTest::newRow("G = C = 4") << 4 << 4;
        QTest::newRow("G = 2, C = 6") << 2 << 6;
        QTest::newRow("G = 6, C = 3") << 6 << 3;
    }
    void whatTheEngineTakes() {
        QFETCH(const int, groups);
        QFETCH(const int, condense);
        LearnedGroupConv conv(24, 24, groups, condense);
        const ConnectionsLayer layer{"", groups, 24, 24};
        Rng rng(3, RandomStream::kTest);
        for (int stage = 0; stage + 1 < condense; ++stage) {
            for (float& weight : conv.conv.weight) weight = rng.below(4) == 0 ? 0.0f : static_cast<float>(rng.normal());
            conv.zeroDropped();
            const auto next = nextToGo(layer, connectionsOf(conv), stage, condense);
            const auto taken = condenseLayer(conv, stage + 1, CondensingRules::kCorrected);
            QCOMPARE(next.size(), taken.size());
            for (std::size_t group = 0; group < next.size(); ++group) QCOMPARE(channelsOf(next[group]), taken[group]);
        }
    }
};

QTEST_GUILESS_MAIN(NextToGoTest)
#include "tst_next_to_go.moc"
