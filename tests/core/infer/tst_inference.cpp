// Inference: the plan's answers are the network's, plans are made when and only when they must be, and their weights
// are those of the moment they were made.
#include <QtTest>

#include <fmt/format.h>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "infer/inference.h"
#include "network/network.h"
#include "support/kernel_test.h"
#include "train/trainer.h"

using namespace condenser;
using test::ForcedTarget;

namespace {

constexpr const char* kSpec =
    "condensenet:stages=2-2,growth=4-8,groups=2,condense=2,bottleneck=4,group3x3=2,classes=5,size=9x13";

// What is summed for a logit on the longest way through the network: the stem, two layers, a pooling, two layers, the
// mean over at most 8 x 8 pixels, the classifier; and 2 for each norm.
constexpr int kTerms = 27 + (8 + 72) + (12 + 72) + 4 + (16 + 144) + (24 + 144) + 64 + 32 + 9 * 2;

NetworkSpec specOf(const char* text) {
    const auto spec = parseNetworkSpec(text);
    if (!spec) qFatal("%s", spec.error().text().c_str());
    return *spec;
}

Tensor pictures(int n, int h, int w) {
    Rng rng(5, RandomStream::kTest);
    return test::poisonedTensor(test::randomArray(rng, n, 3, h, w, -2, 2));
}

// A few steps of training, so that norms and masks matter.
void train(Network& network, ThreadPool& pool, int steps) {
    const Tensor images = pictures(6, 9, 13);
    TrainerOptions options;
    options.totalSteps = steps;
    Trainer trainer(network, options, pool);
    for (int t = 0; t < steps; ++t) trainer.step(t, images.view(), std::vector<std::int32_t>{0, 1, 2, 3, 4, 0});
}

std::vector<float> copied(std::span<const float> logits) {
    return {logits.begin(), logits.end()};
}

// Where `got` leaves `expected`; empty if nowhere. Both are float, and may each be off by sumError() of what all values
// on the way are summed from: taken as a share of the largest logit, because a logit may be small by cancellation.
std::string difference(std::span<const float> got, std::span<const float> expected) {
    if (got.size() != expected.size()) return fmt::format("{} logits, not {}", got.size(), expected.size());
    double largest = 0;
    for (const float logit : expected) largest = std::max(largest, std::abs(static_cast<double>(logit)));
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
        if (!(error <= 2 * test::sumError(kTerms) * largest))
            return fmt::format("logit {}: {:.3g} off, of {:.3g}", i, error, largest);
    }
    return {};
}

}  // namespace

class InferenceTest : public QObject {
    Q_OBJECT

  private slots:
    void answersAsTheNetwork_data() { test::addTargetRows(); }
    void answersAsTheNetwork() {
        const ForcedTarget forced;
        ThreadPool pool(2);
        Network network(specOf(kSpec), 7);
        const auto verify = [&](Network& which, const char* state) {
            for (const auto& [n, h, w] : {std::tuple{3, 9, 13}, {1, 9, 13}, {2, 16, 16}, {2, 6, 5}}) {
                const Tensor x = pictures(n, h, w);
                Inference inference(which);
                const std::string wrong = difference(inference.run(x.view(), pool),  //
                                                     which.forward(x.view(), Mode::kEval, pool));
                QVERIFY2(wrong.empty(), fmt::format("{}, {} of {} x {}: {}", state, n, h, w, wrong).c_str());
            }
        };
        verify(network, "fresh");
        train(network, pool, 8);
        QCOMPARE(condensingStageOf(network), 1);
        verify(network, "pruned");
        for (const double keep : {1.0, 0.5}) {
            auto condensed = condensedNetwork(network, {keep});
            QVERIFY(condensed);
            verify(*condensed, "condensed");
        }
    }

    void plansAreMadeWhenTheyMustBe() {
        const Network network(specOf(kSpec), 7);
        ThreadPool one(1), three(3);
        std::vector<std::pair<int, int>> made;
        Inference inference([&](int h, int w) {
            made.push_back({h, w});
            return graphOf(network, h, w, DroppedConnections::kSkip);
        });
        const auto run = [&](int n, int h, int w, ThreadPool& pool) {
            const Tensor x = pictures(n, h, w);
            return copied(inference.run(x.view(), pool)).size();
        };
        const std::vector<std::pair<int, int>> first{{9, 13}}, second{{9, 13}, {13, 9}};
        inference.prepare(pictures(3, 9, 13).view(), one);
        QCOMPARE(made, first);
        QCOMPARE(run(3, 9, 13, one), std::size_t{15});
        QCOMPARE(run(1, 9, 13, one), std::size_t{5});
        QCOMPARE(run(3, 9, 13, one), std::size_t{15});
        QCOMPARE(made, first);
        QCOMPARE(run(3, 13, 9, one), std::size_t{15});  // size, of the same number of pixels
        QCOMPARE(made, second);
        run(2, 13, 9, one);
        QCOMPARE(made, second);
        run(4, 13, 9, one);  // more at a time
        QCOMPARE(made.size(), std::size_t{3});
        run(4, 13, 9, three);  // threads
        QCOMPARE(made.size(), std::size_t{4});
        run(4, 9, 9, three);
        QCOMPARE(made.back(), (std::pair{9, 9}));
        run(4, 13, 9, three);  // only the last is kept
        QCOMPARE(made.size(), std::size_t{6});
    }

    // A memory that was used before, by other pictures and other batches, leaves no trace.
    void theSameBitsForAnyBatchAndThreads_data() { test::addTargetRows(); }
    void theSameBitsForAnyBatchAndThreads() {
        const ForcedTarget forced;
        Network network(specOf(kSpec), 7);
        ThreadPool pools[] = {ThreadPool(1), ThreadPool(2), ThreadPool(3)};
        train(network, pools[0], 8);
        const int count = 5;
        const Tensor x = pictures(count, 17, 12);
        Inference whole(network);
        const std::vector<float> expected = copied(whole.run(x.view(), pools[0]));
        for (ThreadPool& pool : pools) {
            Inference inference(network);
            for (const int batch : {count, 1, 2, 3}) {
                std::vector<float> got;
                for (int first = 0; first < count; first += batch) {
                    const ConstView some = x.view().images(first, std::min(batch, count - first));
                    const auto rows = inference.run(some, pool);
                    got.insert(got.end(), rows.begin(), rows.end());
                }
                QCOMPARE(got, expected);
                const Tensor other = pictures(batch, 8, 8);
                inference.run(other.view(), pool);
            }
        }
    }

    void weightsAreThoseOfTheMoment() {
        ThreadPool pool(1);
        Network network(specOf(kSpec), 7);
        const Tensor x = pictures(2, 9, 13);
        Inference old(network);
        const std::vector<float> before = copied(old.run(x.view(), pool));
        train(network, pool, 8);
        QCOMPARE(copied(old.run(x.view(), pool)), before);
        Inference current(network);
        const std::vector<float> after = copied(current.run(x.view(), pool));
        QVERIFY(after != before);
        const std::string wrong = difference(after, network.forward(x.view(), Mode::kEval, pool));
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
};

QTEST_GUILESS_MAIN(InferenceTest)
#include "tst_inference.moc"
