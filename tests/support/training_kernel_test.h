// For tests of the training kernels (conv3x3_training.h, pointwise_training.h): norms of all kinds, maps amid others
// that must not be touched, and the reference for norms that are given as they are.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "ops/batch_norm.h"
#include "support/norm_conv_test.h"

namespace condenser::test {

// The maps of kMapSizes, squares of networks, and rows that are long but no whole vectors of 4, 8 or 16.
constexpr MapSize kTrainingMaps[] = {{1, 1}, {1, 2},   {2, 3},   {7, 7},   {17, 12}, {33, 5}, {16, 32},
                                     {8, 8}, {14, 14}, {16, 16}, {28, 28}, {32, 32}, {3, 21}, {9, 29}};

// Ordinary norms of both signs, some of them far from 0, and now and then one that is hardly a norm.
inline std::vector<NormAffine> randomNorms(Rng& rng, int count) {
    constexpr NormAffine kOdd[] = {{0.25f, 0.0f, 0.5f},  {0.25f, 0.0f, 0.0f},    {0.25f, 0.0f, -0.5f},
                                   {0.5f, -0.0f, 0.75f}, {-0.5f, 1e-12f, 0.25f}, {0.5f, -1e-12f, 0.5f},
                                   {0.5f, 1e-12f, -0.5f}};
    std::vector<NormAffine> norms;
    for (int i = 0; i < count; ++i) {
        if (rng.below(5) == 0) {
            norms.push_back(kOdd[rng.below(std::size(kOdd))]);
            continue;
        }
        const double size = 0.3 + 1.7 * rng.uniform(), mean = rng.below(6) == 0 ? 50 : 2 * rng.uniform() - 1;
        norms.push_back({static_cast<float>(mean), static_cast<float>(rng.below(3) == 0 ? -size : size),
                         static_cast<float>(rng.uniform() - 0.5)});
    }
    return norms;
}

// The same as a layer's norm, with a deviation of 1.
inline reference::Statistics setNorms(reference::NormReluConv& layer, std::span<const NormAffine> norms) {
    reference::Statistics statistics;
    for (const NormAffine& norm : norms) {
        layer.normWeight.push_back(static_cast<double>(norm.scale));
        layer.normBias.push_back(static_cast<double>(norm.bias));
        statistics.mean.push_back(static_cast<double>(norm.mean));
        statistics.variance.push_back(1 - kBatchNormEpsilon);
    }
    return statistics;
}

// Values around the means of the norms' channels.
inline Array randomAround(Rng& rng, const reference::Statistics& statistics, int n, int h, int w) {
    Array x = randomArray(rng, n, static_cast<int>(statistics.mean.size()), h, w, -2, 2);
    const std::size_t pixels = static_cast<std::size_t>(h * w);
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        const double value = x.values[i] + statistics.mean[i / pixels % statistics.mean.size()];
        x.values[i] = static_cast<double>(static_cast<float>(value));
    }
    return x;
}

// Norms that are exact, all images in one chunk.
inline NormConvErrors kernelErrors(const Array& x) {
    NormConvErrors errors;
    errors.mean.resize(static_cast<std::size_t>(x.c));
    errors.deviation.resize(static_cast<std::size_t>(x.c));
    errors.lanePixels = x.n * x.h * x.w;
    return errors;
}

// Corrections that are still due of dy, and what it is without them. Every third has nothing to correct.
struct DueCorrections {
    std::vector<GradientCorrection> corrections;
    Array dy, error;
};
inline DueCorrections randomCorrections(Rng& rng, const Array& y, const Array& dy) {
    DueCorrections due{{}, dy, Array(dy.n, dy.c, dy.h, dy.w)};
    for (int c = 0; c < dy.c; ++c) {
        const auto numbers = randomFloats(rng, 3);
        due.corrections.push_back(c % 3 == 2 ? GradientCorrection{}
                                             : GradientCorrection{numbers[0], numbers[1], numbers[2]});
    }
    const std::size_t pixels = static_cast<std::size_t>(dy.h * dy.w);
    for (std::size_t i = 0; i < dy.values.size(); ++i) {
        const GradientCorrection& correction = due.corrections[i / pixels % due.corrections.size()];
        const double a = static_cast<double>(correction.a), b = static_cast<double>(correction.b);
        if (a == 0 && b == 0) continue;
        const double far = b * (y.values[i] - static_cast<double>(correction.mean));
        due.dy.values[i] -= a + far;
        // The distance, the product, the sum and what is left are rounded.
        due.error.values[i] = kUnitRoundoff * (3 * std::abs(far) + std::abs(a) + std::abs(due.dy.values[i]));
    }
    return due;
}

