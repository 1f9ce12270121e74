// BN -> ReLU -> grouped 3x3 convolution against the reference, as the network drives it.
#include <QtTest>

#include <fmt/format.h>

#include "layers/grouped_conv.h"
#include "support/norm_conv_test.h"

using namespace condenser;
using reference::Array;

namespace {

std::vector<double> randomValues(Rng& rng, int count, double low, double high) {
    const auto floats = test::randomFloats(rng, static_cast<std::size_t>(count), low, high);
    return {floats.begin(), floats.end()};
}

std::vector<float> toFloats(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

struct Outcome {
    std::vector<float> y, dx, dweight, dnormWeight, dnormBias;
};

Outcome run(GroupedConv3x3& layer, const Array& x, const Array& dy, Mode mode, ThreadPool& pool) {
    const Tensor gradients = test::poisonedTensor(dy);
    Tensor dx = test::poisonedTensor(x), y = test::poisonedTensor(dy);  // both overwritten
    Features features;
    features.reshape(x.n, x.c, x.h, x.w, dx.view());
    copyPacked(x.toFloats(), features.value());
    for (int n = 0; n < x.n; ++n) features.measureImage(n, 0, x.c);
    features.mergeMoments(0, x.c);

    std::vector<Scratch> scratch(static_cast<std::size_t>(pool.size()));
    layer.prepareForward(features, mode);
    pool.parallelFor(static_cast<std::size_t>(x.n), [&](std::size_t n, int worker) {
        layer.forwardImage(features, static_cast<int>(n), y.view(), scratch[static_cast<std::size_t>(worker)]);
    });
    layer.prepareBackward(features, x.n);
    pool.parallelFor(static_cast<std::size_t>(chunkCount(x.n)), [&](std::size_t chunk, int worker) {
        layer.backwardChunk(features, static_cast<int>(chunk), gradients.view(),
                            scratch[static_cast<std::size_t>(worker)]);
    });
    layer.finishBackward(features, mode);
    for (int n = 0; n < x.n; ++n) features.correctGradientImage(n, 0, x.c);
    return {y.toPacked(), dx.toPacked(), layer.dWeight, layer.input.norm.dWeight, layer.input.norm.dBias};
}

}  // namespace

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
                const Outcome got = run(product, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
                const std::string name = fmt::format("{}, {} -> {} channels, {} images of {}x{}", target, inputs,
                                                     outputs, shape.images, shape.map.h, shape.map.w);
                VERIFY_CLOSE(name + ", y", got.y, y.values, allowed.y.values, 1);
                VERIFY_CLOSE(name + ", dx", got.dx, expected.dx.values, allowed.dx.values, 1);
                VERIFY_CLOSE(name + ", dweight", got.dweight, expected.dweight.values, allowed.dweight.values, 1);
                VERIFY_CLOSE(name + ", dnorm.weight", got.dnormWeight, expected.dnormWeight, allowed.dnormWeight, 1);
                VERIFY_CLOSE(name + ", dnorm.bias", got.dnormBias, expected.dnormBias, allowed.dnormBias, 1);
            }
        }
    }

    void sameBitsOnAnyNumberOfThreads() {
        Rng rng(2, RandomStream::kTest);
        const Array x = test::randomArray(rng, 21, 8, 5, 3), dy = test::randomArray(rng, 21, 4, 5, 3);
        const auto weight = test::randomFloats(rng, 4 * 2 * 9);
        Outcome first;
        for (const int threads : {1, 2, 7}) {
            ThreadPool pool(threads);
            GroupedConv3x3 layer(8, 4, 4);
            layer.weight = weight;
            const Outcome got = run(layer, x, dy, Mode::kTrain, pool);
            if (first.y.empty()) first = got;
            QVERIFY(got.y == first.y && got.dx == first.dx && got.dweight == first.dweight);
            QVERIFY(got.dnormWeight == first.dnormWeight && got.dnormBias == first.dnormBias);
        }
    }

  private:
    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(GroupedConvTest)
#include "tst_grouped_conv.moc"
