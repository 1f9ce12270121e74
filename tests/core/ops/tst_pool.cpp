#include <QtTest>

#include <fmt/format.h>

#include "ops/pool.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// As a textbook writes it: pixels outside of the map are left out.
std::vector<float> maxPool(const std::vector<float>& x, PlaneShape input, int kernel, int stride, int padding) {
    std::vector<float> y;
    for (int top = -padding; top + kernel <= input.h + padding; top += stride) {
        for (int left = -padding; left + kernel <= input.w + padding; left += stride) {
            float most = -std::numeric_limits<float>::infinity();
            for (int v = std::max(top, 0); v < std::min(top + kernel, input.h); ++v) {
                for (int u = std::max(left, 0); u < std::min(left + kernel, input.w); ++u) {
                    const float value = x[static_cast<std::size_t>(v * input.w + u)];
                    if (std::isnan(value) || std::isnan(most)) {
                        most = test::kPoison;
                    } else {
                        most = std::max(most, value);
                    }
                }
            }
            y.push_back(most);
        }
    }
    return y;
}

bool sameOrBothNan(float a, float b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

class PoolTest : public QObject {
    Q_OBJECT

  private slots:
    void averagePool2_data() { test::addTargetRows(); }
    void averagePool2() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size : {test::MapSize{2, 2},
                                         {2, 3},
                                         {3, 2},
                                         {7, 7},
                                         {17, 12},
                                         {33, 5},
                                         {16, 32},
                                         {4, 67},
                                         {14, 14},
                                         {14, 19},
                                         {9, 28}}) {
            const std::string name = fmt::format("{} x {}", size.h, size.w);
            const Array x = test::randomArray(rng, 1, 1, size.h, size.w);
            const Tensor in = test::poisonedTensor(x);
            Array expected = reference::avgPool2Forward(x);
            Tensor y = test::poisonedTensor(expected);
            averagePool2Forward({size.h, size.w}, in.view().data, y.view().data);
            VERIFY_CLOSE(name, y, expected, reference::avgPool2Forward(test::absolute(x)), test::sumError(4));

            const Array dy = test::randomArray(rng, 1, 1, size.h / 2, size.w / 2);
            const Tensor gradient = test::poisonedTensor(dy);
            Tensor dx = test::poisonedTensor(x);
            averagePool2Backward({size.h, size.w}, gradient.view().data, dx.view().data);
            // A quarter of a float is exact.
            QCOMPARE(dx.toPacked(), reference::avgPool2Backward(dy, size.h, size.w).toFloats());
        }
    }

    void maxPool_data() { test::addTargetRows(); }
    void maxPool() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        struct Window {
            int kernel, stride, padding;
        };
        constexpr float kSentinel = 12345.0f;
        for (const Window window : {Window{2, 2, 0}, {3, 2, 1}, {3, 1, 1}, {3, 2, 0}, {5, 3, 2}}) {
            for (const test::MapSize size : {test::MapSize{3, 3},
                                             {7, 7},
                                             {8, 8},
                                             {4, 5},
                                             {9, 17},
                                             {14, 14},
                                             {17, 12},
                                             {33, 5},
                                             {16, 32},
                                             {5, 33},
                                             {4, 67},
                                             {28, 28},
                                             {3, 600}}) {
                for (const bool withNan : {false, true}) {
                    const PlaneShape input{size.h, size.w};
                    // All negative: a border of zeros would show.
                    auto x = test::randomFloats(rng, static_cast<std::size_t>(size.h * size.w), -2, -1);
                    if (withNan) {
                        for (std::size_t i = rng.below(7); i < x.size(); i += 13) x[i] = test::kPoison;
                    }
                    const auto expected = ::maxPool(x, input, window.kernel, window.stride, window.padding);
                    x.insert(x.end(), 16, test::kPoison);
                    std::vector<float> y((expected.size() + 15) / 16 * 16 + 16, kSentinel);
                    maxPoolForward(input, window.kernel, window.stride, window.padding, x.data(), y.data());
                    for (std::size_t i = 0; i < expected.size(); ++i) {
                        QVERIFY2(sameOrBothNan(y[i], expected[i]),
                                 fmt::format("{0} x {0}, stride {1}, of {2} x {3}, at {4}: {5}, expected {6}",
                                             window.kernel, window.stride, size.h, size.w, i, y[i], expected[i])
                                     .c_str());
                    }
                    QCOMPARE(std::vector<float>(y.end() - 16, y.end()), std::vector<float>(16, kSentinel));
                }
            }
        }
    }

    // Small enough maps leave one window.
    void maxPoolOfOnePixel_data() { test::addTargetRows(); }
    void maxPoolOfOnePixel() {
        const test::ForcedTarget forced;
        std::vector<float> x(17, test::kPoison), y(16);
        x[0] = -3.0f;
        maxPoolForward({1, 1}, 3, 2, 1, x.data(), y.data());
        QCOMPARE(y[0], -3.0f);
    }

    void planeAverage_data() { test::addTargetRows(); }
    void planeAverage() {
        const test::ForcedTarget forced;
        Rng rng(4, RandomStream::kTest);
        for (const int count : {1, 2, 7, 15, 16, 17, 49, 204, 1024}) {
            auto x = test::randomFloats(rng, static_cast<std::size_t>(count));
            double sum = 0, scale = 0;
            for (const float value : x) {
                sum += static_cast<double>(value);
                scale += std::abs(static_cast<double>(value));
            }
            x.push_back(test::kPoison);
            const double got = static_cast<double>(condenser::planeAverage(x.data(), count));
            QVERIFY(std::abs(got - sum / count) <= test::sumError(count + 1) * scale / count);
        }
    }

    // A map of one row or column is dropped whole: there is nothing to write forward, and no gradient.
    void mapsThatVanish() {
        std::vector<float> dx(5, 3.0f);
        averagePool2Forward({1, 5}, dx.data(), nullptr);
        averagePool2Forward({5, 1}, dx.data(), nullptr);
        averagePool2Backward({1, 5}, nullptr, dx.data());
        QCOMPARE(dx, std::vector<float>(5, 0.0f));
    }

    void normReluAverage_data() { test::addTargetRows(); }
    void normReluAverage() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        const NormAffine norm{0.1f, -1.3f, 0.2f};
        for (const int count : {1, 2, 7, 15, 16, 17, 49, 204, 1024}) {
            auto x = test::randomFloats(rng, static_cast<std::size_t>(count));
            double sum = 0, scale = 0;
            for (const float value : x) {
                const double product =
                    (static_cast<double>(value) - static_cast<double>(norm.mean)) * static_cast<double>(norm.scale);
                sum += std::max(0.0, product + static_cast<double>(norm.bias));
                scale += std::abs(product) + std::abs(static_cast<double>(norm.bias));
            }
            x.push_back(test::kPoison);
            const double got = static_cast<double>(condenser::normReluAverage(x.data(), count, norm));
            QVERIFY(std::abs(got - sum / count) <= test::sumError(count + 4) * scale / count);
        }
    }
};

QTEST_GUILESS_MAIN(PoolTest)
#include "tst_pool.moc"
