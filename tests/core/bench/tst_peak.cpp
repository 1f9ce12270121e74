#include <QtTest>

#include <cmath>

#include "bench/peak.h"

using namespace condenser;

// How fast a machine is cannot be tested; that its limits make sense can.
class PeakTest : public QObject {
    Q_OBJECT

  private slots:
    void limitsAreNumbers() {
        ThreadPool pool(2);
        const Peak peak = measurePeak(pool);
        QVERIFY(std::isfinite(peak.flopsPerSecond) && peak.flopsPerSecond > 0);
        QCOMPARE(peak.levels.size(), std::size_t{3});
        double capacity = 0;
        for (const MemoryLevel& level : peak.levels) {
            QVERIFY(std::isfinite(level.bytesPerSecond) && level.bytesPerSecond > 0);
            QVERIFY(level.capacityBytes > capacity);
            capacity = level.capacityBytes;
        }
        QVERIFY(std::isinf(capacity));
    }
};

QTEST_GUILESS_MAIN(PeakTest)
#include "tst_peak.moc"
