#include <QTest>

#include "session/eta.h"

using condenser::Eta;

class TestEta : public QObject {
    Q_OBJECT

  private slots:
    void saysNothingTooEarly() {
        Eta eta;
        QVERIFY(!eta.secondsLeft());
        eta.start(0, 1000, 100, 0);
        eta.advance(5, 10);  // too few steps
        QVERIFY(!eta.secondsLeft());
        eta.advance(30, 11);
        QVERIFY(eta.secondsLeft());
    }

    void extrapolates() {
        Eta eta;
        eta.start(0, 1000, 100, 0);
        for (int i = 1; i <= 50; ++i) eta.advance(i, i * 0.5);
        QCOMPARE(*eta.secondsLeft(), 475.0);
    }

    // A condensed network trains faster: the first epochs must be forgotten.
    void forgetsWhatIsOlderThanAnEpoch() {
        Eta eta;
        eta.start(0, 1000, 100, 0);
        double seconds = 0;
        for (int i = 1; i <= 400; ++i) eta.advance(i, seconds += i <= 200 ? 1.0 : 0.25);
        QVERIFY(std::abs(*eta.secondsLeft() - 150) < 1);
    }

    void fewLongStepsAreEnough() {
        Eta eta;
        eta.start(0, 1000, 100, 0);
        eta.advance(2, 30);
        QVERIFY(!eta.secondsLeft());
        eta.advance(4, 60);
        QCOMPARE(*eta.secondsLeft(), 996 * 15.0);
    }

    // As the steps get cheaper as foreseen, each answer agrees with what the run took in the end.
    void foreseesCondensing() {
        const std::vector<Eta::Stretch> stretches{{200, 0.8}, {350, 0.6}, {500, 0.5}};
        const auto costOf = [&](int step) {
            double cost = 1;
            for (const Eta::Stretch& stretch : stretches) cost = step >= stretch.firstStep ? stretch.cost : cost;
            return cost;
        };
        double whole = 0;
        for (int step = 0; step < 1000; ++step) whole += 2 * costOf(step);
        for (const int first : {0, 420}) {  // resumed amid a stretch
            Eta eta;
            eta.start(first, 1000, 100, 0, stretches);
            double before = 0, seconds = 0;
            for (int step = 0; step < first; ++step) before += 2 * costOf(step);
            for (int step = first; step < 1000; ++step) {
                seconds += 2 * costOf(step);
                eta.advance(step + 1, seconds);
                if (const auto left = eta.secondsLeft()) QVERIFY(std::abs(*left - (whole - before - seconds)) < 1e-6);
            }
            QCOMPARE(*eta.secondsLeft(), 0.0);
        }
    }

    void countsFromWhereARunIsResumed() {
        Eta eta;
        eta.start(900, 1000, 100, 0);
        eta.advance(950, 50);
        QCOMPARE(*eta.secondsLeft(), 50.0);
    }
};

QTEST_GUILESS_MAIN(TestEta)
#include "tst_eta.moc"
