#include <QtTest>

#include <fmt/format.h>

#include <numeric>

#include "ops/plane_gemm.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// Row counts on both sides of the tile's, input counts with every rest.
constexpr int kRows[] = {1, 2, 3, 4, 5, 7, 8, 13};
constexpr int kInputs[] = {1, 2, 3, 4, 5, 17, 36};
constexpr int kPixels[] = {1, 2, 6, 15, 16, 17, 49, 165, 204, 512};

template <class Float>
std::vector<Float*> planes(BasicView<Float> view, int image = 0) {
    std::vector<Float*> table;
    for (int c = 0; c < view.c; ++c) table.push_back(view.plane(image, c));
    return table;
}

}  // namespace

class PlaneGemmTest : public QObject {
    Q_OBJECT

  private slots:
    // A product is a 1x1 convolution of one image whose pixels lie in a row.
    void gemm_data() { test::addTargetRows(); }
    void gemm() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const int rows : kRows) {
            for (const int inputs : kInputs) {
                const Array weight = test::randomArray(rng, rows, inputs);
                const std::vector<float> w = weight.toFloats();
                std::vector<float> packed(packedWeightFloats(rows, inputs));
                packMatrix(w.data(), inputs, rows, 1, inputs, packed.data());
                for (const int pixels : kPixels) {
                    const Array x = test::randomArray(rng, 1, inputs, 1, pixels);
                    const Array before = test::randomArray(rng, 1, rows, 1, pixels);
                    const Tensor in = test::poisonedTensor(x);
                    Array expected = reference::conv2dForward({}, x, weight);
                    Array scale = reference::conv2dForward({}, test::absolute(x), test::absolute(weight));
                    for (const bool accumulate : {false, true}) {
                        Tensor out = test::poisonedTensor(before);
                        if (accumulate) {
                            for (std::size_t i = 0; i < expected.values.size(); ++i) {
                                expected.values[i] += before.values[i];
                                scale.values[i] += std::abs(before.values[i]);
                            }
                        }
                        planeGemm(packed.data(), rows, planes(in.view()).data(), inputs, planes(out.view()).data(),
                                  pixels, accumulate);
                        VERIFY_CLOSE(fmt::format("{} rows, {} inputs, {} pixels", rows, inputs, pixels), out, expected,
                                     scale, test::sumError(inputs + accumulate));
                    }
                }
            }
        }
    }

    // Planes may lie anywhere: inputs moved by a float (the taps of a 3x3), taken twice or in another order, outputs in
    // another order; and nothing is written behind the 16 that `pixels` is rounded up to.
    void gemmThroughPointers_data() { test::addTargetRows(); }
    void gemmThroughPointers() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        constexpr int kPixelCount = 21, kWritten = 32, kRowCount = 3;
        const auto memory = test::randomFloats(rng, 100);
        const std::vector<const float*> in{memory.data() + 1, memory.data() + 40, memory.data() + 1, memory.data() + 7};
        std::vector<float> out(kRowCount * 64, 5.0f);
        const std::vector<float*> to{out.data() + 128, out.data() + 1, out.data() + 64};
        const auto w = test::randomFloats(rng, kRowCount * in.size());
        std::vector<float> packed(packedWeightFloats(kRowCount, 4));
        packMatrix(w.data(), 4, kRowCount, 1, 4, packed.data());
        planeGemm(packed.data(), kRowCount, in.data(), 4, to.data(), kPixelCount, false);
        for (std::size_t m = 0; m < to.size(); ++m) {
            for (int p = 0; p < kPixelCount; ++p) {
                double sum = 0, scale = 0;
                for (std::size_t k = 0; k < in.size(); ++k) {
                    const double product = static_cast<double>(w[m * 4 + k]) * static_cast<double>(in[k][p]);
                    sum += product;
                    scale += std::abs(product);
                }
                QVERIFY(std::abs(static_cast<double>(to[m][p]) - sum) <= test::sumError(4) * scale);
            }
            QCOMPARE(to[m][kWritten], 5.0f);
        }
        QCOMPARE(out[0], 5.0f);
    }

    // packMatrix steps through rows and columns as it is told: here every third row and the columns backwards.
    void packedMatrix() {
        constexpr int kRowCount = 6, kInputCount = 3;
        std::vector<float> w(static_cast<std::size_t>(3 * kRowCount * kInputCount));
        std::iota(w.begin(), w.end(), 0.0f);
        std::vector<float> packed(packedWeightFloats(kRowCount, kInputCount));
        packMatrix(w.data() + kInputCount - 1, 3 * kInputCount, kRowCount, -1, kInputCount, packed.data());
        const std::vector<float> unit(48, 1.0f);
        std::vector<float> zero(48), out(static_cast<std::size_t>(kRowCount) * 16);
        std::vector<float*> to;
        for (int m = 0; m < kRowCount; ++m) to.push_back(out.data() + m * 16);
        for (int k = 0; k < kInputCount; ++k) {
            std::vector<const float*> in(static_cast<std::size_t>(kInputCount), zero.data());
            in[static_cast<std::size_t>(k)] = unit.data();
            planeGemm(packed.data(), kRowCount, in.data(), kInputCount, to.data(), 1, false);
            for (int m = 0; m < kRowCount; ++m)
                QCOMPARE(to[static_cast<std::size_t>(m)][0], static_cast<float>(m * 9 + 2 - k));
        }
    }

    // A product of gradients is the weights' gradient of that convolution.
    void dot_data() { test::addTargetRows(); }
    void dot() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const int rows : kRows) {
            for (const int columns : kInputs) {
                for (const int pixels : {1, 2, 15, 16, 49, 165}) {
                    for (const int segments : {1, 3}) {
                        const Array x = test::randomArray(rng, segments, columns, 1, pixels);
                        const Array dy = test::randomArray(rng, segments, rows, 1, pixels);
                        const Tensor in = test::poisonedTensor(x), gradient = test::poisonedTensor(dy);
                        std::vector<const float*> yTable, xTable;
                        for (int s = 0; s < segments; ++s) {
                            const auto xs = planes(in.view(), s), ys = planes(gradient.view(), s);
                            xTable.insert(xTable.end(), xs.begin(), xs.end());
                            yTable.insert(yTable.end(), ys.begin(), ys.end());
                        }
                        // Rows of the result lie further apart than they are long; what is between stays.
                        const int stride = columns + 2;
                        std::vector<float> dw(static_cast<std::size_t>(rows * stride), 1.0f);
                        planeDot(yTable.data(), rows, xTable.data(), columns, segments, pixels, dw.data(), stride);
                        const Array sum = reference::conv2dBackwardWeight({}, x, dy, 1);
                        const Array magnitude =
                            reference::conv2dBackwardWeight({}, test::absolute(x), test::absolute(dy), 1);
                        std::vector<double> expected(dw.size(), 1.0), scale(dw.size(), 0.0);
                        for (int m = 0; m < rows; ++m) {
                            for (int k = 0; k < columns; ++k) {
                                expected[static_cast<std::size_t>(m * stride + k)] += sum.at(m, k);
                                scale[static_cast<std::size_t>(m * stride + k)] = 1.0 + magnitude.at(m, k);
                            }
                        }
                        VERIFY_CLOSE(fmt::format("{} x {}, {} of {} pixels", rows, columns, segments, pixels), dw,
                                     expected, scale, test::sumError(segments * pixels + 1));
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(PlaneGemmTest)
#include "tst_plane_gemm.moc"
