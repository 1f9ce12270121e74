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
};

QTEST_GUILESS_MAIN(LinearTest)
#include "tst_linear.moc"
