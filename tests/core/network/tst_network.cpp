// The whole network against finite differences and against itself: condensed equals masked, any number of threads gives
// the same bits, a state goes out and in unchanged.
#include <QTest>

#include <algorithm>

#include "base/rng.h"
#include "condense/condense_step.h"
#include "condense/convert.h"
#include "network/network.h"
#include "ops/loss.h"
#include "ops/reference.h"
#include "ops/simd_target.h"

using namespace condenser;
using reference::Array;

namespace {

Tensor randomImages(int n, int h, int w, std::uint64_t seed) {
    Tensor images(n, 3, h, w);
    std::vector<float> values(static_cast<std::size_t>(n * 3 * h * w));
    Rng rng(seed, RandomStream::kTest);
    for (float& value : values) value = static_cast<float>(rng.normal());
    copyPacked(values, images.view());
    return images;
}

double lossOf(Network& network, const Tensor& images, const std::vector<std::int32_t>& targets, ThreadPool& pool) {
    const auto logits = network.forward(images.view(), Mode::kTrain, pool);
    return softmaxCrossEntropy(logits, network.spec().classes, targets, {}).loss;
}

double largestDifference(std::span<const float> a, std::span<const float> b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

// Logits as a textbook computes them, from the tensors of the network's state alone.
class PlainNetwork {
  public:
    PlainNetwork(Network& network, Mode mode)
        : m_spec(network.spec()),
          m_state(network.state()),
          m_dense(network.variant() == Variant::kDense),
          m_train(mode == Mode::kTrain) {}

    Array logits(const Array& images) const {
        Array x = reference::conv2dForward({m_spec.stemStride, 1, 1}, images, array("features.init_conv.weight"));
        for (int b = 0; b < m_spec.blocks(); ++b) {
            const std::string block = std::to_string(b + 1);
            for (int l = 0; l < m_spec.stages[static_cast<std::size_t>(b)]; ++l) {
                const std::string name = "features.denseblock_" + block + ".denselayer_" + std::to_string(l + 1);
                x = behind(x, convolution(pointwise(x, name + ".conv_1."), name + ".conv_2."));
            }
            if (b + 1 == m_spec.blocks()) break;
            if (m_spec.hasTransitions()) x = pointwise(x, "features.transition_" + block + ".conv.");
            x = reference::avgPool2Forward(x);
        }
        const Array normed =
            reference::batchNormForward(x, statistics(x, "features.norm_last."), values("features.norm_last.weight"),
                                        values("features.norm_last.bias"));
        return reference::linearForward(reference::globalPoolForward(reference::reluForward(normed)),
                                        array("classifier.weight"), values("classifier.bias"));
    }

  private:
    std::vector<double> values(const std::string& name) const {
        const auto floats = m_state.at(name).floats();
        return {floats.begin(), floats.end()};
    }
    Array array(const std::string& name) const {
        std::vector<int> shape(4, 1);
        std::ranges::transform(m_state.at(name).shape, shape.begin(),
                               [](std::int64_t n) { return static_cast<int>(n); });
        return {shape[0], shape[1], shape[2], shape[3], m_state.at(name).floats()};
    }
    reference::Statistics statistics(const Array& x, const std::string& norm) const {
        if (m_train) return reference::batchStatistics(x);
        return {values(norm + "running_mean"), values(norm + "running_var"), 0};
    }
    reference::NormReluConv layer(const std::string& name, reference::Conv2d conv) const {
        return {values(name + "norm.weight"), values(name + "norm.bias"), array(name + "conv.weight"), conv};
    }
    Array pointwise(const Array& x, const std::string& name) const {
        if (m_dense) {
            return reference::learnedGroupConvForward(layer(name, {}), array(name + "_mask"), x,
                                                      statistics(x, name + "norm."));
        }
        const auto index = m_state.at(name + "index").int64s();
        return reference::condensedConvForward(layer(name, {1, 0, m_spec.groups1x1}), index, x,
                                               statistics(reference::gatherForward(x, index), name + "norm."));
    }
    Array convolution(const Array& x, const std::string& name) const {
        return reference::normReluConvForward(layer(name, {1, 1, m_spec.groups3x3}), x, statistics(x, name + "norm."));
    }
    static Array behind(const Array& a, const Array& b) {
        Array both(a.n, a.c + b.c, a.h, a.w);
        for (int n = 0; n < a.n; ++n) {
            for (int c = 0; c < both.c; ++c) {
                for (int i = 0; i < a.h * a.w; ++i) {
                    both.at(n, c, i / a.w, i % a.w) =
                        c < a.c ? a.at(n, c, i / a.w, i % a.w) : b.at(n, c - a.c, i / a.w, i % a.w);
                }
            }
        }
        return both;
    }

    NetworkSpec m_spec;
    StateDict m_state;
    bool m_dense, m_train;
};

// Every norm another, so that whatever stands at a wrong place shows.
void scatterNorms(Network& network) {
    Rng rng(7, RandomStream::kTest);
    network.visitTensors([&](const TensorSlot& slot) {
        const bool isVariance = slot.name.ends_with("running_var");
        if (slot.name.find("norm") == std::string::npos) return;
        for (float& value : slot.value)
            value = static_cast<float>(isVariance ? 0.5 + rng.uniform() : 0.5 + rng.normal());
    });
}

}  // namespace

class TestNetwork : public QObject {
    Q_OBJECT
  private slots:
    void init() { QVERIFY(forceSimdTarget("").has_value()); }

