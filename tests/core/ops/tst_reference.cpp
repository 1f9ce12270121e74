// The reference's backward passes against finite differences of its own forward passes. Both are computed in doubles,
// so that central differences with a step of 1e-5 agree to about 1e-9: a wrong or missing term cannot hide.
#include <QtTest>

#include <fmt/format.h>

#include <functional>

#include "ops/reference.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

double dot(const Array& a, const Array& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
    return sum;
}

// Where the gradient of `loss` by `variable` is not what was claimed; empty if nowhere. `loss` reads the variable.
std::string gradientError(std::vector<double>& variable, const std::vector<double>& claimed,
                          const std::function<double()>& loss) {
    constexpr double kStep = 1e-5;
    if (claimed.size() != variable.size()) return "not as many values as expected";
    for (std::size_t i = 0; i < variable.size(); ++i) {
        const double here = variable[i];
        variable[i] = here + kStep;
        const double above = loss();
        variable[i] = here - kStep;
        const double below = loss();
        variable[i] = here;
        const double measured = (above - below) / (2 * kStep);
        if (std::abs(measured - claimed[i]) > 1e-7 * (1 + std::abs(measured))) {
            return fmt::format("at {}: {:.9g}, by differences {:.9g}", i, claimed[i], measured);
        }
    }
    return {};
}

