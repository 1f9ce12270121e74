#include <QTest>
#include <cmath>
#include <limits>

#include "plots/smoothing.h"

using namespace condenser;

class TestSmoothing : public QObject {
    Q_OBJECT

  private slots:
    void withoutWeightValuesPass() {
        Smoother smoother(0);
        for (const double value : {3.0, -1.0, 0.25}) QCOMPARE(smoother.next(value), value);
    }

    // Debiased: what does not change is not pulled towards zero.
    void aConstantStaysItself() {
        for (const double weight : {0.1, 0.6, 0.99}) {
            Smoother smoother(weight);
            for (int i = 0; i < 50; ++i) QVERIFY(std::abs(smoother.next(2.5) - 2.5) < 1e-12);
        }
    }

    void weightsFallBackwards() {
        Smoother smoother(0.5);
        QCOMPARE(smoother.next(4), 4.0);
        QCOMPARE(smoother.next(1), (0.5 * 4 + 1) / 1.5);
        QCOMPARE(smoother.next(1), (0.25 * 4 + 0.5 + 1) / 1.75);
    }

    void nothingCrossesARestart() {
        Smoother smoother(0.9);
        for (int i = 0; i < 20; ++i) (void)smoother.next(1);
        smoother.restart();
        QCOMPARE(smoother.next(7), 7.0);
    }

    void whatIsNoNumberIsNotCounted() {
        Smoother smoother(0.5);
        QVERIFY(std::isnan(smoother.next(std::numeric_limits<double>::quiet_NaN())));
        QCOMPARE(smoother.next(3), 3.0);
        QCOMPARE(smoother.next(std::numeric_limits<double>::infinity()), 3.0);
        QCOMPARE(smoother.next(3), 3.0);
    }

    void theWeightIsBounded() {
        Smoother smoother(5);  // as the highest
        QCOMPARE(smoother.next(1), 1.0);
        QVERIFY(std::abs(smoother.next(0) - 0.99 / 1.99) < 1e-12);
    }
};

QTEST_APPLESS_MAIN(TestSmoothing)
#include "tst_smoothing.moc"
