#include <QtTest>

#include <fmt/format.h>

#include "ops/pool.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

class PoolTest : public QObject {
    Q_OBJECT

  private slots:
    void averagePool2_data() { test::addTargetRows(); }
    void averagePool2() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size :
             {test::MapSize{2, 2}, {2, 3}, {3, 2}, {7, 7}, {17, 12}, {33, 5}, {16, 32}, {4, 67}}) {
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

    // A map of one row or column is dropped whole: there is nothing to write forward, and no gradient.
    void mapsThatVanish() {
        std::vector<float> dx(5, 3.0f);
        averagePool2Forward({1, 5}, dx.data(), nullptr);
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
