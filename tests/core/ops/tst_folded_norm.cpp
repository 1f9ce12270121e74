// The norm and ReLU of training kernels, scale * max(s * x - bound, 0), against relu((x - mean) * scale + bias).
#include <QtTest>

#include <fmt/format.h>

#include "ops/folded_norm.h"
#include "support/kernel_test.h"

using namespace condenser;

namespace {

constexpr double kU = test::kUnitRoundoff;

// As a kernel computes it.
float shifted(const FoldedNorm& folded, float x) {
    return (std::signbit(folded.sign) ? -x : x) - folded.bound;
}
float passed(const FoldedNorm& folded, float x) {
    return folded.scale * std::max(shifted(folded, x), 0.0f);
}

struct Exact {
    double value, allowed;  // before the ReLU
};
Exact exactly(const NormAffine& norm, float x) {
    const double scale = static_cast<double>(norm.scale), mean = static_cast<double>(norm.mean);
    const double bias = static_cast<double>(norm.bias), far = static_cast<double>(x) - mean;
    const double value = far * scale + bias;
    // A scale too small beside the bias is replaced by one as small as matters.
    const double enlarged = std::max({std::abs(bias) * 1e-20, 1e-20, std::abs(scale)}) - std::abs(scale);
    // The bound, the difference and the product are rounded; the bound to a multiple of the smallest float.
    return {value, kU * ((std::abs(scale) + enlarged) * std::abs(mean) + std::abs(bias)) + 2 * kU * std::abs(value) +
                       enlarged * std::abs(far) * (1 + 4 * kU) + (std::abs(scale) + enlarged) * 0x1p-150};
}

std::string nameOf(const NormAffine& norm, float x) {
    return fmt::format("mean {:g}, scale {:g}, bias {:g}, x {:g}", norm.mean, norm.scale, norm.bias, x);
}

}  // namespace

class FoldedNormTest : public QObject {
    Q_OBJECT

  private slots:
    void agrees() {
        Rng rng(1, RandomStream::kTest);
        double worst = 0;
        for (int i = 0; i < 2000; ++i) {
            const auto numbers = test::randomFloats(rng, 3);
            const float size = std::exp2(static_cast<float>(rng.below(24)) - 12);
            const NormAffine norm{numbers[0] * size, numbers[1] / size, numbers[2]};
            const FoldedNorm folded = foldNorm(norm);
            for (const float x :
                 test::randomFloats(rng, 20, -2.0 * static_cast<double>(size), 2.0 * static_cast<double>(size))) {
                const Exact exact = exactly(norm, x);
                const double got = static_cast<double>(passed(folded, x));
                const double error = std::abs(got - std::max(exact.value, 0.0));
                worst = std::max(worst, error / exact.allowed);
                QVERIFY2(error <= exact.allowed, nameOf(norm, x).c_str());
                // What passes is what backward kernels let pass.
                if (exact.value > exact.allowed) QVERIFY2(shifted(folded, x) > 0, nameOf(norm, x).c_str());
                if (exact.value < -exact.allowed) QVERIFY2(shifted(folded, x) < 0, nameOf(norm, x).c_str());
            }
        }
        qInfo("largest error: %.3f of what is allowed", worst);
    }

    // Scales and biases of all sizes: everything stays within what floats hold, and right.
    void extremes() {
        const float scales[] = {0.0f,   -0.0f,   1e-45f, -1e-45f, 1e-38f, -1e-30f, 1e-20f,
                                1e-12f, -1e-12f, 1.0f,   -1.0f,   1e6f,   -1e12f};
        const float biases[] = {0.0f, -0.0f, 1e-30f, -1e-30f, 1e-12f, 0.5f, -0.5f, 100.0f, -1e6f, 1e12f};
        for (const float scale : scales) {
            for (const float bias : biases) {
                for (const float mean : {0.0f, 0.25f, -1e4f}) {
                    const NormAffine norm{mean, scale, bias};
                    const FoldedNorm folded = foldNorm(norm);
                    QVERIFY(std::isfinite(folded.scale) && folded.scale >= 1e-20f * (1 - 1e-6f));
                    QCOMPARE(folded.mean, mean);
                    QVERIFY(folded.sign == 0 && std::signbit(folded.sign) == std::signbit(scale));
                    QVERIFY(std::abs(folded.signedScale()) == folded.scale);
                    QVERIFY(std::signbit(folded.signedScale()) == std::signbit(scale));
                    for (const float x : {0.0f, -0.0f, 0.25f, -1e4f, 3.0f, -7.5f, 1e6f}) {
                        const Exact exact = exactly(norm, x);
                        const double got = static_cast<double>(passed(folded, x));
                        QVERIFY2(std::abs(got - std::max(exact.value, 0.0)) <= exact.allowed, nameOf(norm, x).c_str());
                    }
                }
            }
        }
    }

    // Behind a scale of 0 only a positive bias passes, and then for all x.
    void zeroScale() {
        for (const float scale : {0.0f, -0.0f}) {
            for (const float x : {0.0f, 1.0f, -1.0f, 1e30f, -1e30f}) {
                QVERIFY(!(shifted(foldNorm({0.5f, scale, 0.0f}), x) > 0));
                QVERIFY(!(shifted(foldNorm({0.5f, scale, -0.5f}), x) > 0));
                QCOMPARE(passed(foldNorm({0.5f, scale, 0.0f}), x), 0.0f);
                QCOMPARE(passed(foldNorm({0.5f, scale, -0.5f}), x), 0.0f);
            }
            for (const float x : {0.0f, 1.0f, -1.0f, 1e6f, -1e6f}) {
                QVERIFY(shifted(foldNorm({0.5f, scale, 0.5f}), x) > 0);
                QCOMPARE(passed(foldNorm({0.5f, scale, 0.5f}), x), 0.5f);
            }
        }
    }

    // A norm that was trained into NaN does not come out as a number.
    void nanStaysNan() {
        const float nan = test::kPoison;
        for (const NormAffine& norm : {NormAffine{nan, 1, 0}, NormAffine{0, nan, 0.5f}, NormAffine{0, 1, nan}}) {
            const FoldedNorm folded = foldNorm(norm);
            QVERIFY(std::isnan(shifted(folded, 1.0f)) || std::isnan(folded.scale));
        }
    }

    void sums() {
        for (const float scale : {2.0f, -0.75f, 1e-12f, -1e-12f}) {
            const FoldedNorm folded = foldNorm({0.5f, scale, 0.25f});
            const double by = static_cast<double>(folded.signedScale());
            const NormSums sums = folded.sumsOf(3 * by, -5 * by);
            QVERIFY(std::abs(sums.gradient - 3) <= 3 * 0x1p-52 && std::abs(sums.centred + 5) <= 5 * 0x1p-52);
        }
    }
};

QTEST_GUILESS_MAIN(FoldedNormTest)
#include "tst_folded_norm.moc"