    void gradientsAgreeWithFiniteDifferences_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("spec");
        QTest::addColumn<int>("stage");
        for (const std::string& target : simdTargets()) {
            for (int stage : {0, 1, 3}) {
                const QString name = QString::fromStdString(target);
                QTest::newRow(qPrintable(name + " odd maps, stage " + QString::number(stage)))
                    << name
                    << "condensenet:stages=2-1,growth=4-8,groups=2,condense=4,bottleneck=2,group3x3=2,classes=5,size="
                       "9x7"
                    << stage;
            }
            QTest::newRow(qPrintable(QString::fromStdString(target) + " stride 2"))
                << QString::fromStdString(target)
                << "condensenet:stages=1-1,growth=6-6,groups=3,condense=3,bottleneck=2,group3x3=3,classes=4,size=13x10,"
                   "stem_stride=2"
                << 1;
            // Odd maps, of which the poolings drop a row or a column.
            QTest::newRow(qPrintable(QString::fromStdString(target) + " DenseNet-BC"))
                << QString::fromStdString(target)
                << "densenet:stages=2-1-2,growth=3-4-3,bottleneck=2,classes=4,size=14x11" << 0;
            for (int stage : {0, 1}) {
                QTest::newRow(
                    qPrintable(QString::fromStdString(target) + " transitions, stage " + QString::number(stage)))
                    << QString::fromStdString(target)
                    << "condensenet:stages=2-1,growth=4-4,groups=2,condense=2,bottleneck=2,group3x3=2,classes=4,"
                       "size=7x5,compression=0.5"
                    << stage;
            }
        }
    }

