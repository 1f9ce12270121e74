// The learned group convolution and its condensed form against the reference, as the network drives them: all groups,
// with everything live, some of it dropped, and all that condensing drops.
#include <QtTest>

#include <fmt/format.h>

#include "layers/condense_conv.h"
#include "layers/learned_group_conv.h"
#include "ops/reference_condensing.h"
#include "support/norm_conv_layer.h"

using namespace condenser;
using reference::Array;
using test::randomValues;
using test::toFloats;

namespace {

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

reference::NormReluConv masked(reference::NormReluConv layer, const Array& mask) {
    for (std::size_t i = 0; i < mask.values.size(); ++i) layer.weight.values[i] *= mask.values[i];
    return layer;
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
        test::LayerOutcome first;
        for (const int threads : {1, 2, 7}) {
            ThreadPool pool(threads);
            LearnedGroupConv layer(8, 12, 4, 4);
            layer.conv.weight = weight;
            layer.drop({{0, 1}, {2, 3}, {1, 7}, {5, 6}}, 2);
            const auto got = test::runLayer(layer.conv, x, dy, Mode::kTrain, pool);
            if (first.y.empty()) first = got;
            QVERIFY(test::sameBits(got, first));
        }
    }

    // What the readers of the outputs deferred is applied to the gradient as it is read. Group 0 has lost an input.
    void deferredCorrection_data() { test::addTargetRows(); }
    void deferredCorrection() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        constexpr int kInputs = 6, kOutputs = 4;
        reference::NormReluConv layer;
        layer.normWeight = randomValues(rng, kInputs, 0.5, 1.5);
        layer.normBias = randomValues(rng, kInputs, -0.5, 0.5);
        layer.weight = test::randomArray(rng, kOutputs, kInputs);
        Array mask(kOutputs, kInputs);
        std::fill(mask.values.begin(), mask.values.end(), 1.0);
        reference::drop({{4}, {}}, mask);
        Array x = test::randomArray(rng, 18, kInputs, 5, 7, -1, 2);
        test::avoidKinks(layer, x, reference::batchStatistics);
        const Array dy = test::randomArray(rng, x.n, kOutputs, x.h, x.w);
        const test::Deferred deferred[kOutputs] = {{0.5, -1.5}, {-0.25, 0.75}, {0, 0}, {0.125, 3}};

        LearnedGroupConv product(kInputs, kOutputs, 2, 3);
        load(product, layer, {std::vector<double>(kInputs, 0.0), std::vector<double>(kInputs, 1.0), 0});
        product.drop({{4}, {}}, 1);
        const auto got = test::runLayer(product.conv, x, dy, Mode::kTrain, m_pool, deferred);
        const auto corrected = test::correctedGradient(got, dy, deferred);
        const auto statistics = reference::batchStatistics(x);
        auto errors = test::layerErrors(x, statistics, true);
        errors.dy = corrected.error;
        const std::string problem =
            test::differenceOf(got, reference::learnedGroupConvForward(layer, mask, x, statistics),
                               reference::learnedGroupConvBackward(layer, mask, x, statistics, corrected.dy, true),
                               test::allowanceOf(masked(layer, mask), x, statistics, corrected.dy, true, errors));
        QVERIFY2(problem.empty(), problem.c_str());
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
        const auto allowed = test::allowanceOf(masked(layer, mask), x, statistics, dy, training);
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            LearnedGroupConv product(inputs, shape.outputs, groups, shape.condense);
            load(product, layer, running);
            product.drop(dropped, portion * stage);
            const auto got = test::runLayer(product.conv, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
            const std::string problem = test::differenceOf(got, y, gradients, allowed);
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
            const auto got = test::runLayer(product.conv, x, dy, training ? Mode::kTrain : Mode::kEval, m_pool);
            const std::string problem = test::differenceOf(got, y, gradients, allowed);
            if (!problem.empty()) return target + ", condensed: " + problem;
        }
        return {};
    }

    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(PointwiseConvTest)
#include "tst_pointwise_conv.moc"
