#include <QtTest>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "bench/protocol.h"

using namespace condenser;

namespace {

// Seconds that are exact in binary, so that sums of them are, too.
constexpr double kLong = 1.0 / 32;     // one makes a block of 0.02 s; too long for an untimed call before it
constexpr double kMiddle = 1.0 / 128;  // three make a block
constexpr double kShort = 0x1p-20;     // about a microsecond

// Time that passes only while a subject is called.
struct World {
    double now = 0;
    std::vector<int> calls;  // whose, in order

    Subject subject(int number, double seconds) {
        return {std::to_string(number), [this, number, seconds] {
                    calls.push_back(number);
                    now += seconds;
                }};
    }
    ProtocolOptions options(double seconds) {
        ProtocolOptions options;
        options.seconds = seconds;
        options.clock = [this] { return now; };
        return options;
    }
};

}  // namespace

class ProtocolTest : public QObject {
    Q_OBJECT

  private slots:
    void quantiles() {
        QCOMPARE(quantile({7}, 0.05), 7.0);
        QCOMPARE(quantile({4, 1, 3, 2}, 0.5), 2.5);
        QCOMPARE(quantile({5, 1, 4, 2, 3}, 0.5), 3.0);
        QCOMPARE(quantile({5, 1, 4, 2, 3}, 0.0), 1.0);
        QCOMPARE(quantile({5, 1, 4, 2, 3}, 1.0), 5.0);
        QCOMPARE(quantile({5, 1, 4, 2, 3}, 0.05), 1.2);  // place 0.2
        QCOMPARE(quantile({50, 10, 40, 20, 30}, 0.95), 48.0);
    }

    // Warm-up, then rounds of a block a subject, in an order that is drawn by lot; every second one runs backwards.
    void blocksAlternate() {
        World world;
        const auto timings =
            timeInTurn({world.subject(0, kLong), world.subject(1, kLong), world.subject(2, kLong)}, world.options(0.5));
        QVERIFY(timings.has_value());
        const std::vector<int> rounds(world.calls.begin() + 12,
                                      world.calls.end());  // behind four calls of warm-up each
        QCOMPARE(rounds.size(), std::size_t{16 * 3});
        std::set<std::vector<int>> orders;
        for (std::size_t round = 0; round < 16; round += 2) {
            const std::vector<int> one(rounds.begin() + static_cast<long>(round) * 3,
                                       rounds.begin() + static_cast<long>(round) * 3 + 3);
            const std::vector<int> next(rounds.begin() + static_cast<long>(round) * 3 + 3,
                                        rounds.begin() + static_cast<long>(round) * 3 + 6);
            QCOMPARE(std::set<int>(one.begin(), one.end()).size(), std::size_t{3});
            QCOMPARE(std::vector<int>(one.rbegin(), one.rend()), next);
            orders.insert(one);
        }
        QVERIFY(orders.size() > 2);
        QCOMPARE(timings->size(), std::size_t{3});
        for (const Timing& timing : *timings) {
            QCOMPARE(timing.calls, 16);
            QCOMPARE(timing.ms, std::vector<double>(16, kLong * 1e3));
            QCOMPARE(timing.medianMs, kLong * 1e3);
        }
    }

    // Every sample is in one block, every block in a round of its own, and all blocks of a subject are of one length.
    void blocksHoldAllSamples() {
        World world;
        ProtocolOptions options = world.options(0.1);
        options.minBlocks = 10;
        std::vector<std::vector<double>> heard(2);
        options.sampled = [&](std::size_t subject, std::span<const double> ms) {
            heard[subject].insert(heard[subject].end(), ms.begin(), ms.end());
        };
        const auto timings = timeInTurn({world.subject(0, kLong), world.subject(1, kMiddle / 4)}, options);
        QVERIFY(timings.has_value());
        for (std::size_t i = 0; i < 2; ++i) {
            const Timing& timing = timings->at(i);
            QVERIFY(timing.blocks.size() >= 10);
            std::size_t next = 0;
            int round = -1;
            for (const TimingBlock& block : timing.blocks) {
                QCOMPARE(block.first, next);
                QCOMPARE(block.samples, timing.blocks.front().samples);
                QCOMPARE(block.samples % 2, std::size_t{1});
                QVERIFY(block.round > round);
                round = block.round;
                next += block.samples;
            }
            QCOMPARE(next, timing.ms.size());
            QCOMPARE(heard[i], timing.ms);
        }
    }

    // However long a call: five of them; whoever has enough is not timed further.
    void slowSubjectsAreCalledFiveTimes() {
        World world;
        const auto timings = timeInTurn({world.subject(0, 2.0), world.subject(1, kLong)}, world.options(0.25));
        QVERIFY(timings.has_value());
        QCOMPARE((*timings)[0].ms, std::vector<double>(5, 2000.0));
        QCOMPARE((*timings)[1].ms.size(), std::size_t{8});
        QCOMPARE(std::count(world.calls.begin(), world.calls.end(), 0), std::ptrdiff_t{2 + 5});
    }

