#include <QtTest>

#include <fmt/format.h>

#include "ops/linear.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

class LinearTest : public QObject {
    Q_OBJECT

  private slots:
    void forwardAndBackward_data() { test::addTargetRows(); }
    void forwardAndBackward() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        Scratch scratch;  // used again for other shapes, as a network of changing batches does
        for (const int rows : {1, 2, 3, 7, 64}) {
            for (const int inputs : {1, 5, 16, 33, 64}) {
                for (const int outputs : {1, 2, 10, 37}) {
                    const std::string name = fmt::format("{} x {} -> {}", rows, inputs, outputs);
                    const LinearShape shape{rows, inputs, outputs};
                    const Array x = test::randomArray(rng, rows, inputs),
                                weight = test::randomArray(rng, outputs, inputs);
                    const Array dy = test::randomArray(rng, rows, outputs);
                    const auto bias = test::randomFloats(rng, static_cast<std::size_t>(outputs));
                    const std::vector<double> biases(bias.begin(), bias.end()), zeros(biases.size());
                    const Array bigX = test::absolute(x), bigWeight = test::absolute(weight),
                                bigDy = test::absolute(dy);
                    const auto xs = x.toFloats(), w = weight.toFloats(), dys = dy.toFloats();

                    std::vector<float> y(dys.size());
                    linearForward(shape, xs.data(), w.data(), bias.data(), y.data(), scratch);
                    Array scale = reference::linearForward(bigX, bigWeight, zeros);
                    for (double& value : scale.values) value += 1;  // biases are below 1
                    VERIFY_CLOSE(name, y, reference::linearForward(x, weight, biases).values, scale.values,
                                 test::sumError(inputs + 1));

                    const auto expected = reference::linearBackward(x, weight, dy);
                    const auto magnitude = reference::linearBackward(bigX, bigWeight, bigDy);
                    std::vector<float> dx(xs.size(), test::kPoison), dw(w.size(), 0.0f), dbias(bias.size(), 0.0f);
                    linearBackward(shape, xs.data(), w.data(), dys.data(), dx.data(), dw.data(), dbias.data(), scratch);
                    VERIFY_CLOSE(name, dx, expected.dx.values, magnitude.dx.values, test::sumError(outputs));
                    VERIFY_CLOSE(name, dw, expected.dweight.values, magnitude.dweight.values, test::sumError(rows));
                    VERIFY_CLOSE(name, dbias, expected.dbias, magnitude.dbias, test::sumError(rows));

                    const auto onceW = dw, onceBias = dbias;
                    linearBackward(shape, xs.data(), w.data(), dys.data(), dx.data(), dw.data(), dbias.data(), scratch);
                    for (std::size_t i = 0; i < dw.size(); ++i) QCOMPARE(dw[i], 2 * onceW[i]);
                    for (std::size_t i = 0; i < dbias.size(); ++i) QCOMPARE(dbias[i], 2 * onceBias[i]);
                }
            }
        }
    }

    void rows_data() { test::addTargetRows(); }
    void rows() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        for (const int rows : {1, 2, 3, 4, 5, 9}) {
            for (const int inputs : {1, 5, 16, 33, 200}) {
                for (const int outputs : {1, 3, 4, 10, 37}) {
                    const std::string name = fmt::format("{} x {} -> {}", rows, inputs, outputs);
                    const LinearShape shape{rows, inputs, outputs};
                    const Array x = test::randomArray(rng, rows, inputs),
                                weight = test::randomArray(rng, outputs, inputs);
                    const auto bias = test::randomFloats(rng, static_cast<std::size_t>(outputs));
                    const std::vector<double> biases(bias.begin(), bias.end());
                    const auto xs = x.toFloats(), w = weight.toFloats();
                    const std::size_t size = static_cast<std::size_t>(rows * outputs);
                    std::vector<float> y(size, test::kPoison), active(size, test::kPoison);
                    linearRows(shape, xs.data(), w.data(), bias.data(), false, y.data(), 0, outputs);
                    linearRows(shape, xs.data(), w.data(), bias.data(), true, active.data(), 0, outputs);
                    Array scale = reference::linearForward(test::absolute(x), test::absolute(weight),
                                                           std::vector<double>(biases.size(), 1.0));
                    VERIFY_CLOSE(name, y, reference::linearForward(x, weight, biases).values, scale.values,
                                 test::sumError(inputs + 1));
                    for (std::size_t i = 0; i < size; ++i) QCOMPARE(active[i], std::max(y[i], 0.0f));

                    // A row alone, an output alone, a range that cuts the tiles: the same bits.
                    for (int r = 0; r < rows; ++r) {
                        std::vector<float> alone(static_cast<std::size_t>(outputs));
                        linearRows({1, inputs, outputs}, xs.data() + r * inputs, w.data(), bias.data(), false,
                                   alone.data(), 0, outputs);
                        QVERIFY2(std::equal(alone.begin(), alone.end(), y.begin() + r * outputs), name.c_str());
                    }
                    const int first = outputs / 3, last = std::max(first, outputs - 1);
                    std::vector<float> part(size, 12345.0f);
                    linearRows(shape, xs.data(), w.data(), bias.data(), false, part.data(), first, last);
                    for (int i = 0; i < rows * outputs; ++i) {
                        const bool inside = i % outputs >= first && i % outputs < last;
                        const std::size_t at = static_cast<std::size_t>(i);
                        QCOMPARE(part[at], inside ? y[at] : 12345.0f);
                    }
                }
            }
        }
    }

    void nanPassesTheRelu_data() { test::addTargetRows(); }
    void nanPassesTheRelu() {
        const test::ForcedTarget forced;
        std::vector<float> x(20, 1.0f), y(6);
        const std::vector<float> w(6 * 20, -1.0f), bias(6, 0.0f);
        x[17] = test::kPoison;
        linearRows({1, 20, 6}, x.data(), w.data(), bias.data(), true, y.data(), 0, 6);
        for (const float value : y) QVERIFY(std::isnan(value));
    }
};

QTEST_GUILESS_MAIN(LinearTest)
#include "tst_linear.moc"
