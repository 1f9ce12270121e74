// Sums over a batch that come out the same on any number of threads and on any instruction set.
#include <QtTest>

#include <fmt/format.h>

#include <bit>

#include "ops/gradient_chunks.h"
#include "support/norm_conv_test.h"

using namespace condenser;

namespace {

constexpr std::size_t kLengths[] = {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025, 2500};

// By halves, as a textbook would: (r0 + r1) + (r2 + r3) and so on; an odd one waits for the next round.
float sumByHalves(std::vector<float> level) {
    while (level.size() > 1) {
        std::vector<float> next;
        for (std::size_t i = 0; i + 1 < level.size(); i += 2) next.push_back(level[i] + level[i + 1]);
        if (level.size() % 2 == 1) next.push_back(level.back());
        level = next;
    }
    return level[0];
}

}  // namespace

class GradientChunksTest : public QObject {
    Q_OBJECT

  private slots:
    // In this order and no other, whatever the vectors; nothing between the runs is read, nothing behind the sum
    // written.
    void sumsRunsByHalves_data() { test::addTargetRows(); }
    void sumsRunsByHalves() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (int count = 1; count <= kMaxChunks; ++count) {
            for (const std::size_t floats : kLengths) {
                const std::size_t stride = floats + rng.below(20);
                std::vector<float> runs(stride * static_cast<std::size_t>(count), test::kPoison);
                std::vector<float> expected(floats);
                std::vector<double> exact(floats), size(floats);
                for (int r = 0; r < count; ++r) {
                    const auto run = test::randomFloats(rng, floats);
                    std::copy(run.begin(), run.end(), runs.begin() + r * static_cast<std::ptrdiff_t>(stride));
                }
                for (std::size_t i = 0; i < floats; ++i) {
                    std::vector<float> terms;
                    for (int r = 0; r < count; ++r) terms.push_back(runs[static_cast<std::size_t>(r) * stride + i]);
                    expected[i] = sumByHalves(terms);
                    for (const float term : terms) {
                        exact[i] += static_cast<double>(term);
                        size[i] += static_cast<double>(std::abs(term));
                    }
                }
                std::vector<float> sum(floats + 17, test::kPoison);
                sumRuns(runs.data(), count, static_cast<std::ptrdiff_t>(stride), floats, sum.data());
                QVERIFY(std::all_of(sum.begin() + static_cast<std::ptrdiff_t>(floats), sum.end(),
                                    [](float f) { return std::isnan(f); }));
                sum.resize(floats);
                QVERIFY2(test::sameBits(sum, expected), fmt::format("{} runs of {}", count, floats).c_str());
                // No term is rounded more often than there are rounds.
                const int rounds = std::bit_width(static_cast<unsigned>(count - 1));
                VERIFY_CLOSE(fmt::format("{} runs of {}", count, floats), sum, exact, size,
                             rounds * test::kUnitRoundoff * 1.001);
            }
        }
    }

    void sameBitsOnAnyNumberOfThreads_data() { test::addTargetRows(); }
    void sameBitsOnAnyNumberOfThreads() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        ThreadPool one(1), two(2), five(5);
        ChunkSums sums;
        for (const int images : {1, 2, 3, 7, 16, 100}) {
            for (const std::size_t floats : kLengths) {
                const int chunks = chunkCount(images);
                sums.reserve(chunks, floats);
                std::vector<std::vector<float>> runs;
                for (int c = 0; c < chunks; ++c) {
                    runs.push_back(test::randomFloats(rng, floats));
                    QCOMPARE(reinterpret_cast<std::uintptr_t>(sums.chunk(c)) % 64, std::uintptr_t{0});
                    std::copy(runs.back().begin(), runs.back().end(), sums.chunk(c));
                }
                std::vector<float> expected;
                for (std::size_t i = 0; i < floats; ++i) {
                    std::vector<float> terms;
                    for (const auto& run : runs) terms.push_back(run[i]);
                    expected.push_back(sumByHalves(terms));
                }
                for (ThreadPool* pool : {&one, &two, &five}) {
                    std::vector<float> got(floats, test::kPoison);
                    std::vector<int> taken(floats);
                    sums.forEachSum(*pool, [&](const float* sum, std::size_t first, std::size_t last) {
                        for (std::size_t i = first; i < last; ++i) {
                            got[i] = sum[i - first];
                            ++taken[i];
                        }
                    });
                    QCOMPARE(taken, std::vector<int>(floats, 1));
                    QVERIFY2(test::sameBits(got, expected),
                             fmt::format("{} chunks of {}, {} threads", chunks, floats, pool->size()).c_str());
                }
            }
        }
    }

    // Every image once, in order, in chunks of nearly the same size.
    void chunksCoverTheBatch() {
        for (int images = 1; images <= 300; ++images) {
            const int chunks = chunkCount(images);
            QVERIFY(chunks >= 1 && chunks <= kMaxChunks && chunks <= images);
            int next = 0;
            for (int c = 0; c < chunks; ++c) {
                const ImageRange range = chunkImages(images, c);
                QCOMPARE(range.first, next);
                QVERIFY(range.count == images / chunks || range.count == images / chunks + 1);
                next += range.count;
            }
            QCOMPARE(next, images);
        }
    }
};

QTEST_GUILESS_MAIN(GradientChunksTest)
#include "tst_gradient_chunks.moc"