#define VERIFY_GRADIENT(...)                                              \
    do {                                                                  \
        const std::string error = gradientError(__VA_ARGS__);             \
        QVERIFY2(error.empty(), (#__VA_ARGS__ + (": " + error)).c_str()); \
    } while (false)

// Values at least 0.01 from 0, where ReLU has no derivative, and so far apart that a step never crosses it.
Array awayFromZero(Array array) {
    for (double& value : array.values) value += value < 0 ? -0.01 : 0.01;
    return array;
}

}  // namespace

class ReferenceTest : public QObject {
    Q_OBJECT

  private slots:
    void batchNorm_data() {
        QTest::addColumn<bool>("training");
        QTest::newRow("training") << true;
        QTest::newRow("evaluation") << false;
    }
    void batchNorm() {
        QFETCH(bool, training);
        Rng rng(1, RandomStream::kTest);
        Array x = test::randomArray(rng, 3, 4, 2, 3, -1, 3);
        const Array dy = test::randomArray(rng, 3, 4, 2, 3);
        std::vector<double> weight{1.5, -0.7, 0.2, 1}, bias{0.3, 0, -1, 2};
        const reference::Statistics running{{0.1, 1, -1, 2}, {0.5, 1, 2, 0.1}, 0};
        const auto statistics = [&] { return training ? reference::batchStatistics(x) : running; };
        const auto loss = [&] { return dot(reference::batchNormForward(x, statistics(), weight, bias), dy); };
        const auto gradients = reference::batchNormBackward(x, statistics(), weight, dy, training);
        VERIFY_GRADIENT(x.values, gradients.dx.values, loss);
        VERIFY_GRADIENT(weight, gradients.dweight, loss);
        VERIFY_GRADIENT(bias, gradients.dbias, loss);
    }

    void relu() {
        Rng rng(2, RandomStream::kTest);
        Array x = awayFromZero(test::randomArray(rng, 2, 3, 4, 5));
        const Array dy = test::randomArray(rng, 2, 3, 4, 5);
        VERIFY_GRADIENT(x.values, reference::reluBackward(x, dy).values,
                        [&] { return dot(reference::reluForward(x), dy); });
    }

    void convolution_data() {
        QTest::addColumn<int>("kernel");
        QTest::addColumn<int>("stride");
        QTest::addColumn<int>("padding");
        QTest::addColumn<int>("groups");
        QTest::newRow("3x3") << 3 << 1 << 1 << 1;
        QTest::newRow("3x3, stride 2") << 3 << 2 << 1 << 1;
        QTest::newRow("3x3, grouped") << 3 << 1 << 1 << 3;
        QTest::newRow("1x1") << 1 << 1 << 0 << 1;
        QTest::newRow("1x1, grouped") << 1 << 1 << 0 << 2;
        QTest::newRow("5x5, padding 2, stride 3") << 5 << 3 << 2 << 1;
        QTest::newRow("2x2, no padding") << 2 << 1 << 0 << 6;
    }
    void convolution() {
        QFETCH(int, kernel);
        QFETCH(int, stride);
        QFETCH(int, padding);
        QFETCH(int, groups);
        const reference::Conv2d conv{stride, padding, groups};
        Rng rng(3, RandomStream::kTest);
        Array x = test::randomArray(rng, 2, 6, 5, 4);
        Array weight = test::randomArray(rng, 12, 6 / groups, kernel, kernel);
        const Array y = reference::conv2dForward(conv, x, weight);
        const Array dy = test::randomArray(rng, y.n, y.c, y.h, y.w);
        const auto loss = [&] { return dot(reference::conv2dForward(conv, x, weight), dy); };
        VERIFY_GRADIENT(x.values, reference::conv2dBackwardData(conv, weight, dy, x.h, x.w).values, loss);
        VERIFY_GRADIENT(weight.values, reference::conv2dBackwardWeight(conv, x, dy, kernel).values, loss);
    }

    // What the differences cannot tell: that it is a correlation, where the padding lies, which filters a group has.
    void convolutionByHand() {
        const std::vector<float> picture{1, 2, 3, 4, 5, 6, 7, 8, 9};
        Array kernel(1, 1, 3, 3);
        kernel.at(0, 0, 0, 2) = 1;  // the pixel above and to the right
        const Array y = reference::conv2dForward({1, 1, 1}, Array(1, 1, 3, 3, picture), kernel);
        QCOMPARE(y.values, (std::vector<double>{0, 0, 0, 2, 3, 0, 5, 6, 0}));

        const std::vector<float> pixels{1, 10, 100, 1000}, ones(8, 1.0f);
        const Array grouped = reference::conv2dForward({1, 0, 2}, Array(1, 4, 1, 1, pixels), Array(4, 2, 1, 1, ones));
        QCOMPARE(grouped.values, (std::vector<double>{11, 11, 1100, 1100}));
    }

    void gatherAndShuffle() {
        Rng rng(4, RandomStream::kTest);
        Array x = test::randomArray(rng, 2, 6, 2, 2);
        const std::vector<std::int64_t> index{5, 0, 0, 2, 5};
        Array dy = test::randomArray(rng, 2, 5, 2, 2);
        VERIFY_GRADIENT(x.values, reference::gatherBackward(dy, index, 6).values,
                        [&] { return dot(reference::gatherForward(x, index), dy); });
        dy = test::randomArray(rng, 2, 6, 2, 2);
        VERIFY_GRADIENT(x.values, reference::shuffleBackward(dy, 3).values,
                        [&] { return dot(reference::shuffleForward(x, 3), dy); });
        const std::vector<float> channels{0, 1, 2, 3, 4, 5};
        QCOMPARE(reference::shuffleForward(Array(1, 6, 1, 1, channels), 2).values,
                 (std::vector<double>{0, 3, 1, 4, 2, 5}));
    }

    void pooling() {
        Rng rng(5, RandomStream::kTest);
        Array x = test::randomArray(rng, 2, 3, 5, 4);
        Array dy = test::randomArray(rng, 2, 3, 2, 2);
        VERIFY_GRADIENT(x.values, reference::avgPool2Backward(dy, 5, 4).values,
                        [&] { return dot(reference::avgPool2Forward(x), dy); });
        dy = test::randomArray(rng, 2, 3);
        VERIFY_GRADIENT(x.values, reference::globalPoolBackward(dy, 5, 4).values,
                        [&] { return dot(reference::globalPoolForward(x), dy); });
    }

    void linear() {
        Rng rng(6, RandomStream::kTest);
        Array x = test::randomArray(rng, 3, 5), weight = test::randomArray(rng, 4, 5);
        const Array dy = test::randomArray(rng, 3, 4);
        std::vector<double> bias{1, -2, 0.5, 3};
        const auto loss = [&] { return dot(reference::linearForward(x, weight, bias), dy); };
        const auto gradients = reference::linearBackward(x, weight, dy);
        VERIFY_GRADIENT(x.values, gradients.dx.values, loss);
        VERIFY_GRADIENT(weight.values, gradients.dweight.values, loss);
        VERIFY_GRADIENT(bias, gradients.dbias, loss);
    }

    void wholeLayers_data() { batchNorm_data(); }
    void wholeLayers() {
        QFETCH(bool, training);
        constexpr int kIn = 6, kOut = 4, kGroups = 2;
        Rng rng(7, RandomStream::kTest);
        reference::NormReluConv layer;
        layer.normWeight = {1.2, -0.8, 0.5, 1, 1.1, 0.9};
        layer.normBias = {0.1, -0.2, 0.3, 0, 0.2, -0.1};
        layer.weight = test::randomArray(rng, kOut, kIn);
        Array x = test::randomArray(rng, 3, kIn, 3, 3);
        const Array dy = test::randomArray(rng, 3, kOut, 3, 3);
        const reference::Statistics running{{0, 0.1, -0.1, 0.2, 0, 0}, {0.3, 0.4, 0.5, 0.3, 0.4, 0.5}, 0};
        const std::vector<std::int64_t> index{0, 4, 4, 1, 5, 2};
        const auto statisticsOf = [&](const Array& in) { return training ? reference::batchStatistics(in) : running; };

        Array mask(kOut, kIn);
        for (int o = 0; o < kOut; ++o) {
            for (int i = 0; i < kIn; ++i) mask.at(o, i) = (o % kGroups + i) % 3 != 0;
        }
        {
            const auto loss = [&] {
                return dot(reference::learnedGroupConvForward(layer, mask, x, statisticsOf(x)), dy);
            };
            const auto gradients = reference::learnedGroupConvBackward(layer, mask, x, statisticsOf(x), dy, training);
            VERIFY_GRADIENT(x.values, gradients.dx.values, loss);
            VERIFY_GRADIENT(layer.weight.values, gradients.dweight.values, loss);
            VERIFY_GRADIENT(layer.normWeight, gradients.dnormWeight, loss);
            VERIFY_GRADIENT(layer.normBias, gradients.dnormBias, loss);
        }
        layer.weight = test::randomArray(rng, kOut, kIn / kGroups);
        layer.conv.groups = kGroups;
        const auto gathered = [&] { return reference::gatherForward(x, index); };
        const auto loss = [&] {
            return dot(reference::condensedConvForward(layer, index, x, statisticsOf(gathered())), dy);
        };
        const auto gradients =
            reference::condensedConvBackward(layer, index, x, statisticsOf(gathered()), dy, training);
        VERIFY_GRADIENT(x.values, gradients.dx.values, loss);
        VERIFY_GRADIENT(layer.weight.values, gradients.dweight.values, loss);
        VERIFY_GRADIENT(layer.normWeight, gradients.dnormWeight, loss);
        VERIFY_GRADIENT(layer.normBias, gradients.dnormBias, loss);
    }

    void crossEntropy() {
        Rng rng(8, RandomStream::kTest);
        Array logits = test::randomArray(rng, 3, 7, 1, 1, -4, 4);
        const std::vector<std::int64_t> target{6, 0, 3};
        VERIFY_GRADIENT(logits.values, reference::softmaxCrossEntropy(logits, target).dlogits.values,
                        [&] { return reference::softmaxCrossEntropy(logits, target).value; });
    }

    void crossEntropyOfHugeLogits() {
        Array logits(2, 3);
        logits.at(0, 0) = 1e4;  // the target's: no loss
        logits.at(1, 1) = 1e4;  // another's: the distance is the loss
        const std::vector<std::int64_t> target{0, 2};
        const auto loss = reference::softmaxCrossEntropy(logits, target);
        QCOMPARE(loss.value, 5e3);
        QCOMPARE(loss.top1, (std::vector<std::uint8_t>{1, 0}));
        QCOMPARE(loss.top5, (std::vector<std::uint8_t>{1, 1}));
    }

    // The mean and spread of 1, 2, 3, 6 by hand, and how they enter the running statistics.
    void statisticsByHand() {
        const std::vector<float> values{1, 2, 3, 6};
        const auto batch = reference::batchStatistics(Array(2, 1, 1, 2, values));
        QCOMPARE(batch.mean[0], 3.0);
        QCOMPARE(batch.variance[0], 3.5);
        reference::Statistics running{{1}, {1}, 0};
        reference::updateRunning(batch, running);
        QCOMPARE(running.mean[0], 0.9 * 1 + 0.1 * 3);
        QCOMPARE(running.variance[0], 0.9 * 1 + 0.1 * 14 / 3);
    }

    void nesterovByHand() {
        std::vector<double> p{1}, buffer{0};
        const std::vector<double> gradient{0.5};
        reference::sgdStep({0.1, 0.9, 0.01, true}, gradient, p, buffer);
        QCOMPARE(buffer[0], 0.51);
        QCOMPARE(p[0], 1 - 0.1 * (0.51 + 0.9 * 0.51));
    }
};

QTEST_GUILESS_MAIN(ReferenceTest)
#include "tst_reference.moc"
