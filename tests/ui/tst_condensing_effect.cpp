#include <QTest>
#include <cmath>
#include <vector>

#include "plots/condensing_effect.h"

using namespace condenser;
using Recovery = CondensingEffect::Recovery;

class TestCondensingEffect : public QObject {
    Q_OBJECT

  private slots:
    void theJumpIsThatOfTheBatchesAroundIt() {
        // 20 steps an epoch; the loss jumps from 0.4 to 0.9 with the step that follows epoch 2.
        std::vector<double> epochs, loss;
        for (int s = 0; s < 100; ++s) {
            epochs.push_back((s + 1) / 20.0);
            loss.push_back(s < 40 ? 0.4 : 0.9);
        }
        const auto effect = measureEffect({epochs, loss}, {}, 2);
        QVERIFY(std::abs(*effect.lossBefore - 0.4) < 1e-12);
        QVERIFY(std::abs(*effect.lossAfter - 0.9) < 1e-12);
        QVERIFY(!effect.top1Before && effect.recovery == Recovery::kUnknown);
    }

    void otherStepsBoundWhatIsLookedAt() {
        // Loss 1, then 2 from epoch 1 on, then 3 from epoch 1.2 on; 10 steps an epoch: 2 steps lie between the steps.
        std::vector<double> epochs, loss;
        for (int s = 0; s < 30; ++s) {
            epochs.push_back((s + 1) / 10.0);
            loss.push_back(s < 10 ? 1 : s < 12 ? 2 : 3);
        }
        const auto first = measureEffect({epochs, loss}, {}, 1, 0, 1.2);
        QCOMPARE(*first.lossBefore, 1.0);
        QCOMPARE(*first.lossAfter, 2.0);
        const auto second = measureEffect({epochs, loss}, {}, 1.2, 1);
        QCOMPARE(*second.lossBefore, 2.0);
        QCOMPARE(*second.lossAfter, 3.0);
    }

    void recovery_data() {
        QTest::addColumn<QList<double>>("top1");  // of epochs 1, 2, ...
        QTest::addColumn<double>("at");
        QTest::addColumn<double>("next");
        QTest::addColumn<int>("recovery");
        QTest::addColumn<int>("epochs");
        const double never = std::numeric_limits<double>::infinity();
        const auto row = [](const char* name, QList<double> top1, double at, double next, Recovery what, int epochs) {
            QTest::newRow(name) << top1 << at << next << static_cast<int>(what) << epochs;
        };
        row("after three", {0.5, 0.8, 0.6, 0.7, 0.81}, 2, never, Recovery::kRecovered, 3);
        row("as good is enough", {0.5, 0.8, 0.6, 0.8}, 2, never, Recovery::kRecovered, 2);
        row("amid an epoch", {0.5, 0.8, 0.6, 0.8}, 2.5, never, Recovery::kRecovered, 2);
        row("no drop", {0.5, 0.8, 0.85}, 2, never, Recovery::kNoDrop, 1);
        row("not yet", {0.5, 0.8, 0.6, 0.7}, 2, never, Recovery::kNotYet, 0);
        row("the next step is still to come", {0.5, 0.8, 0.6, 0.7}, 2, 4, Recovery::kNotYet, 0);
        row("the next step came first", {0.5, 0.8, 0.6, 0.7, 0.9}, 2, 4, Recovery::kNextStepFirst, 0);
        row("no test before", {0.5, 0.8}, 0.5, never, Recovery::kUnknown, 0);
        row("none after", {0.5, 0.8}, 2, never, Recovery::kUnknown, 0);
        row("nothing at all", {}, 2, never, Recovery::kUnknown, 0);
    }
    void recovery() {
        QFETCH(QList<double>, top1);
        QFETCH(double, at);
        QFETCH(double, next);
        std::vector<double> epochs;
        for (qsizetype e = 1; e <= top1.size(); ++e) epochs.push_back(static_cast<double>(e));
        const std::vector<double> values(top1.begin(), top1.end());
        const auto effect = measureEffect({}, {epochs, values}, at, 0, next);
        QTEST(static_cast<int>(effect.recovery), "recovery");
        QTEST(effect.epochs, "epochs");
        QVERIFY(!effect.lossBefore && !effect.lossAfter);
    }
};

QTEST_APPLESS_MAIN(TestCondensingEffect)
#include "tst_condensing_effect.moc"
