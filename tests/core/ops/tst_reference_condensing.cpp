#include <QtTest>

#include "ops/reference_condensing.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

Array ones(int outputs, int inputs) {
    Array mask(outputs, inputs);
    std::fill(mask.values.begin(), mask.values.end(), 1.0);
    return mask;
}

}  // namespace

class ReferenceCondensingTest : public QObject {
    Q_OBJECT

  private slots:
    // The same in integers: min(C - 1, floor(2 t (C - 1) / T)).
    void stageMatchesIntegers() {
        for (int condense = 1; condense <= 8; ++condense) {
            for (int total = 1; total <= 60; ++total) {
                for (int t = 0; t < total; ++t) {
                    const double progress = static_cast<double>(t) / total;
                    QCOMPARE(reference::condensingStage(progress, condense),
                             std::min(condense - 1, 2 * t * (condense - 1) / total));
                }
            }
        }
    }

    // Two groups, interleaved: filters 0 and 2, filters 1 and 3.
    void importanceByHand() {
        const std::vector<float> weights{1, -2, 10, 20, 3, 4, 30, -40};
        const Array weight(4, 2, 1, 1, weights);
        Array mask = ones(4, 2);
        QCOMPARE(reference::importance(weight, mask, 2).values, (std::vector<double>{4, 6, 40, 60}));
        mask.at(0, 0) = mask.at(2, 0) = 0;
        QCOMPARE(reference::importance(weight, mask, 2).values, (std::vector<double>{0, 6, 40, 60}));
    }

    void theLeastImportantGoFirst() {
        const std::vector<float> weights{4, 1, 3, 2, 1, 1, 1, 1};
        const Array weight(2, 4, 1, 1, weights);
        Array mask = ones(2, 4);
        const auto first = reference::inputsToDrop(weight, mask, 2, 0, 1);
        QCOMPARE(first, (std::vector<std::vector<int>>{{1}, {0}}));  // of equals the lower channel
        reference::drop(first, mask);
        QCOMPARE(reference::inputsToDrop(weight, mask, 2, 1, 2), (std::vector<std::vector<int>>{{3, 2}, {1, 2}}));
        reference::drop({{3, 2}, {1, 2}}, mask);
        QCOMPARE(reference::conversionIndex(mask, 2, 1), (std::vector<std::int64_t>{0, 3}));
    }

    // The lasso's gradient is its derivative, also where a pair stands at the floor.
    void lassoGradient() {
        Rng rng(1, RandomStream::kTest);
        Array weight = test::randomArray(rng, 6, 5);
        Array mask = ones(6, 5);
        reference::drop({{1, 2}, {4}, {}}, mask);
        weight.at(0, 3) = weight.at(3, 3) = 1e-5;  // squares far below 1e-6
        const auto lasso = reference::groupLasso(weight, mask, 3);
        for (std::size_t i = 0; i < weight.values.size(); ++i) {
            const double here = weight.values[i];
            weight.values[i] = here + 1e-6;
            const double above = reference::groupLasso(weight, mask, 3).value;
            weight.values[i] = here - 1e-6;
            const double below = reference::groupLasso(weight, mask, 3).value;
            weight.values[i] = here;
            QVERIFY(std::abs((above - below) / 2e-6 - lasso.dweight.values[i]) < 1e-8);
        }
        QCOMPARE(lasso.dweight.at(0, 3), 0.0);
        QCOMPARE(lasso.dweight.at(0, 1), 0.0);
    }

    void lassoStops() {
        for (int stage = 0; stage < 4; ++stage) {
            QCOMPARE(reference::lassoActive(stage, 2, 4, /*quirks=*/false), stage < 3);
            QCOMPARE(reference::lassoActive(stage, 2, 4, /*quirks=*/true), stage < 1);
            QCOMPARE(reference::lassoActive(stage, 8, 4, /*quirks=*/true), true);
            QCOMPARE(reference::lassoActive(stage, 1, 4, /*quirks=*/true), false);
        }
    }

    // Conversion computes the same function, whatever was dropped.
    void convertedLayerComputesTheSame() {
        constexpr int kIn = 8, kOut = 6, kGroups = 2, kCondense = 4;
        Rng rng(2, RandomStream::kTest);
        reference::NormReluConv layer{
            std::vector<double>(kIn, 1.3), std::vector<double>(kIn, 0.2), test::randomArray(rng, kOut, kIn), {}};
        const Array x = test::randomArray(rng, 2, kIn, 3, 2);
        const reference::Statistics running{std::vector<double>(kIn, 0.1), std::vector<double>(kIn, 0.7), 0};
        Array mask = ones(kOut, kIn);
        for (int count = 0; count < kIn - kIn / kCondense; count += kIn / kCondense) {
            reference::drop(reference::inputsToDrop(layer.weight, mask, kGroups, count, kIn / kCondense), mask);
        }
        const Array expected = reference::learnedGroupConvForward(layer, mask, x, running);

        const auto index = reference::conversionIndex(mask, kGroups, kIn / kCondense);
        const std::size_t gathered = index.size();
        const reference::NormReluConv converted{std::vector<double>(gathered, 1.3),
                                                std::vector<double>(gathered, 0.2),
                                                reference::convertedWeight(layer.weight, index, kGroups),
                                                {1, 0, kGroups}};
        const reference::Statistics same{std::vector<double>(gathered, 0.1), std::vector<double>(gathered, 0.7), 0};
        const Array got = reference::condensedConvForward(converted, index, x, same);
        for (std::size_t i = 0; i < got.values.size(); ++i) {
            QVERIFY(std::abs(got.values[i] - expected.values[i]) < 1e-12);
        }
    }

    void classifierKeepsTheHeaviest() {
        const std::vector<float> weights{1, -5, 2, 0, -1, 5, 1, 0};
        QCOMPARE(reference::classifierIndex(Array(2, 4, 1, 1, weights), 3), (std::vector<std::int64_t>{0, 2, 1}));
    }
};

QTEST_GUILESS_MAIN(ReferenceCondensingTest)
#include "tst_reference_condensing.moc"
