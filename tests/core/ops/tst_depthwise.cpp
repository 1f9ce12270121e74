#include <QtTest>

#include <fmt/format.h>

#include "ops/depthwise.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// Narrower than any vector, as wide as each, just above, wider than all with a rest, and long enough for masks of more
// than 8 bits.
constexpr test::MapSize kSizes[] = {{1, 1},   {1, 2},  {2, 1},   {2, 3},   {3, 4},   {5, 5},   {7, 7},
                                    {8, 8},   {9, 7},  {7, 9},   {14, 14}, {15, 15}, {16, 16}, {6, 17},
                                    {17, 12}, {33, 5}, {3, 31},  {4, 32},  {5, 33},  {28, 28}, {3, 57},
                                    {2, 64},  {4, 67}, {1, 112}, {3, 300}, {2, 519}};

constexpr float kSentinel = 12345.0f;

// A plane that begins where its memory does, with the padding that a kernel may read, all NaN, and nothing more: the
// address sanitizer sees what is read outside.
std::vector<float> guarded(std::vector<float> plane) {
    plane.insert(plane.end(), 16, test::kPoison);
    plane.shrink_to_fit();
    return plane;
}

std::vector<float> outputOf(const DepthwiseShape& shape) {
    return std::vector<float>(static_cast<std::size_t>(planeStride(shape.outH(), shape.outW())) + 16, kSentinel);
}

}  // namespace

class DepthwiseTest : public QObject {
    Q_OBJECT

  private slots:
    void matchesTheReference_data() { test::addTargetRows(); }
    void matchesTheReference() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size : kSizes) {
            for (const int stride : {1, 2}) {
                for (const bool relu : {false, true}) {
                    const std::string name = fmt::format("{} x {}, stride {}", size.h, size.w, stride);
                    const Array x = test::randomArray(rng, 1, 1, size.h, size.w),
                                weight = test::randomArray(rng, 1, 1, 3, 3);
                    const float bias = test::randomFloats(rng, 1)[0];
                    const DepthwiseShape shape{size.h, size.w, stride};
                    std::vector<float> y = outputOf(shape);
                    depthwise3x3(shape, guarded(x.toFloats()).data(), weight.toFloats().data(), bias, relu, y.data());

                    Array expected = reference::conv2dForward({stride, 1, 1}, x, weight);
                    Array scale = reference::conv2dForward({stride, 1, 1}, test::absolute(x), test::absolute(weight));
                    QCOMPARE(expected.h, shape.outH());
                    QCOMPARE(expected.w, shape.outW());
                    for (double& value : expected.values) {
                        value += static_cast<double>(bias);
                        if (relu) value = std::max(value, 0.0);
                    }
                    for (double& value : scale.values) value += std::abs(static_cast<double>(bias));
                    const std::span<const float> got(y.data(), expected.values.size());
                    VERIFY_CLOSE(name, got, expected.values, scale.values, test::sumError(10));
                    QVERIFY2(std::all_of(y.end() - 16, y.end(), [](float value) { return value == kSentinel; }),
                             name.c_str());
                }
            }
        }
    }

    // Any rows alone have the bits that they have in the whole plane, and nothing else is written.
    void rowsAlone_data() { test::addTargetRows(); }
    void rowsAlone() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        for (const test::MapSize size : kSizes) {
            for (const int stride : {1, 2}) {
                const DepthwiseShape shape{size.h, size.w, stride};
                const auto x = guarded(test::randomFloats(rng, static_cast<std::size_t>(size.h * size.w)));
                const auto weights = test::randomFloats(rng, 9);
                std::vector<float> whole = outputOf(shape);
                depthwise3x3(shape, x.data(), weights.data(), 0.25f, true, whole.data());
                for (int first = 0; first < shape.outH(); first += 2) {
                    for (int last = first + 1; last <= shape.outH(); last += 3) {
                        std::vector<float> y = outputOf(shape);
                        depthwise3x3Rows(shape, x.data(), weights.data(), 0.25f, true, y.data(), first, last);
                        const int end = last == shape.outH() ? static_cast<int>(planeStride(last, shape.outW()))
                                                             : last * shape.outW();
                        for (int i = 0; i < static_cast<int>(y.size()); ++i) {
                            const std::size_t at = static_cast<std::size_t>(i);
                            if (i >= first * shape.outW() && i < last * shape.outW()) {
                                QCOMPARE(y[at], whole[at]);
                            } else if (i < first * shape.outW() || i >= end) {
                                QCOMPARE(y[at], kSentinel);
                            }
                        }
                    }
                }
            }
        }
    }

    // A NaN reaches the windows that hold it and no other, and passes the ReLU.
    void nanStaysInItsWindows_data() { test::addTargetRows(); }
    void nanStaysInItsWindows() {
        const test::ForcedTarget forced;
        const std::vector<float> weights(9, 1.0f);
        for (const test::MapSize size : {test::MapSize{7, 7}, {5, 14}, {4, 35}}) {
            for (const int stride : {1, 2}) {
                const DepthwiseShape shape{size.h, size.w, stride};
                for (int pixel = 0; pixel < size.h * size.w; ++pixel) {
                    std::vector<float> x(static_cast<std::size_t>(size.h * size.w), 1.0f);
                    x[static_cast<std::size_t>(pixel)] = test::kPoison;
                    std::vector<float> y = outputOf(shape);
                    depthwise3x3(shape, guarded(x).data(), weights.data(), 0, true, y.data());
                    for (int i = 0; i < shape.outH() * shape.outW(); ++i) {
                        const int dy = i / shape.outW() * stride - pixel / size.w,
                                  dx = i % shape.outW() * stride - pixel % size.w;
                        const bool sees = std::abs(dy) <= 1 && std::abs(dx) <= 1;
                        QCOMPARE(std::isnan(y[static_cast<std::size_t>(i)]), sees);
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(DepthwiseTest)
#include "tst_depthwise.moc"
