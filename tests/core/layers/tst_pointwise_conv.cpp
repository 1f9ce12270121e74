// The learned group convolution and its condensed form against the reference, as the network drives them: all groups,
// with everything live, some of it dropped, and all that condensing drops.
#include <QtTest>

#include <fmt/format.h>

#include "layers/condense_conv.h"
#include "layers/learned_group_conv.h"
#include "ops/reference_condensing.h"
#include "support/norm_conv_test.h"

using namespace condenser;
using reference::Array;

namespace {

struct Outcome {
    std::vector<float> y, dx, dweight, dnormWeight, dnormBias;
};

std::vector<double> randomValues(Rng& rng, int count, double low, double high) {
    const auto floats = test::randomFloats(rng, static_cast<std::size_t>(count), low, high);
    return {floats.begin(), floats.end()};
}

std::vector<float> toFloats(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

// A layer's tensors out of the reference's.
template <class Layer>
void load(Layer& layer, const reference::NormReluConv& from, const reference::Statistics& running) {
    BatchNorm& norm = layer.conv.input.norm;
    norm.weight = toFloats(from.normWeight);
    norm.bias = toFloats(from.normBias);
    norm.runningMean = toFloats(running.mean);
    norm.runningVar = toFloats(running.variance);
    layer.conv.weight = from.weight.toFloats();
}

template <class Layer>
Outcome run(Layer& layer, const Array& x, const Array& dy, Mode mode, ThreadPool& pool) {
    const Tensor gradients = test::poisonedTensor(dy);
    Tensor dx(x.n, x.c, x.h, x.w), y = test::poisonedTensor(dy);
    Features features;
    features.reshape(x.n, x.c, x.h, x.w, dx.view());
    copyPacked(x.toFloats(), features.value());
    for (int n = 0; n < x.n; ++n) features.measureImage(n, 0, x.c);
    features.mergeMoments(0, x.c);

    std::vector<Scratch> scratch(static_cast<std::size_t>(pool.size()));
    PointwiseConv& conv = layer.conv;
    conv.prepareForward(features, mode);
    pool.parallelFor(static_cast<std::size_t>(x.n), [&](std::size_t n, int worker) {
        conv.forwardImage(features, static_cast<int>(n), y.view(), scratch[static_cast<std::size_t>(worker)]);
    });
    conv.prepareBackward(x.n);
    pool.parallelFor(static_cast<std::size_t>(chunkCount(x.n)), [&](std::size_t chunk, int worker) {
        conv.backwardChunk(features, static_cast<int>(chunk), gradients.view(),
                           scratch[static_cast<std::size_t>(worker)]);
    });
    conv.finishBackward(features, mode);
    for (int n = 0; n < x.n; ++n) features.correctGradientImage(n, 0, x.c);
    return {y.toPacked(), dx.toPacked(), conv.dWeight, conv.input.norm.dWeight, conv.input.norm.dBias};
}

std::string compare(const Outcome& got, const Array& y, const reference::NormReluConvGradients& gradients,
                    const test::NormConvAllowance& allowed) {
    const struct {
        const char* name;
        const std::vector<float>& got;
        const std::vector<double>& expected;
        const std::vector<double>& allowed;
    } rows[] = {
        {"y", got.y, y.values, allowed.y.values},
        {"dx", got.dx, gradients.dx.values, allowed.dx.values},
        {"dweight", got.dweight, gradients.dweight.values, allowed.dweight.values},
        {"dnorm.weight", got.dnormWeight, gradients.dnormWeight, allowed.dnormWeight},
        {"dnorm.bias", got.dnormBias, gradients.dnormBias, allowed.dnormBias},
    };
    for (const auto& row : rows) {
        const std::string difference = test::difference(row.got, row.expected, row.allowed, 1);
        if (!difference.empty()) return fmt::format("{}: {}", row.name, difference);
    }
    return {};
}

struct Shape {
    int images, groups, condense, inputs, outputs;
    test::MapSize map;

    std::string text() const {
        return fmt::format("{} images of {}x{}, {} -> {} channels, G = {}, C = {}", images, map.h, map.w, inputs,
                           outputs, groups, condense);
    }
};

}  // namespace

class PointwiseConvTest : public QObject {
    Q_OBJECT

  private slots:
    void learnedAndCondensed_data() {
        QTest::addColumn<int>("groups");
        QTest::addColumn<bool>("training");
        for (int groups = 1; groups <= 8; ++groups) {
            QTest::newRow(fmt::format("{} groups, training", groups).c_str()) << groups << true;
            QTest::newRow(fmt::format("{} groups, evaluation", groups).c_str()) << groups << false;
        }
    }
    void learnedAndCondensed() {
        QFETCH(int, groups);
        QFETCH(bool, training);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(groups));
        const int condense = groups % 2 == 0 ? 4 : 3;
        const int inputs = groups * condense;
        const Shape shapes[] = {
            {8, groups, condense, inputs, groups, {1, 1}},         {8, groups, condense, inputs, 2 * groups, {1, 2}},
            {3, groups, condense, 2 * inputs, 3 * groups, {7, 7}}, {2, groups, condense, inputs, 2 * groups, {17, 12}},
            {37, groups, condense, inputs, 5 * groups, {3, 2}},    {2, groups, condense, inputs, groups, {33, 5}},
        };
        for (const Shape& shape : shapes) {
            for (const int stage : {0, 1, condense - 1}) {
                const std::string problem = problemOf(shape, stage, training, rng);
                QVERIFY2(problem.empty(), fmt::format("{}, stage {}, {}", shape.text(), stage, problem).c_str());
            }
        }
    }

