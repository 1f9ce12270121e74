#include <QtTest>

#include <fmt/format.h>

#include "ops/peak.h"
#include "support/kernel_test.h"

using namespace condenser;

class PeakKernelsTest : public QObject {
    Q_OBJECT

  private slots:
    // x = x / 2 + 1 goes to 2, and after 40 steps from 0..11 is 2 in floats: every lane has gone through all of them.
    void multiplyAdds_data() { test::addTargetRows(); }
    void multiplyAdds() {
        const test::ForcedTarget forced;
        const MultiplyAdds settled = condenser::multiplyAdds(40, 0.5f, 1.0f);
        QCOMPARE(settled.mean, 2.0f);
        QVERIFY(settled.flops > 0 && settled.flops % 40 == 0);
        QCOMPARE(condenser::multiplyAdds(4000, 0.5f, 1.0f).flops, settled.flops * 100);
        // Two steps: the mean of 0..11 is 5.5, then 3.75, then 2.875.
        QCOMPARE(condenser::multiplyAdds(2, 0.5f, 1.0f).mean, 2.875f);
        QCOMPARE(condenser::multiplyAdds(0, 0.5f, 1.0f).mean, 5.5f);
    }

    void sumFloats_data() { test::addTargetRows(); }
    void sumFloats() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const int count : {0, 1, 3, 4, 15, 16, 17, 63, 127, 128, 129, 1000, 4096, 4111}) {
            for (const std::size_t offset : {std::size_t{0}, std::size_t{1}}) {  // aligned and not
                auto x = test::randomFloats(rng, static_cast<std::size_t>(count) + offset);
                double sum = 0, scale = 0;
                for (std::size_t i = offset; i < x.size(); ++i) {
                    sum += static_cast<double>(x[i]);
                    scale += std::abs(static_cast<double>(x[i]));
                }
                x.push_back(test::kPoison);
                const double got =
                    static_cast<double>(condenser::sumFloats(x.data() + offset, static_cast<std::size_t>(count)));
                QVERIFY2(std::abs(got - sum) <= test::sumError(count) * scale, fmt::format("{}", count).c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(PeakKernelsTest)
#include "tst_peak_kernels.moc"
