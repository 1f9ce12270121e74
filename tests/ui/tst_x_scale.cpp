#include <QTest>
#include <cmath>

#include "plots/x_scale.h"

using namespace condenser;

class TestXScale : public QObject {
    Q_OBJECT

  private slots:
    void stepsAreEpochsTimesTheirNumber() {
        XScale scale{.unit = XUnit::kStep, .stepsPerEpoch = 250};
        QCOMPARE(scale.toAxis(1.5), 375.0);
        QCOMPARE(scale.toEpoch(375), 1.5);
    }

    void timeRunsEvenlyBetweenTheEndsOfEpochs() {
        XScale scale{.unit = XUnit::kTime};
        scale.time.add(1, 10);
        scale.time.add(2, 14);  // condensed: faster
        for (const auto& [epoch, seconds] :
             {std::pair{0.0, 0.0}, {0.5, 5.0}, {1.0, 10.0}, {1.5, 12.0}, {2.0, 14.0}, {3.5, 20.0}}) {
            QVERIFY(std::abs(scale.toAxis(epoch) - seconds) < 1e-12);
            QVERIFY(std::abs(scale.toEpoch(seconds) - epoch) < 1e-12);
        }
        QCOMPARE(scale.toEpoch(-1), 0.0);
    }

    void beforeAnythingIsKnownEpochsAreShown() {
        XScale scale{.unit = XUnit::kTime};
        QVERIFY(scale.shown() == XUnit::kEpoch);
        QCOMPARE(scale.toAxis(3), 3.0);
        scale.time.guessPace(20);
        QVERIFY(scale.shown() == XUnit::kTime);
        QCOMPARE(scale.toAxis(3), 60.0);
        scale.time.guessPace(50);  // one guess is enough
        QCOMPARE(scale.toAxis(3), 60.0);
        scale.time.add(1, 30);  // and a measurement better
        QCOMPARE(scale.toAxis(3), 90.0);
        scale.time.clear();
        QVERIFY(scale.shown() == XUnit::kEpoch);
    }

    void momentsThatDoNotRiseAreIgnored() {
        TimeLine time;
        time.add(1, 10);
        time.add(1, 12);
        time.add(2, 9);
        time.add(2, std::nan(""));
        QCOMPARE(time.secondsAt(2), 20.0);
    }
};

QTEST_APPLESS_MAIN(TestXScale)
#include "tst_x_scale.moc"
