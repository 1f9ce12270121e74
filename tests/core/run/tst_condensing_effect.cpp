#include <QtTest>

#include "run/best_epoch.h"
#include "run/condensing_effect.h"
#include "support/toy_runs.h"

using namespace condenser;
using namespace condenser::test;

namespace {

// 12 epochs of 10 steps, C = 4: connections go before the steps 20, 40 and 60.
RunRecord record() {
    return toyRecord(12);
}

std::vector<MetricsRow> rows(int count, int best) {
    std::vector<MetricsRow> rows;
    for (int epoch = 1; epoch <= count; ++epoch) rows.push_back(toyRow(epoch, best));
    return rows;
}

}  // namespace

class CondensingEffectTest : public QObject {
    Q_OBJECT

  private slots:
    void aJumpAndItsRecovery() {
        std::vector<StepRecord> steps(120, StepRecord{1.0f, 0.1f});
        for (std::size_t i = 40; i < 47; ++i) steps[i].loss = 3;   // back with step 47
        for (std::size_t i = 60; i < 120; ++i) steps[i].loss = 2;  // never again
        const auto effects = condensingEffects(record(), rows(12, 9), steps);
        QCOMPARE(effects.size(), std::size_t{3});
        QCOMPARE(effects[0].window, 5);
        QCOMPARE(effects[0].lossBefore, std::optional(1.0));
        QCOMPARE(effects[0].lossAfter, std::optional(1.0));
        QCOMPARE(effects[0].epochsToRecover, std::optional(0.0));
        QCOMPARE(effects[1].lossAfter, std::optional(3.0));
        QCOMPARE(effects[1].epochsToRecover, std::optional(1.2));  // the steps 47 to 51 are the first good ones
        QCOMPARE(effects[2].lossBefore, std::optional(1.0));
        QVERIFY(!effects[2].epochsToRecover);
        QCOMPARE(effects[2].top1Before, std::optional(toyRow(6, 9).testTop1));
        QCOMPARE(effects[2].top1After, std::optional(toyRow(7, 9).testTop1));
    }

    void whatIsNotReachedHasNoFigures() {
        const std::vector<StepRecord> steps(42, StepRecord{1.0f, 0.1f});
        const auto effects = condensingEffects(record(), rows(4, 9), steps);
        QVERIFY(effects[0].done && effects[1].done && !effects[2].done);
        QCOMPARE(effects[1].lossBefore, std::optional(1.0));
        QVERIFY(!effects[1].lossAfter && !effects[1].epochsToRecover);  // two steps are no mean of five
        QVERIFY(!effects[1].top1After && !effects[2].top1Before);
        QVERIFY(!condensingEffects(record(), {}, {})[0].done);
    }

    void oneWithoutLossesHasAccuracies() {
        const auto effects = condensingEffects(record(), rows(12, 9), {});
        QVERIFY(effects[2].done && !effects[2].lossBefore && effects[2].top1After);
        RunRecord plain = record();
        plain.spec.condenseFactor = 1;
        QVERIFY(condensingEffects(plain, rows(12, 9), {}).empty());
    }

    void theBestEpochComesAfterTheLastStep() {
        const auto early = rows(12, 3);
        QCOMPARE(bestEpoch(record(), early)->epoch, 7);  // the first one with all connections gone
        QCOMPARE(bestEpoch(record(), rows(12, 9))->epoch, 9);
        QVERIFY(bestEpoch(record(), rows(6, 3)) == nullptr);
        QVERIFY(bestEpoch(record(), {}) == nullptr);
        RunRecord plain = record();
        plain.spec.condenseFactor = 1;
        QCOMPARE(bestEpoch(plain, early)->epoch, 3);
        RunRecord tooShort = record();
        tooShort.spec.condenseFactor = 4;
        tooShort.settings.epochs = 1;
        tooShort.stepsPerEpoch = 1;
        QVERIFY(bestEpoch(tooShort, rows(1, 1)) == nullptr);
    }

    void eachWayHasItsPlan() {
        RunRecord run = record();
        const auto early = rows(12, 3);
        run.settings.condensing = Condensing::kOnce;
        QCOMPARE(planCondensing(run).size(), std::size_t{1});
        QCOMPARE(planCondensing(run)[0].stage, 3);
        QCOMPARE(planCondensing(run)[0].step, std::int64_t{60});
        QCOMPARE(bestEpoch(run, early)->epoch, 7);
        for (const auto way : {Condensing::kFixed, Condensing::kRandom}) {
            run.settings.condensing = way;
            QCOMPARE(bestEpoch(run, early)->epoch, 3);  // any epoch may be the best
            const auto effects = condensingEffects(run, early, std::vector<StepRecord>(120, {1.0f, 0.1f}));
            QCOMPARE(effects.size(), std::size_t{1});
            QCOMPARE(effects[0].step.epoch, 0.0);
            QCOMPARE(effects[0].step.keptAfter, 0.25);
            QVERIFY(effects[0].done && !effects[0].lossBefore && !effects[0].top1Before);
            run.spec.condenseFactor = 1;
            QVERIFY(planCondensing(run).empty());
            run.spec.condenseFactor = 4;
        }
    }

    void ofEqualAccuracyTheLowerLossIsBetter() {
        auto all = rows(12, 9);
        for (MetricsRow& row : all) row.testTop1 = 0.5, row.testLoss = row.epoch == 11 ? 0.25 : 0.5;
        QCOMPARE(bestEpoch(record(), all)->epoch, 11);
        all[10].testLoss = 0.5;
        QCOMPARE(bestEpoch(record(), all)->epoch, 7);  // all the same: the first
    }
};

QTEST_GUILESS_MAIN(CondensingEffectTest)
#include "tst_condensing_effect.moc"
