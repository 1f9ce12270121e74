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

    void countsFromWhereARunIsResumed() {
        Eta eta;
        eta.start(900, 1000, 100, 0);
        eta.advance(950, 50);
        QCOMPARE(*eta.secondsLeft(), 50.0);
    }
};

QTEST_GUILESS_MAIN(TestEta)
#include "tst_eta.moc"
