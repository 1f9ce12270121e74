// The pieces of batch norm, and put together as the layers do it.
#include <QtTest>

#include <fmt/format.h>

#include "ops/batch_norm.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

constexpr double kU = test::kUnitRoundoff;

// A map whose rows lie `stride` floats apart, with NaN between and behind them.
struct StridedPlane {
    StridedPlane(Rng& rng, test::MapSize size, std::ptrdiff_t rowStride, double low = -2, double high = 2)
        : shape{size.h, size.w},
          stride(rowStride),
          floats(static_cast<std::size_t>(size.h * rowStride + 8), test::kPoison) {
        for (int y = 0; y < shape.h; ++y) {
            for (int x = 0; x < shape.w; ++x) at(y, x) = static_cast<float>(low + (high - low) * rng.uniform());
        }
    }
    float& at(int y, int x) { return floats[static_cast<std::size_t>(y * stride + x)]; }
    double value(int y, int x) const { return static_cast<double>(floats[static_cast<std::size_t>(y * stride + x)]); }
    bool onlyMapIsWritten() const {
        for (std::size_t i = 0; i < floats.size(); ++i) {
            const auto y = static_cast<std::ptrdiff_t>(i) / stride, x = static_cast<std::ptrdiff_t>(i) % stride;
            if ((y >= shape.h || x >= shape.w) && !std::isnan(floats[i])) return false;
        }
        return true;
    }

    PlaneShape shape;
    std::ptrdiff_t stride;
    std::vector<float> floats;
};

constexpr NormAffine kNorms[] = {{0.3f, 1.7f, -0.2f}, {-1.0f, -0.6f, 0.4f}, {0.0f, 0.0f, 0.5f}, {50.0f, 9.5f, 1.0f}};

double affineOf(const NormAffine& norm, double x) {
    return (x - static_cast<double>(norm.mean)) * static_cast<double>(norm.scale) + static_cast<double>(norm.bias);
}

// How far its float form may lie from that: the difference, the product and the sum are rounded once each.
double affineError(const NormAffine& norm, double x) {
    const double product = std::abs((x - static_cast<double>(norm.mean)) * static_cast<double>(norm.scale));
    return 3 * kU * (product + std::abs(static_cast<double>(norm.bias)));
}

// Moves inputs whose ReLU rounding could decide away from there.
void avoidKink(const NormAffine& norm, StridedPlane& x) {
    for (int row = 0; row < x.shape.h; ++row) {
        for (int i = 0; i < x.shape.w; ++i) {
            while (norm.scale != 0 && std::abs(affineOf(norm, x.value(row, i))) < 1e-4) x.at(row, i) += 0.01f;
        }
    }
}

}  // namespace

class BatchNormTest : public QObject {
    Q_OBJECT

