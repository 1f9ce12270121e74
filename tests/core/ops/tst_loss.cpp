#include <QtTest>

#include <fmt/format.h>

#include <numeric>

#include "ops/loss.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

class LossTest : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithTheReference_data() {
        QTest::addColumn<int>("images");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("largest");
        for (const int images : {1, 3, 64}) {
            for (const int classes : {1, 2, 5, 10, 1000}) {
                for (const double largest : {1.0, 150.0, 1e6}) {
                    QTest::newRow(fmt::format("{} x {}, up to {}", images, classes, largest).c_str())
                        << images << classes << largest;
                }
            }
        }
    }
    void agreesWithTheReference() {
        QFETCH(int, images);
        QFETCH(int, classes);
        QFETCH(double, largest);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(classes));
        const Array logits = test::randomArray(rng, images, classes, 1, 1, -largest, largest);
        std::vector<std::int32_t> targets;
        for (int n = 0; n < images; ++n) targets.push_back(rng.between(0, classes - 1));
        const std::vector<std::int64_t> wide(targets.begin(), targets.end());
        const auto expected = reference::softmaxCrossEntropy(logits, wide);

        std::vector<float> gradient(logits.values.size());
        const LossReport got = softmaxCrossEntropy(logits.toFloats(), classes, targets, gradient);
        // Both are computed in doubles; the order of the sums may differ.
        QVERIFY(std::abs(got.loss - expected.value) <= 1e-12 * (largest + expected.value));
        QCOMPARE(got.top1, std::accumulate(expected.top1.begin(), expected.top1.end(), 0));
        QCOMPARE(got.top5, std::accumulate(expected.top5.begin(), expected.top5.end(), 0));
        const std::vector<double> scale(gradient.size(), 1.0);
        VERIFY_CLOSE("gradient", gradient, expected.dlogits.values, scale, test::kUnitRoundoff);
        const LossReport alone = softmaxCrossEntropy(logits.toFloats(), classes, targets, {});
        QCOMPARE(alone.loss, got.loss);
    }

    void tiesGoToTheLowerClass() {
        const std::vector<float> logits{1, 1, 1, 1, 1, 1, 1};
        for (std::int32_t target = 0; target < 7; ++target) {
            const LossReport report = softmaxCrossEntropy(logits, 7, {&target, 1}, {});
            QCOMPARE(report.top1, target == 0 ? 1 : 0);
            QCOMPARE(report.top5, target < 5 ? 1 : 0);
        }
    }

    void nanIsSeen() {
        const std::int32_t target = 0;
        const std::vector<float> logits{0.0f, test::kPoison, 1.0f};
        QVERIFY(std::isnan(softmaxCrossEntropy(logits, 3, {&target, 1}, {}).loss));
    }

    void softmaxSumsToOne() {
        const std::vector<float> logits{1000.0f, 998.0f, -1000.0f};
        std::vector<double> p(3);
        softmax(logits, p);
        QVERIFY(std::abs(p[0] + p[1] + p[2] - 1) < 1e-15);
        QVERIFY(std::abs(p[0] / p[1] - std::exp(2.0)) < 1e-12);
        QCOMPARE(p[2], 0.0);
    }
};

QTEST_GUILESS_MAIN(LossTest)
#include "tst_loss.moc"
