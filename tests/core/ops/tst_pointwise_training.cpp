// The 1x1 convolution of training, with its norm and ReLU, against the plain reference: groups that read all channels,
// few, or none in common, as they do before, during and after condensing.
#include <QtTest>

#include <fmt/format.h>

#include <numeric>

#include "ops/pointwise_training.h"
#include "support/training_kernel_test.h"

using namespace condenser;
using reference::Array;
using test::MapsAmidOthers;

namespace {

enum class Reading { kAll, kDisjoint, kOverlapping, kTwice };
constexpr const char* kReadingNames[] = {"all channels", "disjoint channels", "some channels", "channels twice"};

// The layer's tables, and what the kernels are given with them.
struct Layer {
    int channels = 0, outputChannels = 0;  // of the features
    PointwiseTables tables;
    std::vector<int> channelOf, planeOf, outputOf;  // what the tables say: of a plane, of a pair, of an output
    std::vector<float> weight;
    std::vector<std::ptrdiff_t> rows, columns;
    std::vector<NormAffine> norms;  // [planes]

    std::size_t pairs() const { return planeOf.size(); }
    float weightOf(std::size_t output, std::size_t pair) const {
        return weight[static_cast<std::size_t>(rows[output] + columns[pair])];
    }
};

// Numbers below `count` in random order.
std::vector<int> shuffled(Rng& rng, int count) {
    std::vector<int> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) {
        std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
    }
    return order;
}

// Groups of up to so many inputs and outputs; one has as many. Where not all channels are read, two never are.
Layer randomLayer(Rng& rng, Reading reading, int groups, int mostInputs, int mostOutputs) {
    Layer layer;
    std::vector<int> inputsOf, outputsOf;
    for (int g = 0; g < groups; ++g) {
        const auto upTo = [&](int most) {
            return g == groups / 2 ? most : 1 + static_cast<int>(rng.below(static_cast<std::uint32_t>(most)));
        };
        inputsOf.push_back(upTo(mostInputs));
        outputsOf.push_back(upTo(mostOutputs));
    }
    layer.outputChannels = std::accumulate(outputsOf.begin(), outputsOf.end(), 0);
    switch (reading) {
        case Reading::kAll:
            layer.channels = mostInputs;
            std::fill(inputsOf.begin(), inputsOf.end(), mostInputs);
            break;
        case Reading::kDisjoint:
            layer.channels = std::accumulate(inputsOf.begin(), inputsOf.end(), 2);
            break;
        default:
            layer.channels = mostInputs + 4;
            break;
    }
    const std::vector<int> order = shuffled(rng, layer.channels);
    const int readable = reading == Reading::kAll ? layer.channels : layer.channels - 2;
    layer.channelOf.assign(order.begin(), order.begin() + readable);
    // A channel read at several positions has a norm at each.
    if (reading == Reading::kTwice)
        layer.channelOf.insert(layer.channelOf.end(), order.begin(), order.begin() + readable);
    const int planeCount = static_cast<int>(layer.channelOf.size());
    layer.outputOf = shuffled(rng, layer.outputChannels);

    std::vector<PointwiseTables::Group> tableGroups;
    std::size_t outputAt = 0, weightAt = 0;
    for (int g = 0; g < groups; ++g) {
        const int inputs = inputsOf[static_cast<std::size_t>(g)], outputs = outputsOf[static_cast<std::size_t>(g)];
        tableGroups.push_back({inputs, outputs, layer.pairs(), outputAt, weightAt});
        outputAt += static_cast<std::size_t>(outputs);
        weightAt += static_cast<std::size_t>(inputs * outputs);
        const std::vector<int> some = shuffled(rng, planeCount);
        for (int k = 0; k < inputs; ++k) {
            const int plane = reading == Reading::kDisjoint ? static_cast<int>(layer.planeOf.size())
                              : reading == Reading::kAll    ? k
                                                            : some[static_cast<std::size_t>(k)];
            layer.planeOf.push_back(plane);
            layer.columns.push_back(plane);
        }
    }
    for (const int output : layer.outputOf) layer.rows.push_back(std::ptrdiff_t{output} * planeCount);
    layer.weight = test::randomFloats(rng, static_cast<std::size_t>(layer.outputChannels * planeCount));
    layer.norms = test::randomNorms(rng, planeCount);
    layer.tables = {tableGroups, layer.channelOf, layer.planeOf, layer.outputOf};
    return layer;
}

