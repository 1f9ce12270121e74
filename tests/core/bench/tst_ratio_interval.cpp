#include <QtTest>
#include <cmath>
#include <functional>
#include <numbers>

#include "base/rng.h"
#include "bench/ratio_interval.h"

using namespace condenser;

namespace {

// A machine whose speed is not its own: what a call takes is its work times what the machine makes of it at that time.
class NoisyMachine {
  public:
    struct Noise {
        double everyCall = 0.02;         // deviation of the logarithm
        double bursts = 0;               // share of calls that something interrupts, for as long as a power law says
        double drift = 0, waves = 0;     // shares: slower at the end than at the start; up and down
        double neighbour = 0;            // how much slower calls are while somebody else computes
        double neighbourSeconds = 0.25;  // of each visit, and between two, in the mean
    };

    NoisyMachine(const Noise& noise, std::uint64_t trial) : m_noise(noise), m_rng(5, RandomStream::kTest, trial) {
        m_nextVisit = untilNext();
        m_phase = m_rng.uniform();
    }

    double now() const { return m_now; }

    void call(double work) {
        double seconds = work * std::exp(m_noise.everyCall * m_rng.normal());
        if (m_rng.uniform() < m_noise.bursts) seconds += work * std::min(1e3, std::pow(m_rng.uniform(), -1 / 1.1));
        seconds *= 1 + m_noise.drift * m_now / 6;
        seconds *= 1 + m_noise.waves * std::sin(2 * std::numbers::pi * (m_now / 1.3 + m_phase));
        while (m_noise.neighbour > 0 && m_now >= m_nextVisit) {
            m_visited = !m_visited;
            m_nextVisit += untilNext();
        }
        if (m_visited) seconds *= 1 + m_noise.neighbour;
        m_now += seconds;
    }

  private:
    double untilNext() { return -std::log(1 - m_rng.uniform()) * m_noise.neighbourSeconds; }

    Noise m_noise;
    Rng m_rng;
    double m_now = 0, m_nextVisit = 0, m_phase = 0;
    bool m_visited = false;
};

// Two subjects of which the first does `ratio` times the work of the second, timed by the protocol itself.
RatioInterval measured(const NoisyMachine::Noise& noise, double ratio, std::uint64_t trial, int minBlocks,
                       double seconds, double call) {
    NoisyMachine machine(noise, trial);
    ProtocolOptions options;
    options.seconds = seconds;
    options.minBlocks = minBlocks;
    options.clock = [&machine] { return machine.now(); };
    const auto timings =
        timeInTurn({{"first", [&] { machine.call(call * ratio); }}, {"second", [&] { machine.call(call); }}}, options);
    const Timing &first = timings->at(0), &second = timings->at(1);
    const auto interval = ratioInterval(first.ms, first.blocks, second.ms, second.blocks);
    if (!interval) qFatal("there is no interval");
    return *interval;
}

}  // namespace

class RatioIntervalTest : public QObject {
    Q_OBJECT

