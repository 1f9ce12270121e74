// The training step where it is our own: what is dropped stays dropped, and a loss that is not finite changes nothing.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rng.h"
#include "support/allocation_count.h"
#include "support/run_compare.h"
#include "train/learning_rate.h"
#include "train/trainer.h"

using namespace condenser;

namespace {

constexpr const char* kSpec =
    "condensenet:stages=1-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,classes=3,size=8";
// The same with a 1x1 between its blocks.
constexpr const char* kTransitionSpec =
    "condensenet:stages=2-1,growth=4-4,groups=2,condense=4,bottleneck=4,group3x3=2,classes=3,size=8,compression=0.5";
constexpr int kImages = 6, kSteps = 12;

Network makeNetwork(const char* text = kSpec) {
    const auto spec = parseNetworkSpec(text);
    if (!spec) qFatal("%s", spec.error().text().c_str());
    return Network(*spec, 1);
}

Tensor makeImages() {
    Tensor images(kImages, 3, 8, 8);
    std::vector<float> values(kImages * 3 * 8 * 8);
    Rng rng(2, RandomStream::kTest);
    for (float& value : values) value = static_cast<float>(rng.normal());
    copyPacked(values, images.view());
    return images;
}

TrainerOptions makeOptions(CondensingRules rules = CondensingRules::kCorrected, int steps = kSteps) {
    TrainerOptions options;
    options.totalSteps = steps;
    options.rules = rules;
    return options;
}

const std::vector<std::int32_t> kTargets{0, 1, 2, 0, 1, 2};

// Dropped weights that are not 0, and dropped ones whose momentum is not 0.
std::pair<int, int> leftovers(Network& network, const Trainer& trainer) {
    int weights = 0, velocities = 0;
    const StateDict momentum = trainer.momentum();
    network.visitTensors([&](const TensorSlot& slot) {
        for (std::size_t i = 0; i < slot.mask.size(); ++i) {
            if (slot.mask[i] != 0.0f) continue;
            weights += slot.value[i] != 0.0f;
            velocities += momentum.at(slot.name).floats()[i] != 0.0f;
        }
    });
    return {weights, velocities};
}

}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT

  private slots:
    void condensingOnceBeginsTheRateAnew() {
        for (const std::int64_t total : {1, 2, 7, 12}) {
            const std::int64_t half = (total + 1) / 2;
            for (std::int64_t t = 0; t < total; ++t) {
                const double rate = learningRate(Condensing::kOnce, 0.1, t, total);
                QCOMPARE(rate, t < half ? cosineRate(0.1, t, half) : cosineRate(0.1, t - half, total - half));
                if (t == 0 || t == half) QCOMPARE(rate, 0.1);
                QCOMPARE(learningRate(Condensing::kFixed, 0.1, t, total), cosineRate(0.1, t, total));
            }
        }
    }

    void eachWayCondensesWhenItIsDue() {
        const Tensor images = makeImages();
        for (const auto way : {Condensing::kOnce, Condensing::kFixed, Condensing::kRandom}) {
            ThreadPool pool(1);
            Network network = makeNetwork();
            TrainerOptions options = makeOptions();
            options.condensing = way;
            Trainer trainer(network, options, pool);
            for (int t = 0; t < kSteps; ++t) {
                const StepResult step = trainer.step(t, images.view(), kTargets);
                QCOMPARE(step.condensed.has_value(), t == (way == Condensing::kOnce ? kSteps / 2 : 0));
                if (step.condensed) QCOMPARE(step.condensed->kept, 0.25);
                QCOMPARE(leftovers(network, trainer), std::pair(0, 0));
            }
        }
    }

    void droppedWeightsStayZeroUnlessTheReferenceIsAsked() {
        const Tensor images = makeImages();
        for (const auto rules : {CondensingRules::kCorrected, CondensingRules::kReference}) {
            ThreadPool pool(2);
            Network network = makeNetwork();
            TrainerOptions options = makeOptions(rules);
            options.groupLassoLambda = 1e-3;
            Trainer trainer(network, options, pool);
            int condensings = 0;
            for (int t = 0; t < kSteps; ++t) {
                condensings += trainer.step(t, images.view(), kTargets).condensed.has_value();
                const auto [weights, velocities] = leftovers(network, trainer);
                if (rules == CondensingRules::kCorrected) {
                    QCOMPARE(weights, 0);
                    QCOMPARE(velocities, 0);
                } else if (condensings > 0) {
                    QVERIFY(weights > 0);
                    QVERIFY(velocities > 0);
                }
            }
            QCOMPARE(condensings, 3);
            QCOMPARE(condensingStageOf(network), 3);
        }
    }

    // A state that was trained by the reference holds weights behind its masks.
    void aStateFromElsewhereIsCleared() {
        ThreadPool pool(1);
        Network network = makeNetwork();
        condenseNetwork(network, 2, CondensingRules::kReference);
        QVERIFY(leftovers(network, Trainer(network, makeOptions(CondensingRules::kReference), pool)).first > 0);
        QCOMPARE(leftovers(network, Trainer(network, makeOptions(), pool)).first, 0);
    }

    void theLossFalls() {
        ThreadPool pool(1);
        Network network = makeNetwork();
        Trainer trainer(network, makeOptions(CondensingRules::kCorrected, 60), pool);
        const Tensor images = makeImages();
        const double first = trainer.step(0, images.view(), kTargets).crossEntropy;
        StepResult last;
        for (int t = 1; t < 60; ++t) last = trainer.step(t, images.view(), kTargets);
        QVERIFY2(last.crossEntropy < first / 10, qPrintable(QString("%1 to %2").arg(first).arg(last.crossEntropy)));
        QCOMPARE(last.correct, kImages);
    }

    // Given up between any two layers, a step leaves no trace: done again, it comes to the same bits.
    void aStepThatIsGivenUpLeavesNoTrace_data() {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<int>("kernels");  // two a layer, one a transition
        QTest::newRow("poolings") << QByteArray(kSpec) << 4;
        QTest::newRow("transitions") << QByteArray(kTransitionSpec) << 7;
    }
    void aStepThatIsGivenUpLeavesNoTrace() {
        QFETCH(QByteArray, spec);
        QFETCH(int, kernels);
        const Tensor images = makeImages();
        ThreadPool pool(2);
        TrainerOptions options = makeOptions();
        options.groupLassoLambda = 1e-3;
        Network straight = makeNetwork(spec.constData()), interrupted = makeNetwork(spec.constData());
        Trainer straightTrainer(straight, options, pool), trainer(interrupted, options, pool);
        int condensings = 0;
        for (int t = 0; t < kSteps; ++t) {
            const StepResult expected = straightTrainer.step(t, images.view(), kTargets);
            condensings += expected.condensed.has_value();
            int places = 0;
            StepResult result;
            for (result.givenUp = true; result.givenUp; ++places) {
                const StateDict before = interrupted.state(), momentum = trainer.momentum();
                const bool condenses = trainer.stageDue(t) > condensingStageOf(interrupted);
                int asked = 0;
                result = trainer.step(t, images.view(), kTargets, [&] { return asked++ == places; });
                if (!result.givenUp) {
                    QCOMPARE(result.loss, expected.loss);
                } else if (!condenses) {
                    QCOMPARE(test::bitDifference(before, interrupted.state()), std::string());
                    QCOMPARE(test::bitDifference(momentum, trainer.momentum()), std::string());
                }
            }
            QCOMPARE(places, 2 * kernels + 1);  // forward and backward
            QCOMPARE(test::bitDifference(straight.state(), interrupted.state()), std::string());
            QCOMPARE(test::bitDifference(straightTrainer.momentum(), trainer.momentum()), std::string());
        }
        QCOMPARE(condensings, 3);
    }

    void aLossThatIsNotFiniteChangesNoWeight() {
        ThreadPool pool(1);
        Network network = makeNetwork();
        Trainer trainer(network, makeOptions(), pool);
        Tensor images = makeImages();
        trainer.step(0, images.view(), kTargets);
        const auto parameters = [&] {
            std::vector<float> all;
            network.visitTensors([&](const TensorSlot& slot) {
                if (slot.isParameter()) all.insert(all.end(), slot.value.begin(), slot.value.end());
            });
            return all;
        };
        const std::vector<float> before = parameters();
        std::vector<float> pixels = images.toPacked();
        pixels[7] = std::numeric_limits<float>::quiet_NaN();
        copyPacked(pixels, images.view());
        QVERIFY(!std::isfinite(trainer.step(1, images.view(), kTargets).loss));
        QCOMPARE(parameters(), before);
    }

    // At each condensing stage, once the step before it has made its tables; with the group lasso and without.
    void aSteadyStepAllocatesNothing_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<double>("lambda");
        QTest::addColumn<QByteArray>("spec");
        for (int threads = 1; threads <= 3; ++threads) {
            QTest::addRow("%d threads", threads) << threads << 0.0 << QByteArray(kSpec);
            QTest::addRow("%d threads, lasso", threads) << threads << 1e-4 << QByteArray(kSpec);
            QTest::addRow("%d threads, transitions", threads) << threads << 1e-4 << QByteArray(kTransitionSpec);
        }
    }
    void aSteadyStepAllocatesNothing() {
        QFETCH(int, threads);
        QFETCH(double, lambda);
        QFETCH(QByteArray, spec);
        ThreadPool pool(threads);
        Network network = makeNetwork(spec.constData());
        TrainerOptions options = makeOptions();
        options.groupLassoLambda = lambda;
        Trainer trainer(network, options, pool);
        const Tensor images = makeImages();
        int steady = 0;
        bool condensedBefore = true;  // as good as: the first step takes the memory
        for (int t = 0; t < kSteps; ++t) {
            const std::int64_t before = test::allocations();
            const bool condensed = trainer.step(t, images.view(), kTargets).condensed.has_value();
            if (!condensed && !condensedBefore) {
                QCOMPARE(test::allocations() - before, 0);
                ++steady;
            }
            condensedBefore = condensed;
        }
        QVERIFY(steady >= kSteps / 3);
        const std::int64_t before = test::allocations();
        const Network another = makeNetwork();
        QVERIFY(test::allocations() > before);  // the count counts
    }

    // Chunks and sums depend on the batch alone; odd maps, G != C, a stem with a stride, and chunks of several images.
    void theSameBitsOnAnyNumberOfThreads_data() {
        QTest::addColumn<QString>("transitions");
        QTest::newRow("poolings") << "";
        QTest::newRow("transitions") << ",compression=0.5";
    }
    void theSameBitsOnAnyNumberOfThreads() {
        QFETCH(QString, transitions);
        const auto spec = parseNetworkSpec(
            "condensenet:stages=2-1,growth=6-6,groups=2,condense=3,bottleneck=2,group3x3=3,classes=3,size=17x12,"
            "stem_stride=2" +
            transitions.toStdString());
        QVERIFY(spec.has_value());
        constexpr int kBatch = 37;
        Tensor images(kBatch, 3, 17, 12);
        Rng rng(3, RandomStream::kTest);
        for (int n = 0; n < kBatch; ++n) {
            for (int c = 0; c < 3; ++c) {
                std::generate_n(images.view().plane(n, c), 17 * 12, [&] { return static_cast<float>(rng.normal()); });
            }
        }
        std::vector<std::int32_t> targets;
        for (int n = 0; n < kBatch; ++n) targets.push_back(n % 3);
        StateDict first;
        for (const int threads : {1, 2, 3, 5}) {
            ThreadPool pool(threads);
            Network network(*spec, 1);
            TrainerOptions options = makeOptions();
            options.groupLassoLambda = 1e-4;
            Trainer trainer(network, options, pool);
            for (int t = 0; t < kSteps; ++t) trainer.step(t, images.view(), targets);
            QCOMPARE(condensingStageOf(network), 2);
            StateDict state = network.state();
            for (auto& [name, tensor] : trainer.momentum()) state["momentum." + name] = tensor;
            if (first.empty()) first = state;
            for (const auto& [name, tensor] : state) QVERIFY2(tensor.bytes == first.at(name).bytes, name.c_str());
        }
    }

    void momentumGoesOutAndIn() {
        ThreadPool pool(1);
        Network network = makeNetwork();
        Trainer trainer(network, makeOptions(), pool);
        const Tensor images = makeImages();
        trainer.step(0, images.view(), kTargets);
        StateDict momentum = trainer.momentum();
        Trainer other(network, makeOptions(), pool);
        QVERIFY(other.loadMomentum(momentum).has_value());
        for (const auto& [name, tensor] : other.momentum()) QCOMPARE(tensor.bytes, momentum.at(name).bytes);
        momentum.erase("classifier.bias");
        const auto refused = other.loadMomentum(momentum);
        QVERIFY(!refused.has_value());
        QVERIFY(refused.error().text().find("classifier.bias") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
