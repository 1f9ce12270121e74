// The 3x3 convolution of training, with its norm and ReLU, against the plain reference.
#include <QtTest>

#include <fmt/format.h>

#include <set>

#include "ops/conv3x3_training.h"
#include "ops/vector_lanes.h"
#include "support/training_kernel_test.h"

using namespace condenser;
using reference::Array;
using test::MapsAmidOthers;

namespace {

struct Case {
    Conv3x3Shape shape;
    int images;

    std::string text() const {
        return fmt::format("{} -> {} channels, {} groups, {} images of {}x{}", shape.inputs, shape.outputs,
                           shape.groups, images, shape.h, shape.w);
    }
};

struct Gradients {
    std::vector<float> dx, dw;
    std::vector<NormSums> sums;
};

// What a layer would multiply: dw with the scales.
std::vector<float> scaled(const PackedConv3x3& packed, std::vector<float> dw) {
    const int groupInputs = packed.shape.groupInputs(), groupOutputs = packed.shape.groupOutputs();
    for (std::size_t i = 0; i < dw.size(); ++i) {
        const int kernel = static_cast<int>(i / 9), output = kernel / groupInputs;
        dw[i] *=
            packed.norms[static_cast<std::size_t>(output / groupOutputs * groupInputs + kernel % groupInputs)].scale;
    }
    return dw;
}

}  // namespace

