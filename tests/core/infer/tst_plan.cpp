// Plans against the plain reference of their graphs, on every instruction set; and what a plan promises beside its
// numbers: the same bits on any threads, no allocation while it runs, nothing left behind in its memory.
#include "infer/compiled_plan.h"  // before Qt, which defines slots as a macro

#include <QtTest>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <set>
#include <thread>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "infer/baselines.h"
#include "infer/plan.h"
#include "infer/reference_graph.h"
#include "network/network.h"
#include "support/allocation_count.h"
#include "support/kernel_test.h"

using namespace condenser;

namespace {

// ---- networks -------------------------------------------------------------------------------------------------------

NetworkSpec specOf(const std::string& text) {
    const auto spec = parseNetworkSpec(text);
    if (!spec) qFatal("%s", spec.error().text().c_str());
    return *spec;
}

// With norms that matter: scales of both signs, some next to nothing.
Network randomNetwork(const NetworkSpec& spec, std::uint64_t seed) {
    StateDict state = Network(spec, seed).state();
    Rng rng(seed, RandomStream::kTest, 1);
    for (auto& [name, tensor] : state) {
        const bool variance = name.ends_with(".running_var"), weight = name.ends_with("norm.weight");
        const bool other = name.ends_with("norm.bias") || name.ends_with(".running_mean");
        if (!variance && !weight && !other) continue;
        std::vector<float> values =
            test::randomFloats(rng, static_cast<std::size_t>(tensor.elements()), other ? -0.3 : 0.5, other ? 0.3 : 1.5);
        if (weight) {
            for (float& value : values) {
                if (rng.below(4) == 0) value = -value;
                if (rng.below(16) == 0) value *= 1e-25f;
            }
        }
        tensor = StoredTensor::ofFloats(tensor.shape, values);
    }
    auto network = Network::fromState(spec, state);
    if (!network) qFatal("%s", network.error().text().c_str());
    return std::move(*network);
}

Network condensedOf(Network& network, double keep) {
    auto condensed = condensedNetwork(network, {keep});
    if (!condensed) qFatal("%s", condensed.error().text().c_str());
    return std::move(*condensed);
}

// 1 to 4 blocks of odd sizes; every number of groups, as far as the rules allow; of every third seed with transitions
// that have a convolution.
NetworkSpec randomSpec(std::uint64_t seed) {
    Rng rng(seed, RandomStream::kTest, 2);
    const auto oneOf = [&](std::initializer_list<int> numbers) {
        return numbers.begin()[rng.below(static_cast<std::uint32_t>(numbers.size()))];
    };
    for (;;) {
        NetworkSpec spec;
        const int blocks = rng.between(1, 4);
        spec.stages.clear();
        spec.growth.clear();
        for (int b = 0; b < blocks; ++b) {
            spec.stages.push_back(rng.between(1, 3));
            spec.growth.push_back(oneOf({3, 4, 6, 8, 12, 16, 20}));
        }
        spec.groups1x1 = oneOf({1, 2, 3, 4, 8});
        spec.condenseFactor = oneOf({2, 3, 4, 8});
        spec.groups3x3 = oneOf({1, 2, 3, 4});
        spec.bottleneck = oneOf({1, 2, 3, 4, 5});
        spec.classes = rng.between(1, 30);
        spec.height = rng.between(1 << blocks, 40);
        spec.width = rng.between(1 << blocks, 40);
        spec.stemStride = oneOf({1, 1, 2});
        if (seed % 3 == 0) spec.compression = rng.between(1, 16) / 16.0;
        if ((spec.hasTransitions() && blocks == 1) || spec.groups1x1 == spec.condenseFactor ||
            spec.mapSize(blocks - 1, spec.height) < 1 || spec.mapSize(blocks - 1, spec.width) < 1) {
            continue;
        }
        if (validateSpec(spec)) return spec;
    }
}

// ---- running --------------------------------------------------------------------------------------------------------

Tensor randomImages(int n, int h, int w, std::uint64_t seed) {
    Rng rng(seed, RandomStream::kTest, 3);
    return test::poisonedTensor(test::randomArray(rng, n, 3, h, w, -2, 2));
}

// The plan's memory begins with what another picture leaves.
std::vector<float> logitsOf(const Plan& plan, ConstView x, ThreadPool& pool) {
    PlanMemory memory = plan.makeMemory();
    std::vector<float> logits(static_cast<std::size_t>(x.n * plan.classes()));
    plan.run(x.images(x.n - 1, 1), logits, memory, pool);
    plan.run(x, logits, memory, pool);
    return logits;
}

std::vector<float> logitsOf(const Graph& graph, ConstView x, int threads) {
    ThreadPool pool(threads);
    return logitsOf(Plan(graph, x.n, threads), x, pool);
}

bool sameBits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

// What every product, bound and bias of these networks is rounded by is 2^-24 of it, in sums of up to some 500 terms
// through up to 100 layers. Roundings of a sum partly cancel: the plans of the networks below stay within a tenth of
// this share of the largest logit, and a wrong pixel does not. The promise to users is 1e-4.
constexpr double kLogitShare = 1e-5;

// Where `got` leaves `expected` by more than `share` of the largest logit; empty if nowhere.
std::string difference(std::span<const float> got, std::span<const float> expected, double share = kLogitShare) {
    double largest = 0;
    for (const float logit : expected) largest = std::max(largest, std::abs(static_cast<double>(logit)));
    return test::difference(got, std::vector<double>(expected.begin(), expected.end()),
                            std::vector<double>(expected.size(), largest), share);
}

template <class Step>
bool hasStep(const Graph& graph) {
    const CompiledPlan plan = compilePlan(graph, 1, 1);
    return std::any_of(plan.steps.begin(), plan.steps.end(),
                       [](const PlanStep& step) { return std::holds_alternative<Step>(step.op); });
}

// On every instruction set and several batches and threads; empty if all is as the reference says.
std::string planProblem(const Graph& graph, int h, int w, std::uint64_t seed) {
    const Tensor x = randomImages(3, h, w, seed);
    const std::vector<float> expected = referenceLogits(graph, x.view());
    for (const std::string& target : simdTargets()) {
        const test::ForcedTarget forced(target);
        const std::vector<float> batch = logitsOf(graph, x.view(), 1);
        const std::string wrong = difference(batch, expected);
        if (!wrong.empty()) return target + ", " + wrong;
        const std::size_t classes = static_cast<std::size_t>(graph.classes());
        if (!sameBits(logitsOf(graph, x.view().images(0, 1), 2), std::span(batch).first(classes))) {
            return target + ", other bits for one image on 2 threads";
        }
    }
    return {};
}

// Maps of every kind and, in the first block, strips.
const char* const kLargeSizes[] = {"100x60", "90x64", "101x56", "320x13"};

Graph largeGraph(const std::string& size) {
    const NetworkSpec spec =
        specOf("condensenet:stages=2-1,growth=8-8,groups=4,condense=4,classes=7,stem_stride=1,size=" + size);
    Network network = randomNetwork(spec, 11);
    condenseNetwork(network, 3, CondensingRules::kCorrected);
    return graphOf(condensedOf(network, 0.5), spec.height, spec.width, DroppedConnections::kSkip);
}

// The best instruction set, and for the small graph, whose name is empty, the least, too.
std::set<std::string> targetsFor(const QString& size) {
    const std::vector<std::string> targets = simdTargets();
    return {targets.front(), size.isEmpty() ? targets.back() : targets.front()};
}

Graph smallGraph() {
    const NetworkSpec spec =
        specOf("condensenet:stages=2-2-1,growth=8-8-16,groups=4,condense=2,group3x3=4,classes=6,size=19x22");
    return graphOf(randomNetwork(spec, 12), spec.height, spec.width, DroppedConnections::kCompute);
}

}  // namespace

