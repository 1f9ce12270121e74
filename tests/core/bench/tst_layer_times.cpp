#include <QtTest>

#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "bench/layer_times.h"

using namespace condenser;

namespace {

constexpr double kBetween = 0.02;  // of a call, between its layers

// A machine that runs a call of known layers, at a pace that it changes and with neighbours that take it away.
class Machine {
  public:
    explicit Machine(std::vector<double> layers) : m_layers(std::move(layers)) {}

    double length() const { return std::accumulate(m_layers.begin(), m_layers.end(), 0.0) / (1 - kBetween); }

    void call(std::span<double> seconds) {
        const double pace = m_calls++ > slowsAfter ? 3.0 : 1.0;
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            double took = m_layers[i] * pace * (1 + 0.1 * m_rng.uniform());
            // Whoever runs longer is interrupted more often.
            if (m_rng.uniform() < interruptionsASecond * took) took += interruption;
            now += took;
            if (!seconds.empty()) seconds[i] += took;
        }
        now += kBetween * length() * pace;
    }

    LayerTimingOptions options() {
        LayerTimingOptions options;
        options.seconds = 20;
        options.clock = [this] { return now; };
        return options;
    }

    int slowsAfter = 1 << 30;  // calls
    double interruptionsASecond = 0, interruption = 0;
    double now = 0;

  private:
    std::vector<double> m_layers;
    Rng m_rng{5, RandomStream::kTest};
    int m_calls = 0;
};

// 60 layers of 10 to 80 us: a call of 2.4 ms.
std::vector<double> someLayers() {
    std::vector<double> layers;
    for (int i = 0; i < 60; ++i) layers.push_back((1 + i * 5 % 8) * 10e-6);
    return layers;
}

}  // namespace

class LayerTimesTest : public QObject {
    Q_OBJECT

  private slots:
    // They are parts of the call that was measured before, whatever the machine does now.
    void addUp_data() {
        QTest::addColumn<int>("slowsAfter");
        QTest::addColumn<double>("interruptions");
        QTest::addColumn<double>("interruption");
        QTest::newRow("quiet") << (1 << 30) << 0.0 << 0.0;
        QTest::newRow("three times slower, early") << 60 << 0.0 << 0.0;
        QTest::newRow("three times slower, half way") << 500 << 0.0 << 0.0;
        QTest::newRow("now and then a neighbour") << (1 << 30) << 20.0 << 4e-3;
        QTest::newRow("two busy neighbours") << (1 << 30) << 300.0 << 6e-3;
        QTest::newRow("all at once") << 300 << 200.0 << 3e-3;
    }
    void addUp() {
        QFETCH(int, slowsAfter);
        QFETCH(double, interruptions);
        QFETCH(double, interruption);
        const std::vector<double> layers = someLayers();
        Machine machine(layers);
        machine.slowsAfter = slowsAfter;
        machine.interruptionsASecond = interruptions;
        machine.interruption = interruption;
        const double wholeMs = 7;
        const std::vector<double> us = layerTimes([&](std::span<double> seconds) { machine.call(seconds); },
                                                  layers.size(), wholeMs, machine.options());
        QCOMPARE(us.size(), layers.size());
        const double sum = std::accumulate(us.begin(), us.end(), 0.0) / (wholeMs * 1e3);
        QVERIFY2(std::abs(sum - (1 - kBetween)) < 0.02, qPrintable(QString::number(sum)));
        if (interruptions * interruption > 0.5) return;  // no call is without them, and they fall on a layer by chance
        for (std::size_t i = 0; i < us.size(); ++i) {
            const double expected = layers[i] / machine.length() * wholeMs * 1e3;
            QVERIFY(std::abs(us[i] / expected - 1) < 0.05);
        }
    }

    void endsInTime() {
        Machine machine(someLayers());
        LayerTimingOptions options = machine.options();
        options.seconds = 0.1;
        double told = 0;
        options.progress = [&](double done) { told = done; };
        int calls = 0;
        layerTimes(
            [&](std::span<double> seconds) {
                machine.call(seconds);
                ++calls;
            },
            someLayers().size(), 1, options);
        QVERIFY(machine.now < 0.15 && calls >= 10 && told > 0);
        std::stop_source stop;
        stop.request_stop();
        options.stop = stop.get_token();
        QVERIFY(layerTimes([&](std::span<double> seconds) { machine.call(seconds); }, someLayers().size(), 1, options)
                    .empty());
    }
};

QTEST_GUILESS_MAIN(LayerTimesTest)
#include "tst_layer_times.moc"
