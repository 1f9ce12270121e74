#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "base/thread_pool.h"
#include "data/shapes10.h"

using namespace condenser;

namespace {

constexpr std::size_t kClasses = 10;
constexpr std::size_t kPixels = static_cast<std::size_t>(kShapesSize) * kShapesSize * 3;

std::uint64_t fnv1a(const std::vector<std::uint8_t>& bytes, std::size_t count) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (std::size_t i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

}  // namespace

class Shapes10Test : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        ThreadPool pool(availableCores());
        const auto drawAll = [&](ShapesPart part, int count, std::vector<std::uint8_t>& bytes) {
            bytes.resize(static_cast<std::size_t>(count) * kPixels);
            pool.parallelFor(static_cast<std::size_t>(count), [&](std::size_t index, int) {
                const DrawnShape shape = drawShape(part, static_cast<int>(index));
                std::copy(shape.picture.pixels.begin(), shape.picture.pixels.end(),
                          bytes.begin() + static_cast<std::ptrdiff_t>(index * kPixels));
            });
        };
        drawAll(ShapesPart::kTrain, kShapesTrainCount, m_train);
        drawAll(ShapesPart::kTest, kShapesTestCount, m_test);
    }

    // Accuracies reported for this set belong to exactly these bytes, on every machine.
    void theBytesNeverChange() {
        QCOMPARE(fnv1a(m_train, 100 * kPixels), kFirstTrain);
        QCOMPARE(fnv1a(m_test, 100 * kPixels), kFirstTest);
        QCOMPARE(fnv1a(m_train, m_train.size()), kWholeTrain);
        QCOMPARE(fnv1a(m_test, m_test.size()), kWholeTest);
    }

    void classesAreSortedNouns() {
        const auto& names = shapesClasses();
        QCOMPARE(names.size(), kClasses);
        QVERIFY(std::is_sorted(names.begin(), names.end()));
        QVERIFY(std::adjacent_find(names.begin(), names.end()) == names.end());
    }

    void aPictureIsAFunctionOfItsPlace() {
        const DrawnShape late = drawShape(ShapesPart::kTrain, 4321);
        drawShape(ShapesPart::kTest, 7);
        QCOMPARE(drawShape(ShapesPart::kTrain, 4321).picture.pixels, late.picture.pixels);
        QCOMPARE(late.label, 1);
        QCOMPARE(late.picture.height, kShapesSize);
        QCOMPARE(late.picture.width, kShapesSize);
        QVERIFY(drawShape(ShapesPart::kTest, 4321).picture.pixels != late.picture.pixels);
        QVERIFY(drawShape(ShapesPart::kTrain, 4321, kShapesSeed + 1).picture.pixels != late.picture.pixels);
        QVERIFY(drawShape(ShapesPart::kTrain, 4331).picture.pixels != late.picture.pixels);
    }

    // Most of every object lies inside the picture.
    void boxesHoldTheObjects() {
        for (int index = 0; index < 500; ++index) {
            const BoundingBox box = drawShape(ShapesPart::kTrain, index).box;
            QVERIFY(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= kShapesSize && box.y1 <= kShapesSize);
            QVERIFY2(box.x1 - box.x0 >= 7 && box.y1 - box.y0 >= 7, qPrintable(QString::number(index)));
        }
    }

    void colourDoesNotTellTheClass() {
        std::array<std::array<double, 3>, kClasses> mean{};
        for (std::size_t i = 0; i < m_train.size(); ++i) mean[i / kPixels % kClasses][i % 3] += m_train[i];
        for (auto& channels : mean) {
            for (double& value : channels) value /= static_cast<double>(m_train.size() / 3 / kClasses);
        }
        for (const auto& channels : mean) {
            for (std::size_t c = 0; c < 3; ++c) QVERIFY(std::abs(channels[c] - mean[0][c]) < 8);
        }
    }

    // Multinomial logistic regression on normalised pixels: it learns its pictures to some extent by heart, and fails
    // on others, because no pixel means anything by itself.
    void aLinearClassifierFails() {
        constexpr int kEpochs = 10;
        constexpr float kRate = 2e-4f;
        std::vector<float> weights(kClasses * kPixels);
        std::array<float, kClasses> bias{};
        std::vector<float> x(kPixels);
        const auto scores = [&](const std::vector<std::uint8_t>& bytes, std::size_t index) {
            for (std::size_t i = 0; i < kPixels; ++i) {
                x[i] = (static_cast<float>(bytes[index * kPixels + i]) - 126.0f) / 69.0f;
            }
            std::array<float, kClasses> result = bias;
            for (std::size_t k = 0; k < kClasses; ++k) {
                // Sixteen sums side by side, which a compiler can keep in vectors.
                std::array<float, 16> sums{};
                const float* w = weights.data() + k * kPixels;
                for (std::size_t i = 0; i < kPixels; i += 16) {
                    for (std::size_t lane = 0; lane < 16; ++lane) sums[lane] += w[i + lane] * x[i + lane];
                }
                result[k] += std::accumulate(sums.begin(), sums.end(), 0.0f);
            }
            return result;
        };
        const auto accuracy = [&](const std::vector<std::uint8_t>& bytes) {
            std::size_t right = 0;
            const std::size_t count = bytes.size() / kPixels;
            for (std::size_t index = 0; index < count; ++index) {
                const auto result = scores(bytes, index);
                const auto best = std::max_element(result.begin(), result.end()) - result.begin();
                right += static_cast<std::size_t>(best) == index % kClasses ? 1 : 0;
            }
            return static_cast<double>(right) / static_cast<double>(count);
        };
        Rng rng(1, RandomStream::kTest);
        for (int step = 0; step < kEpochs * kShapesTrainCount; ++step) {
            const std::size_t index = rng.below(kShapesTrainCount);
            std::array<float, kClasses> slope = scores(m_train, index);
            const float largest = *std::max_element(slope.begin(), slope.end());
            float sum = 0;
            for (float& value : slope) sum += value = std::exp(value - largest);
            const float rate = kRate * (1.0f - static_cast<float>(step) / (kEpochs * kShapesTrainCount));
            for (std::size_t k = 0; k < kClasses; ++k) {
                const float push = rate * (slope[k] / sum - (k == index % kClasses ? 1.0f : 0.0f));
                bias[k] -= push;
                float* w = weights.data() + k * kPixels;
                for (std::size_t i = 0; i < kPixels; ++i) w[i] -= push * x[i];
            }
        }
        const double train = accuracy(m_train), test = accuracy(m_test);
        qInfo("linear classifier: %.1f %% of the training pictures, %.1f %% of the test pictures", train * 100,
              test * 100);
        QVERIFY(train > 0.2);  // it did learn
        QVERIFY(test < 0.45);
    }

  private:
    static constexpr std::uint64_t kFirstTrain = 0x3e531e02fdaaafb2, kFirstTest = 0x1e5658cf16db5726,
                                   kWholeTrain = 0x3499d6d04b5d8960, kWholeTest = 0x3535e06a5b34a10d;

    std::vector<std::uint8_t> m_train, m_test;
};

QTEST_GUILESS_MAIN(Shapes10Test)
#include "tst_shapes10.moc"