class PlanTest : public QObject {
    Q_OBJECT

  private slots:
    // What the rest of this test relies on: these graphs reach every kind of step.
    void steps() {
        const Graph resnet = *baselineGraph("resnet-18", 33, 47, 1),
                    mobilenet = *baselineGraph("mobilenet-1.0", 47, 47, 1);
        QVERIFY(hasStep<PointwiseStep>(smallGraph()) && hasStep<TapConvStep>(smallGraph()));
        QVERIFY(!hasStep<StripStep>(smallGraph()));
        for (const char* size : kLargeSizes) QVERIFY2(hasStep<StripStep>(largeGraph(size)), size);
        QVERIFY(hasStep<FrameStep>(resnet) && hasStep<ConvolveStep>(resnet) && hasStep<PoolStep>(resnet));
        QVERIFY(hasStep<DepthwiseStep>(mobilenet) && hasStep<GlobalAverageStep>(mobilenet));
        QVERIFY(hasStep<LinearStep>(mobilenet));
    }

    void againstTheReference_data() {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 20; ++seed) QTest::addRow("%d", seed) << seed;
    }
    void againstTheReference() {
        QFETCH(int, seed);
        const auto number = static_cast<std::uint64_t>(seed);
        const NetworkSpec spec = randomSpec(number);
        const int h = spec.height, w = spec.width;
        Network network = randomNetwork(spec, number);
        const auto verify = [&](const Network& which, DroppedConnections dropped, const char* form) {
            const std::string problem = planProblem(graphOf(which, h, w, dropped), h, w, number);
            QVERIFY2(problem.empty(), fmt::format("{}, {}: {}", spec.text(), form, problem).c_str());
        };
        verify(network, DroppedConnections::kCompute, "dense");
        condenseNetwork(network, spec.condenseFactor / 2, CondensingRules::kCorrected);
        verify(network, DroppedConnections::kSkip, "half condensed");
        condenseNetwork(network, spec.condenseFactor - 1, CondensingRules::kCorrected);
        const Network condensed = condensedOf(network, 1.0);
        verify(condensed, DroppedConnections::kSkip, "condensed");
        verify(condensedOf(network, 0.5), DroppedConnections::kSkip, "condensed, half a classifier");

        // Dense and condensed are the same sums, but for zeros.
        const Tensor x = randomImages(3, h, w, number);
        const std::vector<float> dense = logitsOf(graphOf(network, h, w, DroppedConnections::kCompute), x.view(), 1);
        const std::string apart =
            difference(logitsOf(graphOf(condensed, h, w, DroppedConnections::kSkip), x.view(), 1), dense);
        QVERIFY2(apart.empty(), fmt::format("{}, dense and condensed: {}", spec.text(), apart).c_str());
    }

    void strips_data() {
        QTest::addColumn<QString>("size");
        for (const char* size : kLargeSizes) QTest::addRow("%s", size) << QString(size);
    }
    void strips() {
        QFETCH(QString, size);
        const Graph graph = largeGraph(size.toStdString());
        const std::string problem = planProblem(graph, graph.maps[0].height, graph.maps[0].width, 5);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void sameBits_data() {
        QTest::addColumn<QString>("size");
        QTest::addRow("small") << QString();
        for (const char* size : kLargeSizes) QTest::addRow("%s", size) << QString(size);
    }
    // Whatever the batch and the threads.
    void sameBits() {
        QFETCH(QString, size);
        const Graph graph = size.isEmpty() ? smallGraph() : largeGraph(size.toStdString());
        const int images = size.isEmpty() ? 64 : 5, h = graph.maps[0].height, w = graph.maps[0].width;
        const Tensor x = randomImages(images, h, w, 6);
        const auto classes = static_cast<std::size_t>(graph.classes());
        for (const std::string& target : targetsFor(size)) {
            const test::ForcedTarget forced(target);
            std::vector<float> alone;
            {
                ThreadPool pool(1);
                const Plan plan(graph, 1, 1);
                for (int n = 0; n < images; ++n) {
                    const std::vector<float> logits = logitsOf(plan, x.view().images(n, 1), pool);
                    alone.insert(alone.end(), logits.begin(), logits.end());
                }
            }
            QVERIFY(std::none_of(alone.begin(), alone.end(), [](float f) { return std::isnan(f); }));
            QVERIFY(!::sameBits(std::span(alone).first(classes), std::span(alone).subspan(classes, classes)));
            for (const int threads : {1, 2, 3, 5}) {
                ThreadPool pool(threads);
                const Plan plan(graph, images, threads);
                for (const int batch : std::set<int>{1, 2, 3, std::min(8, images), images}) {
                    const std::vector<float> logits = logitsOf(plan, x.view().images(0, batch), pool);
                    QVERIFY2(::sameBits(logits, std::span(alone).first(static_cast<std::size_t>(batch) * classes)),
                             fmt::format("{}, {} threads, batch {}", target, threads, batch).c_str());
                }
                // A pool of fewer threads than the plan was made for does, too.
                ThreadPool one(1);
                QVERIFY(::sameBits(logitsOf(plan, x.view().images(0, 2), one), std::span(alone).first(2 * classes)));
            }
        }
    }

    void allocatesNothing() {
        for (const Graph& graph : {smallGraph(), largeGraph(kLargeSizes[0])}) {
            const Tensor x = randomImages(4, graph.maps[0].height, graph.maps[0].width, 7);
            for (const int threads : {1, 3}) {
                ThreadPool pool(threads);
                const Plan plan(graph, 4, threads);
                PlanMemory memory = plan.makeMemory();
                std::vector<float> logits(static_cast<std::size_t>(4 * plan.classes()));
                std::vector<double> seconds(plan.layers().size());
                plan.run(x.view(), logits, memory, pool);
                const std::int64_t before = test::allocations();
                for (const int batch : {1, 2, 4}) {
                    plan.run(x.view().images(0, batch), logits, memory, pool);
                    plan.run(x.view().images(0, batch), logits, memory, pool, seconds);
                }
                QCOMPARE(test::allocations() - before, 0);
                const std::vector<float> floats(3);
                const AlignedBuffer buffer(3);
                QCOMPARE(test::allocations() - before, 2);  // the count counts
            }
        }
    }

    // Two threads, each with pools and memories of its own, on a plan that they share and on plans of their own.
    void severalAtOnce() {
        const Graph graph = smallGraph();
        constexpr int kImages = 3;
        const auto shared = std::make_shared<const Plan>(graph, kImages, 2);
        std::vector<Tensor> pictures;
        std::vector<std::vector<float>> expected;
        for (std::uint64_t seed : {21u, 22u}) {
            pictures.push_back(randomImages(kImages, graph.maps[0].height, graph.maps[0].width, seed));
            expected.push_back(logitsOf(graph, pictures.back().view(), 1));
        }
        QVERIFY(!::sameBits(expected[0], expected[1]));
        std::atomic<int> wrong{0};
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < 2; ++t) {
            threads.emplace_back([&, t] {
                ThreadPool pool(2);
                const Plan own(graph, kImages, 2);
                for (const Plan* plan : {shared.get(), &own, shared.get()}) {
                    PlanMemory memory = plan->makeMemory();
                    std::vector<float> logits(expected[t].size());
                    for (int run = 0; run < 5; ++run) {
                        plan->run(pictures[t].view(), logits, memory, pool);
                        if (!::sameBits(logits, expected[t])) ++wrong;
                    }
                }
            });
        }
        threads.clear();
        QCOMPARE(wrong.load(), 0);
    }

    // Other pictures, NaN among them, leave nothing behind; a NaN reaches the logits of its picture and no other.
    void leavesNothingBehind_data() { sameBits_data(); }
    void leavesNothingBehind() {
        QFETCH(QString, size);
        const Graph graph = size.isEmpty() ? smallGraph() : largeGraph(size.toStdString());
        const int h = graph.maps[0].height, w = graph.maps[0].width;
        const auto classes = static_cast<std::size_t>(graph.classes());
        const Tensor x = randomImages(3, h, w, 8);
        Tensor broken = x;
        broken.view().plane(1, 2)[h / 2 * w + w / 2] = std::numeric_limits<float>::quiet_NaN();
        for (const std::string& target : targetsFor(size)) {
            const test::ForcedTarget forced(target);
            for (const int threads : {1, 3}) {
                ThreadPool pool(threads);
                const Plan plan(graph, 3, threads);
                PlanMemory memory = plan.makeMemory();
                std::vector<float> first(3 * classes), second = first, third = first;
                plan.run(x.view(), first, memory, pool);
                plan.run(broken.view(), second, memory, pool);
                for (std::size_t i = 0; i < second.size(); ++i) QCOMPARE(std::isnan(second[i]), i / classes == 1);
                QVERIFY(::sameBits(std::span(second).first(classes), std::span(first).first(classes)));
                QVERIFY(::sameBits(std::span(second).last(classes), std::span(first).last(classes)));
                plan.run(broken.view().images(1, 1), std::span(second).first(classes), memory, pool);
                plan.run(x.view(), third, memory, pool);
                QVERIFY(::sameBits(third, first));
            }
        }
    }

    // Times are added to what stands there; all layers together take no longer than the call.
    void layerTimes() {
        for (const Graph& graph : {smallGraph(), largeGraph(kLargeSizes[0])}) {
            const Tensor x = randomImages(3, graph.maps[0].height, graph.maps[0].width, 9);
            for (const int threads : {1, 2}) {
                ThreadPool pool(threads);
                const Plan plan(graph, 3, threads);
                QCOMPARE(plan.layers().size(), graph.nodes.size());
                for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
                    QCOMPARE(plan.layers()[i].name, graph.nodes[i].name);
                    QCOMPARE(plan.layers()[i].macs, graphMacs(graph, graph.nodes[i]));
                }
                PlanMemory memory = plan.makeMemory();
                std::vector<float> logits(static_cast<std::size_t>(3 * plan.classes())), timed = logits;
                plan.run(x.view(), logits, memory, pool);
                std::vector<double> seconds(plan.layers().size(), 0.0), before;
                double wall = 0;
                for (int run = 0; run < 3; ++run) {
                    before = seconds;
                    const auto start = std::chrono::steady_clock::now();
                    plan.run(x.view(), timed, memory, pool, seconds);
                    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
                    for (std::size_t i = 0; i < seconds.size(); ++i) QVERIFY(seconds[i] >= before[i]);
                }
                QVERIFY(::sameBits(timed, logits));
                const double sum = std::accumulate(seconds.begin(), seconds.end(), 0.0);
                QVERIFY(sum > 0);
                QVERIFY(sum <= wall);
            }
        }
    }

    // The other kernels: strided and residual convolutions, depthwise ones, maximum pooling.
    void baselines_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("resnet-18") << "resnet-18" << 33 << 47;
        QTest::newRow("mobilenet-1.0") << "mobilenet-1.0" << 47 << 47;
    }
    void baselines() {
        QFETCH(QString, name);
        QFETCH(int, height);
        QFETCH(int, width);
        const auto graph = baselineGraph(name.toStdString(), height, width, 1);
        QVERIFY2(graph.has_value(), graph ? "" : graph.error().text().c_str());
        const Tensor x = randomImages(2, height, width, 10);
        const std::vector<float> expected = referenceLogits(*graph, x.view());
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            const std::vector<float> one = logitsOf(*graph, x.view(), 1);
            const std::string wrong = difference(one, expected);
            QVERIFY2(wrong.empty(), fmt::format("{}: {}", target, wrong).c_str());
            QVERIFY2(::sameBits(logitsOf(*graph, x.view(), 3), one), target.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(PlanTest)
#include "tst_plan.moc"
