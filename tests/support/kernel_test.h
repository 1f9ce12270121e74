// For tests that hold a kernel to the plain reference: odd shapes, random numbers, every instruction set of the
// machine, and how far apart float and double may be.
//
// A sum of n products computed in floats, in any order and with or without fused multiply-adds, is off by at most
// n * u / (1 - n * u) times the sum of the products' absolute values, u = 2^-24 (Higham, Accuracy and Stability of
// Numerical Algorithms, chapter 3). The sum of absolute values is what the reference gives for absolute inputs: so the
// tolerance of each element is computed, not guessed.
#pragma once

#include <QtTest>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "ops/reference.h"
#include "ops/simd_target.h"
#include "tensor/tensor.h"

namespace condenser::test {

using reference::Array;

constexpr double kUnitRoundoff = 0x1p-24;
constexpr float kPoison = std::numeric_limits<float>::quiet_NaN();

struct MapSize {
    int h, w;
};
// One pixel, one row, less than a vector, odd, larger than any vector with a rest.
constexpr MapSize kMapSizes[] = {{1, 1}, {1, 2}, {2, 3}, {7, 7}, {17, 12}, {33, 5}, {16, 32}};

// How far a float sum of `terms` products may lie from the exact one, as a share of the sum of absolute values.
inline double sumError(int terms) {
    const double nu = (terms + 1) * kUnitRoundoff;  // the result is rounded once more
    return nu / (1 - nu);
}

// Qt Test data: a row for each instruction set. A test function that has these rows begins with `ForcedTarget forced;`.
inline void addTargetRows() {
    QTest::addColumn<QString>("target");
    for (const std::string& name : simdTargets()) QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

class ForcedTarget {
  public:
    ForcedTarget() {
        QFETCH(QString, target);
        force(target.toStdString());
    }
    explicit ForcedTarget(const std::string& target) { force(target); }
    ~ForcedTarget() { (void)forceSimdTarget(""); }
    ForcedTarget(const ForcedTarget&) = delete;
    ForcedTarget& operator=(const ForcedTarget&) = delete;

  private:
    static void force(const std::string& target) {
        const auto forced = forceSimdTarget(target);
        if (!forced || activeSimdTarget() != target) qFatal("cannot force %s", target.c_str());
    }
};

// Floats, held in doubles.
inline Array randomArray(Rng& rng, int n, int c, int h = 1, int w = 1, double low = -1, double high = 1) {
    Array array(n, c, h, w);
    for (double& value : array.values) value = static_cast<float>(low + (high - low) * rng.uniform());
    return array;
}

inline std::vector<float> randomFloats(Rng& rng, std::size_t count, double low = -1, double high = 1) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(low + (high - low) * rng.uniform());
    return values;
}

inline Array absolute(Array array) {
    for (double& value : array.values) value = std::abs(value);
    return array;
}

// The array as a tensor whose padding holds NaN: a kernel whose result depends on padding shows it.
inline Tensor poisonedTensor(const Array& array) {
    Tensor tensor = Tensor::fromPacked(array.n, array.c, array.h, array.w, array.toFloats());
    const View view = tensor.view();
    for (int n = 0; n < view.n; ++n) {
        for (int c = 0; c < view.c; ++c) {
            std::fill(view.plane(n, c) + view.h * view.w, view.plane(n, c) + view.strideC, kPoison);
        }
    }
    return tensor;
}

// Where `got` leaves expected[i] by more than share * scale[i]; empty if nowhere.
inline std::string difference(std::span<const float> got, const std::vector<double>& expected,
                              const std::vector<double>& scale, double share) {
    if (got.size() != expected.size() || got.size() != scale.size()) return "not as many values as expected";
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double error = std::abs(static_cast<double>(got[i]) - expected[i]);
        if (error <= share * scale[i]) continue;
        return fmt::format("at {}: {:.9g}, expected {:.9g}, {:.3g} off where {:.3g} is allowed", i, got[i], expected[i],
                           error, share * scale[i]);
    }
    return {};
}

inline std::string difference(const Tensor& got, const Array& expected, const Array& scale, double share) {
    return difference(got.toPacked(), expected.values, scale.values, share);
}

}  // namespace condenser::test

// Fails the test function with the difference, and with what was being compared.
#define VERIFY_CLOSE(what, ...)                                                          \
    do {                                                                                 \
        const std::string verifyClose = ::condenser::test::difference(__VA_ARGS__);      \
        QVERIFY2(verifyClose.empty(), fmt::format("{}: {}", what, verifyClose).c_str()); \
    } while (false)
