// BN -> ReLU -> grouped 3x3 convolution against the reference, as the network drives it.
#include <QtTest>

#include <fmt/format.h>

#include "layers/grouped_conv.h"
#include "support/norm_conv_layer.h"

using namespace condenser;
using reference::Array;
using test::randomValues;
using test::toFloats;

class GroupedConvTest : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithTheReference_data() {
        QTest::addColumn<int>("groups");
        QTest::addColumn<bool>("training");
        for (int groups = 1; groups <= 8; ++groups) {
            QTest::newRow(fmt::format("{} groups, training", groups).c_str()) << groups << true;
            QTest::newRow(fmt::format("{} groups, evaluation", groups).c_str()) << groups << false;
        }
    }
    void agreesWithTheReference() {
        QFETCH(int, groups);
        QFETCH(bool, training);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(groups));
        const struct {
            int images, groupInputs, groupOutputs;
            test::MapSize map;
        } shapes[] = {{8, 4, 1, {1, 1}},   {8, 1, 2, {1, 2}},  {3, 2, 2, {7, 7}},
                      {2, 3, 1, {17, 12}}, {37, 1, 1, {3, 2}}, {2, 1, 3, {33, 5}}};
        for (const auto& shape : shapes) {
            const int inputs = groups * shape.groupInputs, outputs = groups * shape.groupOutputs;
            reference::NormReluConv layer;
            layer.normWeight = randomValues(rng, inputs, 0.5, 1.5);
            layer.normWeight.back() = -layer.normWeight.back();
            layer.normBias = randomValues(rng, inputs, -0.5, 0.5);
            layer.weight = test::randomArray(rng, outputs, shape.groupInputs, 3, 3);
            layer.conv = {1, 1, groups};
            const reference::Statistics running{randomValues(rng, inputs, -0.5, 0.5), randomValues(rng, inputs, 0.2, 2),
                                                0};
            Array x = test::randomArray(rng, shape.images, inputs, shape.map.h, shape.map.w, -1, 2);
            const auto statisticsOf = [&](const Array& in) {
                return training ? reference::batchStatistics(in) : running;
            };
            test::avoidKinks(layer, x, statisticsOf);
            const Array dy = test::randomArray(rng, shape.images, outputs, shape.map.h, shape.map.w);

            const auto statistics = statisticsOf(x);
            const Array y = reference::normReluConvForward(layer, x, statistics);
            const auto expected = reference::normReluConvBackward(layer, x, statistics, dy, training);
            const auto allowed = test::allowanceOf(layer, x, statistics, dy, training);
            for (const std::string& target : simdTargets()) {
                const test::ForcedTarget forced(target);
                GroupedConv3x3 product(inputs, outputs, groups);
                product.input.norm.weight = toFloats(layer.normWeight);
                product.input.norm.bias = toFloats(layer.normBias);
                product.input.norm.runningMean = toFloats(running.mean);
                product.input.norm.runningVar = toFloats(running.variance);
                product.weight = layer.weight.toFloats();
                const auto got = test::runLayer(product, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
                const std::string problem = test::differenceOf(got, y, expected, allowed);
                QVERIFY2(problem.empty(), fmt::format("{}, {} -> {} channels, {} images of {}x{}, {}", target, inputs,
                                                      outputs, shape.images, shape.map.h, shape.map.w, problem)
                                              .c_str());
            }
        }
    }

    void sameBitsOnAnyNumberOfThreads() {
        Rng rng(2, RandomStream::kTest);
        const Array x = test::randomArray(rng, 21, 8, 5, 3), dy = test::randomArray(rng, 21, 4, 5, 3);
        const auto weight = test::randomFloats(rng, 4 * 2 * 9);
        test::LayerOutcome first;
        for (const int threads : {1, 2, 7}) {
            ThreadPool pool(threads);
            GroupedConv3x3 layer(8, 4, 4);
            layer.weight = weight;
            const auto got = test::runLayer(layer, x, dy, Mode::kTrain, pool);
            if (first.y.empty()) first = got;
            QVERIFY(test::sameBits(got, first));
        }
    }

    // What the readers of the outputs deferred is applied to the gradient as it is read.
    void deferredCorrection_data() { test::addTargetRows(); }
    void deferredCorrection() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        constexpr int kInputs = 6, kOutputs = 4;
        reference::NormReluConv layer;
        layer.normWeight = randomValues(rng, kInputs, 0.5, 1.5);
        layer.normBias = randomValues(rng, kInputs, -0.5, 0.5);
        layer.weight = test::randomArray(rng, kOutputs, kInputs / 2, 3, 3);
        layer.conv = {1, 1, 2};
        Array x = test::randomArray(rng, 18, kInputs, 5, 7, -1, 2);
        test::avoidKinks(layer, x, reference::batchStatistics);
        const Array dy = test::randomArray(rng, x.n, kOutputs, x.h, x.w);
        const test::Deferred deferred[kOutputs] = {{0.5, -1.5}, {-0.25, 0.75}, {0, 0}, {0.125, 3}};

        GroupedConv3x3 product(kInputs, kOutputs, 2);
        product.input.norm.weight = toFloats(layer.normWeight);
        product.input.norm.bias = toFloats(layer.normBias);
        product.weight = layer.weight.toFloats();
        const auto got = test::runLayer(product, x, dy, Mode::kTrain, m_pool, deferred);
        const auto corrected = test::correctedGradient(got, dy, deferred);
        const auto statistics = reference::batchStatistics(x);
        auto errors = test::layerErrors(x, statistics, true);
        errors.dy = corrected.error;
        const std::string problem =
            test::differenceOf(got, reference::normReluConvForward(layer, x, statistics),
                               reference::normReluConvBackward(layer, x, statistics, corrected.dy, true),
                               test::allowanceOf(layer, x, statistics, corrected.dy, true, errors));
        QVERIFY2(problem.empty(), problem.c_str());
    }

  private:
    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(GroupedConvTest)
#include "tst_grouped_conv.moc"