template <class Values>
std::vector<std::int64_t> wide(const Values& values) {
    return {values.begin(), values.end()};
}

// The same for the reference: an input channel a pair, an output channel a place in the tables, and zeros for weights
// between groups.
struct Reference {
    reference::NormReluConv layer;
    reference::Statistics statistics;
    std::vector<std::int64_t> channelOfPair;
    int mostInputs = 0, mostOutputs = 0;  // of a group
};
Reference referenceOf(const Layer& layer) {
    Reference result;
    std::vector<NormAffine> norms;
    for (const int plane : layer.planeOf) {
        norms.push_back(layer.norms[static_cast<std::size_t>(plane)]);
        result.channelOfPair.push_back(layer.channelOf[static_cast<std::size_t>(plane)]);
    }
    result.statistics = test::setNorms(result.layer, norms);
    result.layer.weight = Array(layer.outputChannels, static_cast<int>(layer.pairs()));
    for (const PointwiseTables::Group& group : layer.tables.groups) {
        result.mostInputs = std::max(result.mostInputs, group.inputs);
        result.mostOutputs = std::max(result.mostOutputs, group.outputs);
        for (std::size_t m = group.outputAt; m < group.outputAt + static_cast<std::size_t>(group.outputs); ++m) {
            for (std::size_t k = group.pairAt; k < group.pairAt + static_cast<std::size_t>(group.inputs); ++k) {
                result.layer.weight.at(static_cast<int>(m), static_cast<int>(k)) =
                    static_cast<double>(layer.weightOf(m, k));
            }
        }
    }
    return result;
}

// Moves values of x until none is at a kink of a norm that reads it.
void avoidKinks(const Reference& layer, Array& x) {
    constexpr double kMargin = 2e-4;
    for (bool moved = true; moved;) {
        moved = false;
        const Array pre = reference::batchNormForward(reference::gatherForward(x, layer.channelOfPair),
                                                      layer.statistics, layer.layer.normWeight, layer.layer.normBias);
        for (int n = 0; n < x.n; ++n) {
            for (int p = 0; p < pre.c; ++p) {
                if (layer.layer.normWeight[static_cast<std::size_t>(p)] == 0) continue;
                for (int j = 0; j < x.h; ++j) {
                    for (int i = 0; i < x.w; ++i) {
                        if (std::abs(pre.at(n, p, j, i)) >= kMargin) continue;
                        double& value =
                            x.at(n, static_cast<int>(layer.channelOfPair[static_cast<std::size_t>(p)]), j, i);
                        value = static_cast<double>(static_cast<float>(value + 0.01));
                        moved = true;
                    }
                }
            }
        }
    }
}

// dx with what was there before, and how far off the sum may be: what the pairs of a channel give is rounded as it is
// added.
struct Added {
    Array value, allowed;
};
Added addedTo(const Array& before, const Reference& layer, const Array& dx, const Array& allowed) {
    Added result{before, reference::gatherBackward(allowed, layer.channelOfPair, before.c)};
    const Array sum = reference::gatherBackward(dx, layer.channelOfPair, before.c);
    const Array size = reference::gatherBackward(test::absolute(dx), layer.channelOfPair, before.c);
    std::vector<int> readers(static_cast<std::size_t>(before.c));
    for (const std::int64_t channel : layer.channelOfPair) ++readers[static_cast<std::size_t>(channel)];
    const std::size_t pixels = static_cast<std::size_t>(before.h * before.w);
    for (std::size_t i = 0; i < before.values.size(); ++i) {
        const int adds = readers[i / pixels % readers.size()];
        result.value.values[i] += sum.values[i];
        result.allowed.values[i] +=
            adds * test::kUnitRoundoff * (std::abs(before.values[i]) + size.values[i] + result.allowed.values[i]);
    }
    return result;
}