  private slots:
    // Of fair coins' signed ranks (Wilcoxon's tables): with 8 pairs the interval goes from the smallest to the largest
    // mean of two, with 10 the 4th smallest is its end, with 7 there is none of 99 %.
    void endsAreThoseOfWilcoxonsTables() {
        QVERIFY(!byHand({1, 2, 3, 4, 5, 6, 7}));
        const auto eight = byHand({1, 2, 3, 4, 5, 6, 7, 8});
        QCOMPARE(eight->pairs, 8);
        QVERIFY(near(eight->low, 1) && near(eight->high, 8) && near(eight->ratio, 4.5));
        // Means of two of 1..10 from below: 1, 1.5, 2, 2.
        const auto ten = byHand({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
        QVERIFY(near(ten->low, 2) && near(ten->high, 9) && near(ten->ratio, 5.5));
    }

    // Only blocks of the same round are compared.
    void roundsOfOneSubjectAloneAreLeftOut() {
        std::vector<double> first, second;
        std::vector<TimingBlock> firstBlocks, secondBlocks;
        for (int round = 0; round < 12; ++round) {
            if (round != 3) {
                firstBlocks.push_back({first.size(), 1, round});
                first.push_back(2);
            }
            if (round < 11) {
                secondBlocks.push_back({second.size(), 1, round});
                second.push_back(round == 3 ? 1000 : 1);
            }
        }
        const auto interval = ratioInterval(first, firstBlocks, second, secondBlocks);
        QCOMPARE(interval->pairs, 10);
        QCOMPARE(interval->ratio, 2.0);
        QVERIFY(!interval->noDifference());
    }

    // Thousands of pairs take no longer than hundreds.
    void manyPairsAreMerged() {
        std::vector<double> many;
        for (int i = 0; i < 5000; ++i) many.push_back(i % 2 ? 0.001 : -0.001);
        const auto interval = byHand(many);
        QCOMPARE(interval->pairs, 5000);
        QVERIFY(interval->noDifference());
        QVERIFY(interval->high - interval->low < 1e-3);
    }

    void machines_data() {
        using Noise = NoisyMachine::Noise;
        QTest::addColumn<Noise>("noise");
        QTest::newRow("quiet") << Noise{};
        QTest::newRow("heavy tails") << Noise{.everyCall = 0.05, .bursts = 0.1};
        QTest::newRow("drift") << Noise{.drift = 0.4};
        QTest::newRow("waves") << Noise{.waves = 0.15};
        QTest::newRow("a neighbour") << Noise{.neighbour = 0.5, .neighbourSeconds = 0.1};
        QTest::newRow("a neighbour who stays") << Noise{.neighbour = 0.5, .neighbourSeconds = 0.6};
        QTest::newRow("all of it") << Noise{
            .everyCall = 0.05, .bursts = 0.05, .drift = 0.2, .waves = 0.1, .neighbour = 0.3};
    }

    // The interval misses the truth in no more than one of a hundred measurements, whatever the noise, and where the
    // two are alike so do its verdicts. (Three deviations of so many trials above 1 %.)
    void misses_data() { machines_data(); }
    void misses() {
        QFETCH(NoisyMachine::Noise, noise);
        constexpr int kTrials = 600;
        int missed = 0, wrongVerdicts = 0;
        for (int trial = 0; trial < kTrials; ++trial) {
            const double ratio = trial % 2 ? 1 : 2.5;
            const RatioInterval interval = measured(noise, ratio, static_cast<std::uint64_t>(trial), 10, 3, 0.002);
            missed += ratio < interval.low || interval.high < ratio;
            wrongVerdicts += ratio == 1 && !interval.noDifference();
        }
        const double share = static_cast<double>(missed) / kTrials;
        qInfo("missed %.2f %%, called different %.2f %%", share * 100, wrongVerdicts * 200.0 / kTrials);
        QVERIFY(share <= 0.01 + 3 * std::sqrt(0.01 / kTrials));
        QVERIFY(wrongVerdicts <= kTrials / 2 * (0.01 + 3 * std::sqrt(0.01 / (kTrials / 2.0))));
    }

    // One in twenty slower is found in all but one of twenty.
    void findsFivePercent_data() { machines_data(); }
    void findsFivePercent() {
        QFETCH(NoisyMachine::Noise, noise);
        constexpr int kTrials = 60;
        int found = 0;
        for (int trial = 0; trial < kTrials; ++trial) {
            const RatioInterval interval = measured(noise, 1.05, static_cast<std::uint64_t>(trial), 10, 3, 0.002);
            found += interval.low > 1;
        }
        qInfo("found %.1f %%", found * 100.0 / kTrials);
        QVERIFY(found >= kTrials * 19 / 20);
    }

  private:
    // Pairs whose logarithms are those given: the intervals' ends come back as such.
    static std::optional<RatioInterval> byHand(const std::vector<double>& logs) {
        std::vector<double> first, second;
        std::vector<TimingBlock> blocks;
        for (std::size_t i = 0; i < logs.size(); ++i) {
            blocks.push_back({i, 1, static_cast<int>(i)});
            first.push_back(std::exp(logs[i] / 10));
            second.push_back(1);
        }
        return ratioInterval(first, blocks, second, blocks);
    }
    static bool near(double ratio, double log) { return std::abs(std::log(ratio) * 10 - log) < 1e-9; }
};

QTEST_GUILESS_MAIN(RatioIntervalTest)
#include "tst_ratio_interval.moc"