// Maps with one more image and one more channel on each side. What was not set is NaN, the padding too.
class MapsAmidOthers {
  public:
    // Planes `stride` floats apart.
    MapsAmidOthers(int n, int c, int h, int w, std::ptrdiff_t stride)
        : m_buffer(static_cast<std::size_t>((n + 2) * (c + 2) * stride)), m_all{m_buffer.data(),  n + 2,  c + 2, h, w,
                                                                                (c + 2) * stride, stride, w} {
        poison(m_all);
    }
    MapsAmidOthers(const Array& x, std::ptrdiff_t stride) : MapsAmidOthers(x.n, x.c, x.h, x.w, stride) {
        const std::vector<float> floats = x.toFloats();
        copyPacked(floats, mine());
    }

    MapsAmidOthers(MapsAmidOthers&&) = default;  // not to be copied: the view is of its own memory

    // The channels of all images; those between the others are `images`.
    View view() const { return m_all.channels(1, m_all.c - 2); }
    int images() const { return m_all.n - 2; }

    std::vector<float> values() const { return toPacked(ConstView(mine())); }
    Array array() const { return Array(ConstView(mine())); }
    bool othersAreNaN() const {
        for (int n = 0; n < m_all.n; ++n) {
            for (int c = 0; c < m_all.c; ++c) {
                if (n > 0 && n + 1 < m_all.n && c > 0 && c + 1 < m_all.c) continue;
                const float* plane = m_all.plane(n, c);
                if (!std::all_of(plane, plane + m_all.strideC, [](float f) { return std::isnan(f); })) return false;
            }
        }
        return true;
    }

  private:
    View mine() const { return view().images(1, images()); }

    AlignedBuffer m_buffer;
    View m_all;
};

// Memory that a kernel is lent, full of NaN.
inline AlignedBuffer poisonedScratch(std::size_t floats) {
    AlignedBuffer scratch(floats);
    std::fill(scratch.data(), scratch.data() + floats, kPoison);
    return scratch;
}

// Compares, and keeps the largest error as a share of what is allowed.
class WorstError {
  public:
    std::string difference(std::span<const float> got, const std::vector<double>& expected,
                           const std::vector<double>& allowed) {
        for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
            keep(std::abs(static_cast<double>(got[i]) - expected[i]), allowed[i]);
        }
        return test::difference(got, expected, allowed, 1);
    }
    // Norm sums, which are doubles.
    std::string difference(std::span<const NormSums> got, std::span<const double> gradient,
                           std::span<const double> gradientAllowed, std::span<const double> centred,
                           std::span<const double> centredAllowed) {
        for (std::size_t i = 0; i < got.size(); ++i) {
            const double error = std::abs(got[i].gradient - gradient[i]);
            const double centredError = std::abs(got[i].centred - centred[i]);
            keep(error, gradientAllowed[i]);
            keep(centredError, centredAllowed[i]);
            if (error <= gradientAllowed[i] && centredError <= centredAllowed[i]) continue;
            return fmt::format(
                "norm sums {}: {:.9g} and {:.9g}, expected {:.9g} and {:.9g}, where {:.3g} and {:.3g} "
                "are allowed",
                i, got[i].gradient, got[i].centred, gradient[i], centred[i], gradientAllowed[i], centredAllowed[i]);
        }
        return {};
    }
    double share() const { return m_share; }

  private:
    void keep(double error, double allowed) {
        // What foldNorm makes of a scale of 0 is no rounding.
        if (allowed > 1e-12) m_share = std::max(m_share, error / allowed);
    }

    double m_share = 0;
};

inline bool sameBits(const std::vector<NormSums>& a, const std::vector<NormSums>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NormSums& one, const NormSums& other) {
        return one.gradient == other.gradient && one.centred == other.centred;
    });
}

// Moments of all channels in each image of `y`, as a kernel left them: [channels, images + 2].
inline std::string differenceOfImageMoments(const std::vector<Moments>& got, const Array& y) {
    const int stride = y.n + 2;
    for (int c = 0; c < y.c; ++c) {
        for (int n = -1; n <= y.n; ++n) {
            const Moments& moments = got[static_cast<std::size_t>(c * stride + n + 1)];
            if (n < 0 || n == y.n) {
                if (moments.count != 0) return "moments of an image that was not asked for";
                continue;
            }
            Array plane(1, 1, y.h, y.w);
            const auto first = y.values.begin() + static_cast<std::ptrdiff_t>(n * y.c + c) * y.h * y.w;
            std::copy(first, first + y.h * y.w, plane.values.begin());
            const std::string found = differenceOfMoments(moments, plane, 0, reference::batchStatistics(plane));
            if (!found.empty()) return fmt::format("output {} of image {}: {}", c, n, found);
        }
    }
    return {};
}

}  // namespace condenser::test
