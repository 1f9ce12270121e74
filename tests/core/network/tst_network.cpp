// The whole network against finite differences and against itself: condensed equals masked, any number of threads gives
// the same bits, a state goes out and in unchanged.
#include <QTest>

#include "base/rng.h"
#include "condense/condense_step.h"
#include "condense/convert.h"
#include "network/network.h"
#include "ops/loss.h"
#include "ops/simd_target.h"

using namespace condenser;

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