    // The caches are another subject's after a change: that call is not a sample. Medians and tails do not see it.
    void firstCallOfABlockIsNotTimed() {
        World world;
        const auto coldAfterAnother = [&](int number) {
            return Subject{std::to_string(number), [&world, number] {
                               const bool cold = world.calls.empty() || world.calls.back() != number;
                               world.calls.push_back(number);
                               world.now += cold ? 3 * kMiddle : kMiddle;
                           }};
        };
        const auto timings = timeInTurn({coldAfterAnother(0), coldAfterAnother(1)}, world.options(0.4));
        QVERIFY(timings.has_value());
        for (const Timing& timing : *timings) QCOMPARE(timing.ms, std::vector<double>(18 * 3, kMiddle * 1e3));
    }

    // Some samples differ: the statistics are those of the samples.
    void statisticsAreOfTheSamples() {
        World world;
        int call = 0;
        const Subject uneven{"uneven", [&] { world.now += kLong * (++call % 5 + 1); }};
        const auto timings = timeInTurn({uneven}, world.options(2));
        QVERIFY(timings.has_value());
        const Timing& timing = timings->front();
        QCOMPARE(timing.medianMs, quantile(timing.ms, 0.5));
        QCOMPARE(timing.p5Ms, quantile(timing.ms, 0.05));
        QCOMPARE(timing.p95Ms, quantile(timing.ms, 0.95));
        QVERIFY(timing.p5Ms < timing.medianMs && timing.medianMs < timing.p95Ms);
        double sum = 0;
        for (const double ms : timing.ms) sum += ms;
        QVERIFY(sum >= 2000);
    }

    // 50 us hold 52.4 of these calls: 53 at once, and a sample is one of them.
    void shortCallsAreTimedSeveralAtOnce() {
        World world;
        const auto timings = timeInTurn({world.subject(0, kShort)}, world.options(0.01));
        QVERIFY(timings.has_value());
        const Timing& timing = timings->front();
        QCOMPARE(timing.calls, static_cast<std::int64_t>(timing.ms.size()) * 53);
        QVERIFY(timing.ms.size() >= 5);
        for (const double ms : timing.ms) QCOMPARE(ms, kShort * 1e3);
    }

    void aStopEndsBetweenCalls_data() {
        QTest::addColumn<int>("last");
        QTest::newRow("in the warm-up") << 3;
        QTest::newRow("in a block") << 10;
        QTest::newRow("in a later round") << 20;
    }
    void aStopEndsBetweenCalls() {
        QFETCH(int, last);
        World world;
        std::stop_source source;
        const auto stopping = [&](int number) {
            return Subject{"", [&world, &source, number, last] {
                               world.calls.push_back(number);
                               world.now += kLong;
                               if (static_cast<int>(world.calls.size()) == last) source.request_stop();
                           }};
        };
        ProtocolOptions options = world.options(1);
        options.stop = source.get_token();
        const auto timings = timeInTurn({stopping(0), stopping(1)}, options);
        QVERIFY(!timings.has_value());
        QCOMPARE(timings.error().code, ErrorCode::kCancelled);
        QCOMPARE(static_cast<int>(world.calls.size()), last);
    }

    void progressRises() {
        World world;
        ProtocolOptions options = world.options(0.5);
        std::map<std::string, int> blocks;
        double latest = 0, of = 0;
        bool rising = true;
        options.progress = [&](const std::string& name, double done, double total) {
            ++blocks[name];
            rising = rising && done > latest;
            latest = done;
            of = total;
        };
        QVERIFY(timeInTurn({world.subject(0, kLong), world.subject(1, kLong)}, options).has_value());
        QVERIFY(rising);
        QCOMPARE(blocks, (std::map<std::string, int>{{"0", 16}, {"1", 16}}));
        QCOMPARE(latest, 1.0);
        QCOMPARE(of, 1.0);
    }

    // With the machine's own clock: samples are positive and make up the time asked for.
    void theRealClock() {
        volatile double sink = 0;
        const Subject work{"work", [&] {
                               for (int i = 0; i < 20000; ++i) sink = sink + i;
                           }};
        ProtocolOptions options;
        options.seconds = 0.02;
        const auto timings = timeInTurn({work, work}, options);
        QVERIFY(timings.has_value());
        for (const Timing& timing : *timings) {
            double sum = 0;
            for (const double ms : timing.ms) {
                QVERIFY(ms > 0);
                sum += ms;
            }
            QVERIFY(sum * static_cast<double>(timing.calls) / static_cast<double>(timing.ms.size()) >= 19.99);
            QVERIFY(timing.p5Ms <= timing.medianMs && timing.medianMs <= timing.p95Ms);
        }
    }
};

QTEST_GUILESS_MAIN(ProtocolTest)
#include "tst_protocol.moc"
