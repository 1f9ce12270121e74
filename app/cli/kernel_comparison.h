// What the checks of kernels have in common: maps, random numbers, and the comparison with what is allowed.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "base/rng.h"
#include "cli/kernel_check.h"
#include "ops/batch_norm.h"
#include "ops/reference.h"
#include "tensor/tensor.h"

namespace condenser::cli {

using reference::Array;

constexpr double kUnitRoundoff = 0x1p-24;
constexpr double kSmallestFloat = 0x1p-149;

// One pixel, less than a vector, odd, larger than any vector with a rest.
inline constexpr PlaneShape kMaps[] = {{1, 1}, {2, 3}, {7, 7}, {8, 8}, {17, 12}, {33, 5}, {16, 32}};

// How far a float sum of `terms` products may lie from the exact one, as a share of the sum of absolute values.
inline double sumError(std::ptrdiff_t terms) {
    const double nu = static_cast<double>(terms + 1) * kUnitRoundoff;  // the result is rounded once more
    return nu / (1 - nu);
}

// Floats from -1 to 1, held in doubles.
inline Array randomArray(Rng& rng, int n, int c, int h = 1, int w = 1) {
    Array array(n, c, h, w);
    for (double& value : array.values) value = static_cast<float>(2 * rng.uniform() - 1);
    return array;
}

inline Array absolute(Array array) {
    for (double& value : array.values) value = std::abs(value);
    return array;
}

inline Tensor tensorOf(const Array& array) {
    return Tensor::fromPacked(array.n, array.c, array.h, array.w, array.toFloats());
}

// The check of one kernel, one `expect` a result.
class Comparison {
  public:
    explicit Comparison(KernelCheck& check) : m_check(check) {}

    void newCase() { ++m_check.cases; }

    // |got - expected| <= share * scale, element by element; below the normal floats, their step.
    void expect(const std::string& what, std::span<const float> got, const Array& expected, const Array& scale,
                double share) {
        if (got.size() != expected.values.size()) {
            m_check.difference = what + ": not as many values as expected";
            return;
        }
        for (std::size_t i = 0; i < got.size(); ++i) {
            expect(fmt::format("{} at {}", what, i), static_cast<double>(got[i]), expected.values[i],
                   share * scale.values[i] + kSmallestFloat);
        }
    }

    void expect(const std::string& what, double got, double expected, double allowed) {
        const double error = std::abs(got - expected);
        if (allowed > 0) m_check.worst = std::max(m_check.worst, error / allowed);
        if (error <= allowed || !m_check.difference.empty()) return;  // written so that NaN is not let through
        m_check.difference = fmt::format("{}: {:.9g}, expected {:.9g}, {:.3g} off where {:.3g} is allowed", what, got,
                                         expected, error, allowed);
    }

  private:
    KernelCheck& m_check;
};

inline std::string nameOf(PlaneShape map) {
    return fmt::format("{} x {}", map.h, map.w);
}

}  // namespace condenser::cli