struct Gradients {
    std::vector<float> dx, dw;
    std::vector<NormSums> sums;
};

}  // namespace

class PointwiseTrainingTest : public QObject {
    Q_OBJECT

  private slots:
    void cleanupTestCase() {
        qInfo("%d cases, largest error: y %.3f, dx %.3f, dw %.3f, norm sums %.3f of what is allowed", m_cases,
              m_y.share(), m_dx.share(), m_dw.share(), m_sums.share());
    }

    void agreesWithTheReference_data() {
        QTest::addColumn<int>("groups");
        for (int groups = 1; groups <= 8; ++groups) QTest::newRow(fmt::format("{} groups", groups).c_str()) << groups;
    }
    void agreesWithTheReference() {
        QFETCH(int, groups);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(groups));
        constexpr int kInputs[] = {1, 2, 3, 5, 6, 7, 13}, kOutputs[] = {1, 2, 3, 5, 7, 11, 9}, kImages[] = {1, 2, 4, 5};
        constexpr int kPairs = 7 * 7;
        int number = groups;
        for (const test::MapSize size : test::kTrainingMaps) {
            const int pixels = size.h * size.w, tries = pixels <= 8 ? 30 : pixels <= 64 ? 8 : groups > 4 ? 1 : 2;
            for (int i = 0; i < tries; ++i) {
                const int pair = ++number * 11 % kPairs;
                const int images = pixels <= 8 && number % 5 == 0 ? 37 : kImages[number % 4];
                const auto reading = static_cast<Reading>(number / 2 % 4);
                const std::string problem = problemOf(
                    randomLayer(rng, reading, groups, kInputs[pair / 7], kOutputs[pair % 7]), size, images, rng);
                QVERIFY2(problem.empty(),
                         fmt::format("{} images of {}x{}, groups of up to {} inputs and {} outputs read {}, {}", images,
                                     size.h, size.w, kInputs[pair / 7], kOutputs[pair % 7],
                                     kReadingNames[static_cast<int>(reading)], problem)
                             .c_str());
            }
        }
    }

    // Groups of many outputs, which read their inputs from a panel, and of many inputs.
    void largeGroups() {
        Rng rng(2, RandomStream::kTest);
        for (const test::MapSize size : {test::MapSize{1, 1}, {7, 7}, {8, 8}, {3, 21}, {14, 14}}) {
            for (const int outputs : {64, 65, 79}) {
                const std::string problem =
                    problemOf(randomLayer(rng, Reading::kOverlapping, 2, 29, outputs), size, 2, rng);
                QVERIFY2(problem.empty(),
                         fmt::format("{}x{}, {} outputs, {}", size.h, size.w, outputs, problem).c_str());
            }
        }
    }

  private:
    std::string problemOf(const Layer& layer, test::MapSize size, int imageCount, Rng& rng) {
        ++m_cases;
        const Reference reference = referenceOf(layer);
        // Around the means of the planes; a channel with several has the first one's.
        const auto statisticsOfChannels = [&] {
            reference::Statistics statistics;
            statistics.mean.resize(static_cast<std::size_t>(layer.channels));
            for (std::size_t s = layer.channelOf.size(); s-- > 0;) {
                statistics.mean[static_cast<std::size_t>(layer.channelOf[s])] =
                    static_cast<double>(layer.norms[s].mean);
            }
            return statistics;
        }();
        Array x = test::randomAround(rng, statisticsOfChannels, imageCount, size.h, size.w);
        avoidKinks(reference, x);
        const Array in = reference::gatherForward(x, reference.channelOfPair);
        const auto outputs = wide(layer.outputOf);
        // In the order of the tables.
        const Array y = test::randomArray(rng, imageCount, layer.outputChannels, size.h, size.w);
        const Array dy = test::randomArray(rng, imageCount, layer.outputChannels, size.h, size.w);
        const auto due = test::randomCorrections(rng, y, dy);

        const Array expectedY = reference::normReluConvForward(reference.layer, in, reference.statistics);
        const auto expected = reference::normReluConvBackward(reference.layer, in, reference.statistics, due.dy, false);
        auto errors = test::kernelErrors(in);
        errors.dy = due.error;
        errors.products = reference.mostInputs;
        errors.reach = reference.mostOutputs;
        const auto allowed = test::allowanceOf(reference.layer, in, reference.statistics, due.dy, false, errors);
        const Array before = test::randomArray(rng, imageCount, layer.channels, size.h, size.w);
        const Added expectedDx = addedTo(before, reference, expected.dx, allowed.dx);

        const std::ptrdiff_t narrow = planeStride(size.h, size.w), spread = spreadPlaneStride(size.h, size.w);
        const MapsAmidOthers xMaps(x, narrow);
        // To channels in the order of the features.
        const MapsAmidOthers yMaps(reference::gatherBackward(y, outputs, y.c), spread);
        const MapsAmidOthers dyMaps(reference::gatherBackward(dy, outputs, dy.c), narrow);
        const ImageRange images{1, imageCount}, ahead{imageCount + 1, 1};
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            PackedPointwise packed;
            packed.reserve(layer.tables);
            packed.pack(layer.tables, {layer.weight.data(), layer.rows.data(), layer.columns.data()},
                        layer.norms.data(), xMaps.view().strideC);

            const auto forward = [&](Moments* moments) {
                MapsAmidOthers out(imageCount, layer.outputChannels, size.h, size.w, spread);
                AlignedBuffer scratch = test::poisonedScratch(pointwiseForwardFloats(layer.tables));
                pointwiseForward(layer.tables, packed, xMaps.view(), out.view(), images, scratch.data(), moments,
                                 imageCount + 2);
                return out;
            };
            std::vector<Moments> moments(static_cast<std::size_t>(layer.outputChannels * (imageCount + 2)));
            const MapsAmidOthers got = forward(moments.data());
            std::string problem = m_y.difference(reference::gatherForward(got.array(), outputs).toFloats(),
                                                 expectedY.values, allowed.y.values);
            if (!problem.empty()) return target + ", y: " + problem;
            problem = test::differenceOfImageMoments(moments, got.array());
            if (!problem.empty()) return target + ", " + problem;
            if (!got.othersAreNaN()) return target + ", y: wrote beside its maps";
            if (!test::sameBits(forward(nullptr).values(), got.values())) return target + ", y: other without moments";

            bool touchedOthers = false;
            const auto backward = [&](ImageRange next) {
                MapsAmidOthers dx(before, narrow);
                AlignedBuffer scratch = test::poisonedScratch(pointwiseBackwardFloats(layer.tables));
                Gradients gradients{{}, std::vector<float>(layer.tables.weights(), test::kPoison), {}};
                gradients.sums.resize(layer.pairs(), {NAN, NAN});
                pointwiseBackward({layer.tables, packed, due.corrections.data()}, xMaps.view(), dx.view(), yMaps.view(),
                                  dyMaps.view(), images, next, scratch.data(), gradients.dw.data(),
                                  gradients.sums.data());
                gradients.dx = dx.values();
                touchedOthers = touchedOthers || !dx.othersAreNaN();
                return gradients;
            };
            const Gradients gradients = backward({}), sent = backward(ahead);
            problem = m_dx.difference(gradients.dx, expectedDx.value.values, expectedDx.allowed.values);
            if (!problem.empty()) return target + ", dx: " + problem;
            problem = weightProblem(layer, packed, gradients.dw, expected.dweight, allowed.dweight);
            if (!problem.empty()) return target + ", dw: " + problem;
            problem = m_sums.difference(gradients.sums, expected.dnormBias, allowed.dnormBias, expected.dnormWeight,
                                        allowed.dnormWeight);
            if (!problem.empty()) return target + ", " + problem;
            if (touchedOthers) return target + ", dx: wrote beside its maps";
            if (!test::sameBits(sent.dx, gradients.dx) || !test::sameBits(sent.dw, gradients.dw) ||
                !test::sameBits(sent.sums, gradients.sums)) {
                return target + ": other results with images ahead";
            }
        }
        return {};
    }

    // dw lies as [input][output], group after group, and is still to be multiplied with the scales.
    std::string weightProblem(const Layer& layer, const PackedPointwise& packed, const std::vector<float>& dw,
                              const Array& expected, const Array& allowed) {
        std::vector<float> got;
        std::vector<double> values, allowances;
        for (const PointwiseTables::Group& group : layer.tables.groups) {
            for (std::size_t k = group.pairAt; k < group.pairAt + static_cast<std::size_t>(group.inputs); ++k) {
                const float scale = packed.norms[static_cast<std::size_t>(layer.planeOf[k])].scale;
                for (std::size_t m = group.outputAt; m < group.outputAt + static_cast<std::size_t>(group.outputs);
                     ++m) {
                    got.push_back(scale * dw[got.size()]);
                    values.push_back(expected.at(static_cast<int>(m), static_cast<int>(k)));
                    allowances.push_back(allowed.at(static_cast<int>(m), static_cast<int>(k)));
                }
            }
        }
        return m_dw.difference(got, values, allowances);
    }

  private slots:
    // A channel that no group reads keeps its gradient, bit for bit, and its values do not matter.
    void unreadChannelIsLeftAlone_data() { test::addTargetRows(); }
    void unreadChannelIsLeftAlone() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const test::MapSize size : test::kTrainingMaps) {
            const Layer layer = randomLayer(rng, Reading::kOverlapping, 3, 5, 4);
            Array x = test::randomArray(rng, 2, layer.channels, size.h, size.w);
            std::vector<bool> isRead(static_cast<std::size_t>(layer.channels));
            for (const int plane : layer.planeOf)
                isRead[static_cast<std::size_t>(layer.channelOf[static_cast<std::size_t>(plane)])] = true;
            QVERIFY(std::count(isRead.begin(), isRead.end(), false) >= 2);
            const std::size_t pixels = static_cast<std::size_t>(size.h * size.w);
            for (std::size_t i = 0; i < x.values.size(); ++i) {
                if (!isRead[i / pixels % isRead.size()]) x.values[i] = static_cast<double>(test::kPoison);
            }
            const Array dy = test::randomArray(rng, 2, layer.outputChannels, size.h, size.w);
            const Array before = test::randomArray(rng, 2, layer.channels, size.h, size.w);
            const Tensor in = test::poisonedTensor(x), gradient = test::poisonedTensor(dy);
            Tensor dx = test::poisonedTensor(before);
            PackedPointwise packed;
            packed.reserve(layer.tables);
            packed.pack(layer.tables, {layer.weight.data(), layer.rows.data(), layer.columns.data()},
                        layer.norms.data(), in.view().strideC);
            AlignedBuffer scratch(pointwiseBackwardFloats(layer.tables));
            std::vector<float> dw(layer.tables.weights());
            std::vector<NormSums> sums(layer.pairs());
            const std::vector<GradientCorrection> none(layer.outputOf.size());
            pointwiseBackward({layer.tables, packed, none.data()}, in.view(), dx.view(), gradient.view(),
                              gradient.view(), {0, 2}, {}, scratch.data(), dw.data(), sums.data());
            const std::vector<float> after = dx.toPacked(), was = before.toFloats();
            for (std::size_t i = 0; i < after.size(); ++i) {
                QVERIFY(!std::isnan(after[i]));
                if (!isRead[i / pixels % isRead.size()]) QCOMPARE(after[i], was[i]);
            }
        }
    }

    // A training that diverges must be seen: NaN is not hidden by the ReLU, whatever the norm's sign. With few outputs,
    // and with many, which read their inputs from a panel.
    void nanPasses_data() { test::addTargetRows(); }
    void nanPasses() {
        const test::ForcedTarget forced;
        for (const int outputs : {1, 80}) {
            for (const float scale : {1.0f, -1.0f}) {
                const std::vector<int> all = [&] {
                    std::vector<int> list(static_cast<std::size_t>(outputs));
                    std::iota(list.begin(), list.end(), 0);
                    return list;
                }();
                const PointwiseTables tables{{{1, outputs, 0, 0, 0}}, {0}, {0}, all};
                Array x(1, 1, 5, 7);
                x.values[17] = static_cast<double>(test::kPoison);
                const Tensor in = test::poisonedTensor(x);
                Tensor y(1, outputs, 5, 7);
                const std::vector<float> weight(all.size(), 0.5f);
                const std::vector<std::ptrdiff_t> rows(all.begin(), all.end());
                const std::ptrdiff_t column = 0;
                const NormAffine norm{0.25f, scale, 0.5f};
                PackedPointwise packed;
                packed.reserve(tables);
                packed.pack(tables, {weight.data(), rows.data(), &column}, &norm, in.view().strideC);
                AlignedBuffer scratch(pointwiseForwardFloats(tables));
                pointwiseForward(tables, packed, in.view(), y.view(), {0, 1}, scratch.data(), nullptr, 0);
                const std::vector<float> floats = y.toPacked();
                for (std::size_t i = 0; i < floats.size(); ++i) QCOMPARE(std::isnan(floats[i]), i % 35 == 17);
            }
        }
    }

    // The gradient of ReLU at 0 is 0.
    void zeroPassesNoGradient_data() { test::addTargetRows(); }
    void zeroPassesNoGradient() {
        const test::ForcedTarget forced;
        for (const test::MapSize size : test::kTrainingMaps) {
            for (const float scale : {2.0f, -2.0f}) {
                const PointwiseTables tables{{{1, 1, 0, 0, 0}}, {0}, {0}, {0}};
                Array x(1, 1, size.h, size.w), dy = x;
                std::fill(x.values.begin(), x.values.end(), 0.25);
                std::fill(dy.values.begin(), dy.values.end(), 1.0);
                const Tensor in = test::poisonedTensor(x), gradient = test::poisonedTensor(dy);
                Tensor dx = test::poisonedTensor(dy);
                const float weight = 0.5f;
                const std::ptrdiff_t zero = 0;
                const NormAffine norm{0.25f, scale, 0};
                PackedPointwise packed;
                packed.reserve(tables);
                packed.pack(tables, {&weight, &zero, &zero}, &norm, in.view().strideC);
                AlignedBuffer scratch(pointwiseBackwardFloats(tables));
                float dw = test::kPoison;
                NormSums sums{NAN, NAN};
                const GradientCorrection none;
                pointwiseBackward({tables, packed, &none}, in.view(), dx.view(), gradient.view(), gradient.view(),
                                  {0, 1}, {}, scratch.data(), &dw, &sums);
                for (const float value : dx.toPacked()) QCOMPARE(value, 1.0f);
                QCOMPARE(dw, 0.0f);
                QCOMPARE(sums.gradient, 0.0);
                QCOMPARE(sums.centred, 0.0);
            }
        }
    }

  private:
    int m_cases = 0;
    test::WorstError m_y, m_dx, m_dw, m_sums;
};

QTEST_GUILESS_MAIN(PointwiseTrainingTest)
#include "tst_pointwise_training.moc"
