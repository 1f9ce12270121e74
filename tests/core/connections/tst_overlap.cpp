#include <QtTest>

#include "base/rng.h"
#include "connections/overlap.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

namespace {

// Every group keeps the inputs from `first(group)` on, `kept` of them, around the end.
LayerConnections windows(const ConnectionsLayer& layer, int kept, const std::vector<int>& first) {
    LayerConnections connections;
    connections.importance.resize(static_cast<std::size_t>(layer.groups * layer.inputs));
    for (int group = 0; group < layer.groups; ++group) {
        for (int input = 0; input < layer.inputs; ++input) {
            const int behind = (input - first[static_cast<std::size_t>(group)] + layer.inputs) % layer.inputs;
            connections.mask.push_back(behind < kept ? 1 : 0);
        }
    }
    return connections;
}

}  // namespace

class OverlapTest : public QObject {
    Q_OBJECT

  private slots:
    void byHand() {
        const ConnectionsLayer layer{"", 2, 6, 2};
        // Group 1: 3 and 2 kept, 1 of them common; group 2: 2 and 3, both common.
        const Overlap overlap = overlapOf(layer, drawn({"111...", "...11."}), drawn({"..1..1", "..111."}));
        QCOMPARE(overlap.keptA, 5);
        QCOMPARE(overlap.keptB, 5);
        QCOMPARE(overlap.keptBoth, 3);
        QCOMPARE(overlap.possible, 12);
        QCOMPARE(overlap.byChance, 3 * 2 / 6.0 + 2 * 3 / 6.0);
        QCOMPARE(overlap.share(), 3 / 5.0);
        QCOMPARE(overlap.shareByChance(), 2 / 5.0);
        Overlap both = overlap;
        both += overlap;
        QCOMPARE(both.keptBoth, 6);
        QCOMPARE(both.possible, 24);
        QCOMPARE(both.shareByChance(), 2 / 5.0);
    }

    void aNetworkWithItself() {
        const ConnectionsLayer layer{"", 2, 6, 2};
        const auto same = drawn({"1.1.1.", ".1.1.1"});
        QCOMPARE(overlapOf(layer, same, same).share(), 1.0);
        QCOMPARE(overlapOf(layer, same, same).shareByChance(), 0.5);
        // What was condensed further keeps nothing that the other has lost.
        QCOMPARE(overlapOf(layer, same, drawn({"1.....", ".1...."})).share(), 1.0);
        const auto none = drawn({"......", "......"});
        QCOMPARE(overlapOf(layer, same, none).share(), 0.0);
        QCOMPARE(overlapOf(layer, same, none).shareByChance(), 0.0);
    }

    // Blindly picked inputs have in common what is said of chance, on average.
    void chanceIsWhatChanceGives() {
        const ConnectionsLayer layer{"", 4, 24, 4};
        Rng rng(7, RandomStream::kTest);
        const auto picked = [&](int kept) {
            LayerConnections connections;
            for (int group = 0; group < layer.groups; ++group) {
                std::vector<std::uint8_t> row(24);
                std::fill_n(row.begin(), kept, std::uint8_t{1});
                for (std::uint32_t i = 23; i > 0; --i)
                    std::swap(row[i], row[static_cast<std::size_t>(rng.below(i + 1))]);
                connections.mask.insert(connections.mask.end(), row.begin(), row.end());
            }
            return connections;
        };
        double both = 0, expected = 0;
        for (int i = 0; i < 2000; ++i) {
            const Overlap overlap = overlapOf(layer, picked(6), picked(12));
            both += static_cast<double>(overlap.keptBoth);
            expected += overlap.byChance;
        }
        QCOMPARE(expected, 2000 * 4 * 6 * 12 / 24.0);
        QVERIFY(std::abs(both / expected - 1) < 0.02);
    }

    // The groups of `b` are those of `a` in another order.
    void groupsAreFoundAgain_data() {
        QTest::addColumn<int>("groups");
        for (const int groups : {1, 2, 3, 4, 8, 12}) QTest::newRow(qPrintable(QString::number(groups))) << groups;
    }
    void groupsAreFoundAgain() {
        QFETCH(const int, groups);
        const ConnectionsLayer layer{"", groups, groups * 4, groups};
        std::vector<int> firstA, firstB(static_cast<std::size_t>(groups)), expected;
        for (int group = 0; group < groups; ++group) {
            const int other = (group * 5 + 1) % groups;  // 5 divides none of them
            firstA.push_back(group * 4);
            expected.push_back(other);
            firstB[static_cast<std::size_t>(other)] = group * 4;
        }
        QCOMPARE(matchGroups(layer, windows(layer, 4, firstA), windows(layer, 4, firstB)), expected);
    }

    // The best for one group is not the best for all: 3 + 0 is less than 2 + 2.
    void theSumIsWhatCounts() {
        const ConnectionsLayer layer{"", 2, 6, 2};
        const auto a = drawn({"1111..", "....11"}), b = drawn({"111.11", "1..1.."});
        QCOMPARE(matchGroups(layer, a, b), (std::vector<int>{1, 0}));
        // Where it makes no difference, numbers stay as they are.
        QCOMPARE(matchGroups(layer, b, b), (std::vector<int>{0, 1}));
        const auto full = drawn({"111111", "111111"});
        QCOMPARE(matchGroups(layer, full, full), (std::vector<int>{0, 1}));
    }
};

QTEST_GUILESS_MAIN(OverlapTest)
#include "tst_overlap.moc"
