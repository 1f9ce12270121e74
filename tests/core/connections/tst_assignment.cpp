#include "connections/assignment.h"

#include <QTest>
#include <algorithm>
#include <numeric>
#include <random>

namespace condenser {
namespace {

std::int64_t sumOf(const std::vector<std::int64_t>& gains, const std::vector<int>& order) {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < order.size(); ++row)
        sum += gains[row * order.size() + static_cast<std::size_t>(order[row])];
    return sum;
}

}  // namespace

class AssignmentTest : public QObject {
    Q_OBJECT

  private slots:
    // Against every order there is, with many draws among few values.
    void isTheBestOfAll() {
        std::mt19937 random(3);
        for (int n = 0; n <= 6; ++n) {
            for (int round = 0; round < 50; ++round) {
                std::vector<std::int64_t> gains(static_cast<std::size_t>(n * n));
                for (std::int64_t& gain : gains) gain = static_cast<std::int64_t>(random() % 7) - 2;
                std::vector<int> order(static_cast<std::size_t>(n));
                std::iota(order.begin(), order.end(), 0);
                const std::vector<int> own = order;
                std::int64_t most = sumOf(gains, own);
                do most = std::max(most, sumOf(gains, order));
                while (std::ranges::next_permutation(order).found);
                const std::vector<int> found = bestAssignment(gains, n);
                QVERIFY(std::ranges::is_permutation(found, own));
                QCOMPARE(sumOf(gains, found), most);
                if (sumOf(gains, own) == most) QCOMPARE(found, own);
            }
        }
    }

    void many() {
        constexpr int n = 40;
        std::mt19937 random(4);
        std::vector<int> hidden(n);
        std::iota(hidden.begin(), hidden.end(), 0);
        std::ranges::shuffle(hidden, random);
        std::vector<std::int64_t> gains(n * n);
        for (std::size_t row = 0; row < n; ++row) {
            for (std::size_t column = 0; column < n; ++column) {
                gains[row * n + column] = static_cast<int>(column) == hidden[row] ? 100 : random() % 100;
            }
        }
        QCOMPARE(bestAssignment(gains, n), hidden);
    }
};

}  // namespace condenser

QTEST_GUILESS_MAIN(condenser::AssignmentTest)
#include "tst_assignment.moc"
