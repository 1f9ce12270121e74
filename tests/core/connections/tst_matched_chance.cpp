#include "connections/matched_chance.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>

#include "connections/overlap.h"

namespace condenser {
namespace {

// The same by brute force: masks drawn and matched as those of two runs are.
double drawn(int inputs, int groups, int kept, int draws) {
    std::mt19937 random(7);
    const ConnectionsLayer layer{"layer", groups, inputs, groups};
    const auto draw = [&] {
        LayerConnections connections;
        for (int group = 0; group < groups; ++group) {
            std::vector<std::uint8_t> row(static_cast<std::size_t>(inputs), 0);
            std::fill_n(row.begin(), kept, std::uint8_t{1});
            std::ranges::shuffle(row, random);
            connections.mask.insert(connections.mask.end(), row.begin(), row.end());
        }
        connections.importance.resize(connections.mask.size());
        return connections;
    };
    std::int64_t shared = 0;
    for (int i = 0; i < draws; ++i) {
        const LayerConnections a = draw(), b = draw();
        const std::vector<int> order = matchGroups(layer, a, b);
        for (int group = 0; group < groups; ++group) {
            for (int input = 0; input < inputs; ++input) {
                const auto at = [&](int row) { return static_cast<std::size_t>(row * inputs + input); };
                shared += a.mask[at(group)] & b.mask[at(order[static_cast<std::size_t>(group)])];
            }
        }
    }
    return static_cast<double>(shared) / draws;
}

}  // namespace

class MatchedChanceTest : public QObject {
    Q_OBJECT

  private slots:
    void sureThings() {
        QCOMPARE(matchedByChance(8, {8, 8}, {8, 8}), 16.0);
        QCOMPARE(matchedByChance(8, {0, 0}, {8, 8}), 0.0);
        QCOMPARE(matchedByChance(8, {8, 3}, {8, 8}), 11.0);
        QCOMPARE(matchedByChance(8, {}, {}), 0.0);
    }

    void oneGroupHasNothingToBeMatchedTo() { QVERIFY(std::abs(matchedByChance(40, {20}, {20}) - 10) < 1.5); }

    void asDrawn_data() {
        QTest::addColumn<int>("inputs");
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("kept");
        QTest::newRow("small") << 16 << 4 << 4;
        QTest::newRow("three quarters") << 24 << 4 << 18;
        QTest::newRow("eight groups") << 64 << 8 << 8;
        QTest::newRow("wide") << 400 << 4 << 100;
    }
    void asDrawn() {
        QFETCH(int, inputs);
        QFETCH(int, groups);
        QFETCH(int, kept);
        const std::vector<int> counts(static_cast<std::size_t>(groups), kept);
        const double chance = matchedByChance(inputs, counts, counts);
        const double expected = drawn(inputs, groups, kept, 200);
        const double unmatched = static_cast<double>(groups) * kept * kept / inputs;
        QVERIFY2(std::abs(chance - expected) < 0.08 * expected,
                 qPrintable(QStringLiteral("%1, drawn %2").arg(chance).arg(expected)));
        QVERIFY(chance > unmatched);
        QCOMPARE(matchedByChance(inputs, counts, counts), chance);  // the same draws again
    }
};

}  // namespace condenser

QTEST_GUILESS_MAIN(condenser::MatchedChanceTest)
#include "tst_matched_chance.moc"