class Conv3x3TrainingTest : public QObject {
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
        constexpr int kChannels[] = {1, 2, 3, 4, 5, 7, 9}, kImages[] = {1, 2, 4, 5};
        constexpr int kPairs = 7 * 7;  // of group inputs and outputs
        int number = groups;
        for (const test::MapSize size : test::kTrainingMaps) {
            const int pixels = size.h * size.w, tries = pixels <= 8 ? 30 : pixels <= 64 ? 6 : groups > 4 ? 1 : 2;
            for (int i = 0; i < tries; ++i) {
                const int pair = ++number * 11 % kPairs;
                const int inputs = kChannels[pair / 7], outputs = kChannels[pair % 7];
                const int images = pixels <= 8 && number % 5 == 0 ? 37 : kImages[number % 4];
                const Case tried{{groups * inputs, groups * outputs, groups, size.h, size.w}, images};
                const std::string problem = problemOf(tried, rng);
                QVERIFY2(problem.empty(), fmt::format("{}, {}", tried.text(), problem).c_str());
            }
        }
    }

  private:
    std::string problemOf(const Case& tried, Rng& rng) {
        ++m_cases;
        const Conv3x3Shape& shape = tried.shape;
        reference::NormReluConv layer;
        layer.conv = {1, 1, shape.groups};
        layer.weight = test::randomArray(rng, shape.outputs, shape.groupInputs(), 3, 3);
        const auto norms = test::randomNorms(rng, shape.inputs);
        const auto statistics = test::setNorms(layer, norms);
        Array x = test::randomAround(rng, statistics, tried.images, shape.h, shape.w);
        test::avoidKinks(layer, x, [&](const Array&) { return statistics; });
        const Array y = test::randomArray(rng, tried.images, shape.outputs, shape.h, shape.w);
        const Array dy = test::randomArray(rng, tried.images, shape.outputs, shape.h, shape.w);
        const auto due = test::randomCorrections(rng, y, dy);

        const Array expectedY = reference::normReluConvForward(layer, x, statistics);
        const auto expected = reference::normReluConvBackward(layer, x, statistics, due.dy, false);
        auto errors = test::kernelErrors(x);
        errors.dy = due.error;
        const auto allowed = test::allowanceOf(layer, x, statistics, due.dy, false, errors);

        const std::ptrdiff_t narrow = planeStride(shape.h, shape.w), spread = spreadPlaneStride(shape.h, shape.w);
        const MapsAmidOthers xMaps(x, narrow), yMaps(y, narrow), dyMaps(dy, spread);
        const ImageRange images{1, tried.images}, ahead{tried.images + 1, 1};
        const std::vector<float> weights = layer.weight.toFloats();
        for (const std::string& target : simdTargets()) {
            const test::ForcedTarget forced(target);
            PackedConv3x3 packed(shape);
            packed.pack(weights.data(), norms);

            const auto forward = [&](Moments* moments) {
                MapsAmidOthers out(tried.images, shape.outputs, shape.h, shape.w, spread);
                AlignedBuffer scratch = test::poisonedScratch(conv3x3ForwardFloats(packed));
                conv3x3Forward(packed, xMaps.view(), out.view(), images, scratch.data(), moments, tried.images + 2);
                return out;
            };
            std::vector<Moments> moments(static_cast<std::size_t>(shape.outputs * (tried.images + 2)));
            const MapsAmidOthers got = forward(moments.data());
            std::string problem = m_y.difference(got.values(), expectedY.values, allowed.y.values);
            if (!problem.empty()) return target + ", y: " + problem;
            problem = test::differenceOfImageMoments(moments, got.array());
            if (!problem.empty()) return target + ", " + problem;
            if (!got.othersAreNaN()) return target + ", y: wrote beside its maps";
            if (!test::sameBits(forward(nullptr).values(), got.values())) return target + ", y: other without moments";

            bool touchedOthers = false;
            const auto backward = [&](ImageRange next) {
                MapsAmidOthers dx(tried.images, shape.inputs, shape.h, shape.w, spread);
                AlignedBuffer scratch = test::poisonedScratch(conv3x3BackwardFloats(packed, images.count));
                Gradients gradients{{}, std::vector<float>(shape.weights(), test::kPoison), {}};
                gradients.sums.resize(static_cast<std::size_t>(shape.inputs), {NAN, NAN});
                conv3x3Backward(packed, due.corrections.data(), xMaps.view(), dx.view(), yMaps.view(), dyMaps.view(),
                                images, next, scratch.data(), gradients.dw.data(), gradients.sums.data());
                gradients.dx = dx.values();
                touchedOthers = touchedOthers || !dx.othersAreNaN();
                return gradients;
            };
            const Gradients gradients = backward({}), sent = backward(ahead);
            problem = m_dx.difference(gradients.dx, expected.dx.values, allowed.dx.values);
            if (!problem.empty()) return target + ", dx: " + problem;
            problem = m_dw.difference(scaled(packed, gradients.dw), expected.dweight.values, allowed.dweight.values);
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

  private slots:
    // The maps above are laid out in every way that there is.
    void mapsOfAllKinds_data() { test::addTargetRows(); }
    void mapsOfAllKinds() {
        const test::ForcedTarget forced;
        std::set<TapMaps::Kind> kinds;
        for (const test::MapSize size : test::kTrainingMaps) {
            kinds.insert(PackedConv3x3({1, 1, 1, size.h, size.w}).taps.kind);
        }
        // To a vector of one float every row is whole.
        QCOMPARE(kinds.size(), vectorLanes() == 1 ? std::size_t{1} : std::size_t{3});
    }

    // A training that diverges must be seen: NaN is not hidden by the ReLU, whatever the norm's sign.
    void nanPasses_data() { test::addTargetRows(); }
    void nanPasses() {
        const test::ForcedTarget forced;
        for (const test::MapSize size : test::kTrainingMaps) {
            for (const float scale : {1.0f, -1.0f}) {
                Array x(1, 1, size.h, size.w);
                const int row = size.h / 2, column = size.w / 2;
                x.at(0, 0, row, column) = static_cast<double>(test::kPoison);
                const Tensor in = test::poisonedTensor(x);
                Tensor y(1, 1, size.h, size.w);
                PackedConv3x3 packed({1, 1, 1, size.h, size.w});
                packed.pack(std::vector<float>(9, 0.5f).data(), {{0.25f, scale, 0.5f}});
                AlignedBuffer scratch(conv3x3ForwardFloats(packed));
                conv3x3Forward(packed, in.view(), y.view(), {0, 1}, scratch.data(), nullptr, 0);
                for (int j = 0; j < size.h; ++j) {
                    for (int i = 0; i < size.w; ++i) {
                        const bool isNear = std::abs(j - row) <= 1 && std::abs(i - column) <= 1;
                        QCOMPARE(std::isnan(y.view().at(0, 0, j, i)), isNear);
                    }
                }
            }
        }
    }

    // The gradient of ReLU at 0 is 0.
    void zeroPassesNoGradient_data() { test::addTargetRows(); }
    void zeroPassesNoGradient() {
        const test::ForcedTarget forced;
        for (const test::MapSize size : test::kTrainingMaps) {
            for (const float scale : {2.0f, -2.0f}) {
                Array x(1, 1, size.h, size.w), dy = x;
                std::fill(x.values.begin(), x.values.end(), 0.25);
                std::fill(dy.values.begin(), dy.values.end(), 1.0);
                const Tensor in = test::poisonedTensor(x), gradient = test::poisonedTensor(dy);
                Tensor dx = test::poisonedTensor(dy);
                PackedConv3x3 packed({1, 1, 1, size.h, size.w});
                packed.pack(std::vector<float>(9, 0.5f).data(), {{0.25f, scale, 0}});
                AlignedBuffer scratch(conv3x3BackwardFloats(packed, 1));
                std::vector<float> dw(9);
                NormSums sums;
                const GradientCorrection none;
                conv3x3Backward(packed, &none, in.view(), dx.view(), gradient.view(), gradient.view(), {0, 1}, {},
                                scratch.data(), dw.data(), &sums);
                for (const float value : dx.toPacked()) QCOMPARE(value, 0.0f);
                QCOMPARE(dw, std::vector<float>(9, 0.0f));
                QCOMPARE(sums.gradient, 0.0);
                QCOMPARE(sums.centred, 0.0);
            }
        }
    }

  private:
    int m_cases = 0;
    test::WorstError m_y, m_dx, m_dw, m_sums;
};

QTEST_GUILESS_MAIN(Conv3x3TrainingTest)
#include "tst_conv3x3_training.moc"
