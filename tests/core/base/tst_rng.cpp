// The draws of a stored run must come out again with every later version, so the first ones are pinned.
#include <QTest>

#include <cmath>
#include <vector>

#include "base/rng.h"

using namespace condenser;

class TestRng : public QObject {
    Q_OBJECT

  private slots:
    void theSameDrawsForEver() {
        Rng rng(1, RandomStream::kShuffle, 2, 3);
        QCOMPARE(rng.next(), std::uint64_t{0x34A755F8BE85FE09ull});
        QCOMPARE(rng.next(), std::uint64_t{0xD4B9200CFC264756ull});
        QCOMPARE(Rng(1, RandomStream::kAugment, 2, 3).next(), std::uint64_t{0x2C8842DB86D4200Bull});
    }

    void everyNumberCounts() {
        const std::uint64_t first = Rng(1, RandomStream::kInit, 2, 3).next();
        QVERIFY(first != Rng(2, RandomStream::kInit, 2, 3).next());
        QVERIFY(first != Rng(1, RandomStream::kShapes, 2, 3).next());
        QVERIFY(first != Rng(1, RandomStream::kInit, 3, 2).next());
        QVERIFY(first != Rng(1, RandomStream::kInit, 2, 4).next());
        QVERIFY(first != Rng(2, RandomStream::kInit, 1, 3).next());
    }

    void wholeNumbersAreEven() {
        Rng rng(7, RandomStream::kTest);
        std::vector<int> seen(6);
        constexpr int kDraws = 60'000;
        for (int i = 0; i < kDraws; ++i) {
            const int value = rng.between(-2, 3);
            QVERIFY(value >= -2 && value <= 3);
            ++seen[static_cast<std::size_t>(value + 2)];
        }
        // Within six standard deviations of a sixth.
        for (const int count : seen) QVERIFY(std::abs(count - kDraws / 6) < 6 * std::sqrt(kDraws * 5.0 / 36));
        for (int i = 0; i < 100; ++i) QCOMPARE(rng.below(1), 0u);
    }

    void momentsAreRight() {
        Rng rng(8, RandomStream::kTest);
        constexpr int kDraws = 100'000;
        double sum = 0, squares = 0, uniforms = 0;
        for (int i = 0; i < kDraws; ++i) {
            const double normal = rng.normal(), uniform = rng.uniform();
            QVERIFY(std::isfinite(normal));
            QVERIFY(uniform >= 0 && uniform < 1);
            sum += normal;
            squares += normal * normal;
            uniforms += uniform;
        }
        QVERIFY(std::abs(sum / kDraws) < 0.02);
        QVERIFY(std::abs(squares / kDraws - 1) < 0.03);
        QVERIFY(std::abs(uniforms / kDraws - 0.5) < 0.006);
    }
};

QTEST_GUILESS_MAIN(TestRng)
#include "tst_rng.moc"