    // Chunks depend on the batch, not on the threads.
    void sameBitsOnAnyNumberOfThreads() {
        Rng rng(2, RandomStream::kTest);
        const Array x = test::randomArray(rng, 21, 8, 5, 3), dy = test::randomArray(rng, 21, 12, 5, 3);
        const auto weight = test::randomFloats(rng, 96);
        Outcome first;
        for (const int threads : {1, 2, 7}) {
            ThreadPool pool(threads);
            LearnedGroupConv layer(8, 12, 4, 4);
            layer.conv.weight = weight;
            layer.drop({{0, 1}, {2, 3}, {1, 7}, {5, 6}}, 2);
            const Outcome got = run(layer, x, dy, Mode::kTrain, pool);
            if (first.y.empty()) first = got;
            QVERIFY(got.y == first.y && got.dx == first.dx && got.dweight == first.dweight);
            QVERIFY(got.dnormWeight == first.dnormWeight && got.dnormBias == first.dnormBias);
        }
    }

  private:
    // The learned layer at a stage, and after the last one its condensed form too.
    std::string problemOf(const Shape& shape, int stage, bool training, Rng& rng) {
        const int inputs = shape.inputs, groups = shape.groups, portion = inputs / shape.condense;
        reference::NormReluConv layer;
        layer.normWeight = randomValues(rng, inputs, 0.5, 1.5);
        layer.normWeight[0] = -layer.normWeight[0];
        layer.normBias = randomValues(rng, inputs, -0.5, 0.5);
        layer.weight = test::randomArray(rng, shape.outputs, inputs);
        const reference::Statistics running{randomValues(rng, inputs, -0.5, 0.5), randomValues(rng, inputs, 0.2, 2), 0};
        Array x = test::randomArray(rng, shape.images, inputs, shape.map.h, shape.map.w, -1, 2);
        const auto statisticsOf = [&](const Array& in) { return training ? reference::batchStatistics(in) : running; };
        test::avoidKinks(layer, x, statisticsOf);
        const Array dy = test::randomArray(rng, shape.images, shape.outputs, shape.map.h, shape.map.w);

        Array mask(shape.outputs, inputs);
        std::fill(mask.values.begin(), mask.values.end(), 1.0);
        const auto dropped = reference::inputsToDrop(layer.weight, mask, groups, 0, portion * stage);
        reference::drop(dropped, mask);

        const auto statistics = statisticsOf(x);
        const Array y = reference::learnedGroupConvForward(layer, mask, x, statistics);
        const auto gradients = reference::learnedGroupConvBackward(layer, mask, x, statistics, dy, training);
        reference::NormReluConv maskedLayer = layer;
        for (std::size_t i = 0; i < mask.values.size(); ++i) maskedLayer.weight.values[i] *= mask.values[i];
        const auto allowed = test::allowanceOf(maskedLayer, x, statistics, dy, training);
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            LearnedGroupConv product(inputs, shape.outputs, groups, shape.condense);
            load(product, layer, running);
            product.drop(dropped, portion * stage);
            const auto got = run(product, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
            const std::string problem = compare(got, y, gradients, allowed);
            if (!problem.empty()) return target + ", learned: " + problem;
        }
        return stage + 1 == shape.condense ? condensedProblem(shape, layer, mask, x, running, dy, training)
                                           : std::string();
    }

    std::string condensedProblem(const Shape& shape, const reference::NormReluConv& learned, const Array& mask,
                                 const Array& x, const reference::Statistics& running, const Array& dy, bool training) {
        const auto index = reference::conversionIndex(mask, shape.groups, shape.inputs / shape.condense);
        const auto gathered = [&](const std::vector<double>& values) {
            std::vector<double> chosen;
            for (const std::int64_t c : index) chosen.push_back(values[static_cast<std::size_t>(c)]);
            return chosen;
        };
        reference::NormReluConv layer;
        layer.normWeight = gathered(learned.normWeight);
        layer.normBias = gathered(learned.normBias);
        layer.weight = reference::convertedWeight(learned.weight, index, shape.groups);
        layer.conv.groups = shape.groups;
        const reference::Statistics chosen{gathered(running.mean), gathered(running.variance), 0};
        const Array in = reference::gatherForward(x, index);
        const auto statistics = training ? reference::batchStatistics(in) : chosen;
        const Array y = reference::condensedConvForward(layer, index, x, statistics);
        const auto gradients = reference::condensedConvBackward(layer, index, x, statistics, dy, training);
        auto allowed = test::allowanceOf(layer, in, statistics, reference::shuffleBackward(dy, shape.groups), training);
        allowed.y = reference::shuffleForward(allowed.y, shape.groups);
        // A channel that several groups read: their parts are added, each sum rounded.
        const auto parts = reference::normReluConvBackward(layer, in, statistics,
                                                           reference::shuffleBackward(dy, shape.groups), training);
        Array perReader = test::absolute(parts.dx);
        for (std::size_t i = 0; i < perReader.values.size(); ++i) {
            perReader.values[i] = allowed.dx.values[i] + test::sumError(2 * shape.groups) * perReader.values[i];
        }
        allowed.dx = reference::gatherBackward(perReader, index, x.c);
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            CondenseConv product(index, shape.outputs, shape.groups);
            load(product, layer, chosen);
            const auto got = run(product, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
            const std::string problem = compare(got, y, gradients, allowed);
            if (!problem.empty()) return target + ", condensed: " + problem;
        }
        return {};
    }

    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(PointwiseConvTest)
#include "tst_pointwise_conv.moc"