  private slots:
    // Mean and sum of squares of a plane, also where the mean is large beside the spread and over many stretches.
    void moments_data() { test::addTargetRows(); }
    void moments() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const int count : {1, 2, 3, 15, 16, 17, 49, 1000, 4096, 4097, 50176}) {
            for (const double offset : {0.0, 50.0, -1000.0}) {
                const auto x = test::randomFloats(rng, static_cast<std::size_t>(count), offset - 0.1, offset + 0.1);
                const auto expected = reference::batchStatistics(Array(1, 1, 1, count, x));
                const Moments got = planeMoments(x.data(), count);
                QCOMPARE(got.count, std::int64_t{count});
                // Distances from a value of the plane itself are at most 0.2; floats near `offset` are 2^-24 * offset
                // apart, and so are their exact differences.
                const double step = kU * (0.2 + std::abs(offset) * 1e-3);
                const double meanError = std::abs(got.mean - expected.mean[0]);
                QVERIFY2(meanError <= test::sumError(std::min(count, 4096)) * 0.2 + step,
                         fmt::format("{} floats near {}: mean off by {:g}", count, offset, meanError).c_str());
                const double variance = got.squares / count;
                const double varianceError = std::abs(variance - expected.variance[0]);
                QVERIFY2(varianceError <= test::sumError(std::min(count, 4096) + 3) * (expected.variance[0] + 1e-12),
                         fmt::format("{} floats near {}: variance off by {:g}", count, offset, varianceError).c_str());
            }
        }
    }

    void momentsMerge() {
        Rng rng(2, RandomStream::kTest);
        const auto x = test::randomFloats(rng, 600, 99, 101);
        const auto expected = reference::batchStatistics(Array(1, 1, 1, 600, x));
        Moments all;
        all.merge({});
        int at = 0;
        for (const int count : {1, 7, 92, 500}) {
            all.merge(planeMoments(x.data() + at, count));
            at += count;
        }
        all.merge({});
        QCOMPARE(all.count, std::int64_t{600});
        QVERIFY(std::abs(all.mean - expected.mean[0]) < 1e-6);
        QVERIFY(std::abs(all.variance() - expected.variance[0]) < 1e-5 * expected.variance[0]);
        QVERIFY(std::abs(all.unbiasedVariance() - expected.variance[0] * 600 / 599) < 1e-5 * expected.variance[0]);
    }

    void forward_data() { test::addTargetRows(); }
    void forward() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const test::MapSize size : test::kMapSizes) {
            for (const NormAffine& norm : kNorms) {
                for (const bool relu : {false, true}) {
                    for (const int gap : {0, 1, 3}) {
                        const StridedPlane x(rng, size, size.w + gap, -2, 52);
                        StridedPlane y(rng, size, size.w + 2 * gap);
                        normForward(x.shape, x.floats.data(), x.stride, norm, relu, y.floats.data(), y.stride);
                        QVERIFY(y.onlyMapIsWritten());
                        for (int row = 0; row < size.h; ++row) {
                            for (int i = 0; i < size.w; ++i) {
                                const double exact = affineOf(norm, x.value(row, i));
                                const double expected = relu ? std::max(exact, 0.0) : exact;
                                QVERIFY(std::abs(y.value(row, i) - expected) <= affineError(norm, x.value(row, i)));
                            }
                        }
                    }
                }
            }
        }
    }

    // A training that diverges must be seen: NaN is not hidden by the ReLU.
    void nanPasses_data() { test::addTargetRows(); }
    void nanPasses() {
        const test::ForcedTarget forced;
        for (const int count : {1, 5, 16, 33}) {
            const std::vector<float> x(static_cast<std::size_t>(count), test::kPoison);
            std::vector<float> y(x.size(), 0.0f);
            normForward({1, count}, x.data(), count, kNorms[0], /*relu=*/true, y.data(), count);
            for (const float value : y) QVERIFY(std::isnan(value));
        }
    }

    void backward_data() { test::addTargetRows(); }
    void backward() {
        const test::ForcedTarget forced;
        Rng rng(4, RandomStream::kTest);
        for (const test::MapSize size : test::kMapSizes) {
            for (const NormAffine& norm : kNorms) {
                for (const bool relu : {false, true}) {
                    for (const bool accumulate : {false, true}) {
                        for (const int gap : {0, 1}) {
                            StridedPlane x(rng, size, size.w), da(rng, size, size.w + gap), dx(rng, size, size.w);
                            avoidKink(norm, x);
                            const StridedPlane before = dx;
                            const NormSums sums =
                                normBackward(x.shape, x.floats.data(), x.stride, da.floats.data(), da.stride, norm,
                                             relu, accumulate, dx.floats.data(), dx.stride);
                            QVERIFY(dx.onlyMapIsWritten());
                            double gradient = 0, centred = 0, gradientScale = 0, centredScale = 0;
                            for (int row = 0; row < size.h; ++row) {
                                for (int i = 0; i < size.w; ++i) {
                                    const bool passed = !relu || affineOf(norm, x.value(row, i)) > 0;
                                    const double g = passed ? da.value(row, i) : 0;
                                    const double distance = x.value(row, i) - static_cast<double>(norm.mean);
                                    gradient += g;
                                    gradientScale += std::abs(g);
                                    centred += g * distance;
                                    centredScale += std::abs(g * distance);
                                    const double old = accumulate ? before.value(row, i) : 0;
                                    const double step = g * static_cast<double>(norm.scale);
                                    QVERIFY(std::abs(dx.value(row, i) - (old + step)) <=
                                            2 * kU * (std::abs(old) + std::abs(step)));
                                }
                            }
                            const int pixels = size.h * size.w;
                            QVERIFY(std::abs(sums.gradient - gradient) <= test::sumError(pixels) * gradientScale);
                            QVERIFY(std::abs(sums.centred - centred) <= test::sumError(pixels + 1) * centredScale);
                        }
                    }
                }
            }
        }
    }

    // The gradient of ReLU at 0 is 0.
    void zeroPassesNoGradient_data() { test::addTargetRows(); }
    void zeroPassesNoGradient() {
        const test::ForcedTarget forced;
        const std::vector<float> x{0.0f, -0.0f, 1.0f, -1.0f, 0.0f}, da(5, 3.0f);
        std::vector<float> dx(5, 7.0f);
        const NormSums sums = normBackward({1, 5}, x.data(), 5, da.data(), 5, {}, true, false, dx.data(), 5);
        QCOMPARE(dx, (std::vector<float>{0, 0, 3, 0, 0}));
        QCOMPARE(sums.gradient, 3.0);
        QCOMPARE(sums.centred, 3.0);
    }

    void correct_data() { test::addTargetRows(); }
    void correct() {
        const test::ForcedTarget forced;
        Rng rng(5, RandomStream::kTest);
        for (const int count : {1, 2, 7, 16, 49, 204}) {
            const auto x = test::randomFloats(rng, static_cast<std::size_t>(count));
            auto dx = test::randomFloats(rng, static_cast<std::size_t>(count));
            const auto before = dx;
            dx.push_back(test::kPoison);
            normCorrect(x.data(), count, {0.25f, 0.5f, -1.5f}, dx.data());
            QVERIFY(std::isnan(dx.back()));
            for (std::size_t i = 0; i < x.size(); ++i) {
                const double distance = static_cast<double>(x[i]) - 0.25, was = static_cast<double>(before[i]);
                const double expected = was - (0.5 - 1.5 * distance);
                QVERIFY(std::abs(static_cast<double>(dx[i]) - expected) <=
                        4 * kU * (std::abs(was) + 0.5 + 1.5 * std::abs(distance)));
            }
        }
    }

    // Two norms read one feature, as later layers of a dense block do; their terms through the batch's statistics are
    // summed and applied once. Held to the reference, which is held to finite differences.
    void twoReadersOfOneFeature_data() { test::addTargetRows(); }
    void twoReadersOfOneFeature() {
        const test::ForcedTarget forced;
        Rng rng(6, RandomStream::kTest);
        for (const test::MapSize size : test::kMapSizes) {
            constexpr int kImages = 3;
            const int pixels = size.h * size.w, count = kImages * pixels;
            const auto x = test::randomFloats(rng, static_cast<std::size_t>(count), 1, 5);
            const Array reading(kImages, 1, size.h, size.w, x);
            const auto statistics = reference::batchStatistics(reading);

            Moments batch;
            for (int n = 0; n < kImages; ++n) batch.merge(planeMoments(x.data() + n * pixels, pixels));
            std::vector<float> dx(x.size(), 0.0f);
            std::vector<double> expected(x.size(), 0.0);
            double a = 0, b = 0, largest = 0;
            for (const double weight : {1.5, -0.75}) {
                const auto dy = test::randomFloats(rng, x.size());
                const std::vector<double> one{weight};
                const auto gradients =
                    reference::batchNormBackward(reading, statistics, one, Array(kImages, 1, size.h, size.w, dy), true);
                for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += gradients.dx.values[i];

                const NormAffine norm = normAffine(batch.mean, batch.variance(), static_cast<float>(weight), 0.1f);
                NormSums sums;
                for (int n = 0; n < kImages; ++n) {
                    const NormSums part =
                        normBackward({size.h, size.w}, x.data() + n * pixels, size.w, dy.data() + n * pixels, size.w,
                                     norm, false, true, dx.data() + n * pixels, size.w);
                    sums.gradient += part.gradient;
                    sums.centred += part.centred;
                }
                const double scale = static_cast<double>(norm.scale);
                a += scale * sums.gradient / count;
                b += scale * sums.centred / count / (batch.variance() + kBatchNormEpsilon);
                largest += std::abs(scale);
            }
            normCorrect(x.data(), count, {static_cast<float>(batch.mean), static_cast<float>(a), static_cast<float>(b)},
                        dx.data());
            // |x - mean| / deviation is at most sqrt(count), so no term above exceeds `largest` times that.
            const std::vector<double> scale(dx.size(), largest * (2 + std::sqrt(count)));
            VERIFY_CLOSE(fmt::format("{} x {}", size.h, size.w), dx, expected, scale, test::sumError(count + 8));
        }
    }
};

QTEST_GUILESS_MAIN(BatchNormTest)
#include "tst_batch_norm.moc"
