#include <QtTest>
#include <algorithm>

#include "bench/calibration.h"

using namespace condenser;

class CalibrationTest : public QObject {
    Q_OBJECT

  private slots:
    void smallNetworksGiveRates() {
        ThreadPool pool(1);
        CalibrationOptions options;
        options.seconds = 1e-3;
        // A clock that a look at it moves on: nothing here depends on the machine's speed.
        double now = 0;
        options.clock = [&] { return now += 1e-3; };
        const auto calibration = calibrate(pool, options);
        QVERIFY(calibration.has_value());
        QVERIFY(isUsable(calibration->rates));
        QVERIFY(calibration->rates.latencyError >= kPresetLatencyError);
        QVERIFY(calibration->rates.trainingError >= kPresetTrainingError);
        for (const bool training : {false, true}) {
            for (const bool heldOut : {false, true}) {
                QVERIFY(std::ranges::any_of(calibration->probes, [&](const CalibrationProbe& probe) {
                    return probe.training == training && probe.heldOut == heldOut && probe.measured > 0 &&
                           probe.predicted > 0;
                }));
            }
        }
    }

    // What the probes take twice as long for, everything takes twice as long for.
    void aSlowerMachineHasSlowerRates() {
        const auto latencyWith = [](double tick) {
            ThreadPool pool(1);
            CalibrationOptions options;
            options.seconds = 1e-6;
            double now = 0;
            options.clock = [&now, tick] { return now += tick; };
            const auto calibration = calibrate(pool, options);
            if (!calibration) qFatal("not calibrated");
            return latencySeconds(calibration->rates, *parseNetworkSpec("condensenet-86"), Variant::kDense);
        };
        const double ratio = latencyWith(8e-3) / latencyWith(4e-3);
        QVERIFY2(std::abs(ratio - 2) < 1e-6, qPrintable(QString::number(ratio)));
    }

    void aStopEndsIt() {
        ThreadPool pool(1);
        std::stop_source stop;
        CalibrationOptions options;
        options.stop = stop.get_token();
        int looks = 0;
        options.clock = [&] {
            if (++looks == 5) stop.request_stop();
            return looks * 1e-4;
        };
        const auto calibration = calibrate(pool, options);
        QVERIFY(!calibration);
        QCOMPARE(calibration.error().code, ErrorCode::kCancelled);
    }
};

QTEST_APPLESS_MAIN(CalibrationTest)
#include "tst_calibration.moc"