    void gradientsAgreeWithFiniteDifferences() {
        QFETCH(QString, target);
        QFETCH(QString, spec);
        QFETCH(int, stage);
        QVERIFY(forceSimdTarget(target.toStdString()).has_value());
        ThreadPool pool(2);
        const auto parsed = parseNetworkSpec(spec.toStdString());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().text().c_str());
        Network network(*parsed, 3);
        if (stage > 0) condenseNetwork(network, stage, CondensingRules::kCorrected);
        const Tensor images = randomImages(5, parsed->height, parsed->width, 4);
        const std::vector<std::int32_t> targets{0, 1, 2, 3, 1};
        const auto logits = network.forward(images.view(), Mode::kTrain, pool);
        std::vector<float> dLogits(logits.size());
        softmaxCrossEntropy(logits, parsed->classes, targets, dLogits);
        network.zeroGradients();
        network.backward(images.view(), dLogits, pool);
        // Along one random direction a tensor: the sum over its elements tells of an error in any of them. A central
        // difference of float losses is good to about epsilon / step + step^2, some 3e-4 of the loss here; a larger
        // step crosses more kinks of ReLUs.
        std::uint64_t number = 0;
        network.visitTensors([&](const TensorSlot& slot) {
            if (!slot.isParameter()) return;
            Rng rng(9, RandomStream::kTest, ++number);
            std::vector<float> before(slot.value.begin(), slot.value.end()), direction(before.size());
            double norm = 0;
            for (float& d : direction) {
                d = static_cast<float>(rng.normal());
                norm += static_cast<double>(d) * static_cast<double>(d);
            }
            double expected = 0;
            for (std::size_t i = 0; i < direction.size(); ++i) {
                direction[i] = static_cast<float>(static_cast<double>(direction[i]) / std::sqrt(norm));
                expected += static_cast<double>(direction[i]) * static_cast<double>(slot.gradient[i]);
            }
            const float step = 5e-4f;
            double losses[2];
            for (int side = 0; side < 2; ++side) {
                for (std::size_t i = 0; i < before.size(); ++i)
                    slot.value[i] = before[i] + (side == 0 ? step : -step) * direction[i];
                losses[side] = lossOf(network, images, targets, pool);
            }
            std::copy(before.begin(), before.end(), slot.value.begin());
            const double measured = (losses[0] - losses[1]) / (2.0 * static_cast<double>(step));
            QVERIFY2(std::abs(measured - expected) <= 2e-3 + 2e-2 * std::abs(expected),
                     qPrintable(QString("%1: gradient %2, difference %3")
                                    .arg(QString::fromStdString(slot.name))
                                    .arg(expected)
                                    .arg(measured)));
        });
    }

    // Dense at a stage, and converted at the last, for every instruction set; 7x5 maps lose a row and a column.
    void logitsAreThoseOfThePlainOperators_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("spec");
        QTest::addColumn<int>("stage");
        for (const std::string& target : simdTargets()) {
            const QString name = QString::fromStdString(target);
            QTest::newRow(qPrintable(name + " DenseNet-BC"))
                << name << "densenet:stages=2-1-2,growth=3-4-3,bottleneck=2,classes=4,size=14x11" << 0;
            for (int stage : {0, 2, 3}) {
                QTest::newRow(qPrintable(name + " transitions, stage " + QString::number(stage)))
                    << name
                    << "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,group3x3=4,classes=5,size=7x5,"
                       "compression=0.75"
                    << stage;
            }
        }
    }

    void logitsAreThoseOfThePlainOperators() {
        QFETCH(QString, target);
        QFETCH(QString, spec);
        QFETCH(int, stage);
        QVERIFY(forceSimdTarget(target.toStdString()).has_value());
        ThreadPool pool(2);
        const auto parsed = parseNetworkSpec(spec.toStdString());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().text().c_str());
        Network network(*parsed, 3);
        scatterNorms(network);
        if (stage > 0) condenseNetwork(network, stage, CondensingRules::kCorrected);
        const Tensor images = randomImages(4, parsed->height, parsed->width, 4);
        const auto agrees = [&](Network& tried) {
            for (const Mode mode : {Mode::kEval, Mode::kTrain}) {
                const Array expected = PlainNetwork(tried, mode).logits(Array(images.view()));
                const auto logits = tried.forward(images.view(), mode, pool);
                QVERIFY(largestDifference(logits, expected.toFloats()) < 2e-5);
            }
        };
        agrees(network);
        if (stage != parsed->condenseFactor - 1) return;
        auto condensed = condensedNetwork(network);
        QVERIFY(condensed.has_value());
        agrees(*condensed);
    }

    void condensedEqualsMasked_data() {
        QTest::addColumn<QString>("spec");
        QTest::newRow("G = C = 4") << "condensenet:stages=2-2,growth=4-8,size=12,classes=6";
        QTest::newRow("G < C") << "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,size=11x6,classes=6";
        QTest::newRow("G > C") << "condensenet:stages=2-2,growth=8-8,groups=8,condense=2,group3x3=8,size=8,classes=6";
        QTest::newRow("transitions")
            << "condensenet:stages=2-2-1,growth=4-8-8,groups=2,condense=4,group3x3=2,size=13x9,"
               "classes=6,compression=0.5";
        QTest::newRow("C = 1") << "condensenet:stages=1-1,growth=4-4,groups=2,condense=1,group3x3=2,size=8,classes=6";
    }

    void condensedEqualsMasked() {
        QFETCH(QString, spec);
        const auto parsed = parseNetworkSpec(spec.toStdString());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().text().c_str());
        ThreadPool pool(2);
        Network network(*parsed, 5);
        condenseNetwork(network, parsed->condenseFactor - 1, CondensingRules::kCorrected);
        auto condensed = condensedNetwork(network);
        QVERIFY2(condensed.has_value(), condensed ? "" : condensed.error().text().c_str());
        QCOMPARE(condensed->variant(), Variant::kCondensed);
        for (int n : {1, 3, 20}) {
            const Tensor images = randomImages(n, parsed->height, parsed->width, 6);
            const auto dense = network.forward(images.view(), Mode::kEval, pool);
            const auto answer = condensed->forward(images.view(), Mode::kEval, pool);
            QVERIFY(largestDifference(dense, answer) < 1e-4);
        }
    }

    void givesTheSameBitsOnAnyNumberOfThreads() {
        const auto spec = parseNetworkSpec("condensenet:stages=2-2,growth=4-8,size=12,classes=6");
        const Tensor images = randomImages(21, 12, 12, 7);
        std::vector<float> first;
        for (int threads : {1, 2, 3, 8}) {
            ThreadPool pool(threads);
            Network network(*spec, 5);
            const auto logits = network.forward(images.view(), Mode::kTrain, pool);
            std::vector<float> dLogits(logits.begin(), logits.end());
            network.backward(images.view(), dLogits, pool);
            std::vector<float> gradients;
            network.visitTensors([&](const TensorSlot& slot) {
                gradients.insert(gradients.end(), slot.gradient.begin(), slot.gradient.end());
            });
            if (first.empty()) first = gradients;
            QVERIFY(gradients == first);
        }
    }

    void readsBackItsOwnState() {
        const auto spec = parseNetworkSpec("condensenet:stages=2-2,growth=4-8,size=12,classes=6");
        Network network(*spec, 8);
        condenseNetwork(network, 2, CondensingRules::kCorrected);
        StateDict state = network.state();
        auto again = Network::fromState(*spec, state);
        QVERIFY(again.has_value());
        QCOMPARE(condensingStageOf(*again), 2);
        for (const auto& [name, tensor] : again->state()) QVERIFY2(tensor.bytes == state.at(name).bytes, name.c_str());

        StateDict broken = state;
        broken.erase("features.norm_last.weight");
        const auto missing = Network::fromState(*spec, broken);
        QVERIFY(!missing && missing.error().why.find("features.norm_last.weight is missing") != std::string::npos);
        broken = state;
        broken["extra"] = broken["classifier.bias"];
        QVERIFY(!Network::fromState(*spec, broken));
        broken = state;
        auto* mask = reinterpret_cast<float*>(broken["features.denseblock_1.denselayer_1.conv_1._mask"].bytes.data());
        mask[0] = 1.0f - mask[0];
        QVERIFY(!Network::fromState(*spec, broken));
        broken = state;
        auto* stage = reinterpret_cast<float*>(broken["features.denseblock_1.denselayer_1.conv_1._stage"].bytes.data());
        stage[0] = 1e30f;
        QVERIFY(!Network::fromState(*spec, broken));
    }

    void refusesAnIndexOutOfRange() {
        const auto spec = parseNetworkSpec("condensenet:stages=1-1,growth=4-4,size=8,classes=3");
        Network network(*spec, 8);
        condenseNetwork(network, 3, CondensingRules::kCorrected);
        StateDict state = *condensedState(network, {0.5});
        QVERIFY(Network::fromState(*spec, state).has_value());
        for (const char* name : {"features.denseblock_1.denselayer_1.conv_1.index", "classifier.index"}) {
            for (std::int64_t bad : {std::int64_t{-1}, std::int64_t{1000}}) {
                StateDict broken = state;
                reinterpret_cast<std::int64_t*>(broken[name].bytes.data())[0] = bad;
                QVERIFY2(!Network::fromState(*spec, broken).has_value(), name);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
