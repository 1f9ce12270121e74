#include <QtTest>

#include "ops/sgd.h"
#include "support/kernel_test.h"

using namespace condenser;

class SgdTest : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithTheReference_data() { test::addTargetRows(); }
    void agreesWithTheReference() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        const SgdSettings settings{0.05f, 0.9f, 1e-3f};
        for (const std::size_t count : {1u, 2u, 7u, 8u, 15u, 16u, 17u, 1000u}) {
            auto parameter = test::randomFloats(rng, count);
            std::vector<float> velocity(count, 0.0f);
            parameter.push_back(test::kPoison);  // behind the end: left alone
            for (int step = 0; step < 3; ++step) {
                const auto gradient = test::randomFloats(rng, count);
                const std::vector<double> g(gradient.begin(), gradient.end());
                std::vector<double> p(parameter.begin(), parameter.end() - 1), v(velocity.begin(), velocity.end());
                const reference::Sgd sgd{static_cast<double>(settings.learningRate),
                                         static_cast<double>(settings.momentum),
                                         static_cast<double>(settings.weightDecay), step == 0};
                reference::sgdStep(sgd, g, p, v);
                sgdStep(settings, parameter.data(), gradient.data(), velocity.data(), count);
                // Two roundings for d, two more for the velocity, four for the parameter; all values stay below 4.
                const std::vector<double> scale(count, 4.0);
                VERIFY_CLOSE("velocity", velocity, v, scale, 4 * test::kUnitRoundoff);
                VERIFY_CLOSE("parameter", std::span(parameter).first(count), p, scale, 8 * test::kUnitRoundoff);
                QVERIFY(std::isnan(parameter.back()));
            }
        }
    }
};

QTEST_GUILESS_MAIN(SgdTest)
#include "tst_sgd.moc"
