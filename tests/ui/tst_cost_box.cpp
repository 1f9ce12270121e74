#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <atomic>

#include "pages/cost_box.h"
#include "session/calibration_session.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

// Answers at once: a machine `factor` times as slow as the reference.
CalibrationSession::Meter instantMeter(double factor, int* calls = nullptr, const char* machine = "a machine") {
    return {QString::fromLatin1(machine), [factor, calls](const std::stop_token&) -> Result<Calibration> {
                if (calls != nullptr) ++*calls;
                Calibration calibration{referenceRates(), {}};
                for (double& rate : calibration.rates.inference) rate *= factor;
                for (double& rate : calibration.rates.training) rate *= factor;
                return calibration;
            }};
}

const TrainingAmount kAmount{.trainImages = 10'000, .testImages = 2000, .epochs = 12, .batch = 64};

}  // namespace

class TestCostBox : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void timesAppearOnceTheMachineIsMeasured() {
        CalibrationSession calibration(m_home.settings(), instantMeter(1));
        CostBox box(calibration);
        const NetworkSpec spec = *parseNetworkSpec("condensenet-86");
        box.showCost(spec, kAmount);
        QCOMPARE(text(box, "denseLatency"), QStringLiteral("–"));
        QVERIFY(text(box, "costSource").contains(QStringLiteral("going to be measured")));
        QVERIFY(text(box, "costMemory").contains(QStringLiteral("MB")));  // is counted, not measured
        calibration.measureAgain();
        QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        // Two figures are told.
        const double ms = latencySeconds(referenceRates(), spec, Variant::kDense) * 1e3;
        QVERIFY2(std::abs(number(box, "denseLatency") / ms - 1) < 0.05, qPrintable(text(box, "denseLatency")));
        QVERIFY(number(box, "condensedLatency") < number(box, "denseLatency"));
        QVERIFY(text(box, "costLatencyError").contains(QStringLiteral("±")));
        QVERIFY(text(box, "costTraining").contains(QStringLiteral("about")));
        QVERIFY(text(box, "costTraining").contains(QStringLiteral("±")));
    }

    void aLongerTrainingTakesLonger() {
        CalibrationSession calibration(m_home.settings(), instantMeter(1));
        calibration.measureAgain();
        QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        CostBox box(calibration);
        const NetworkSpec spec = *parseNetworkSpec("condensenet-86");
        TrainingAmount amount = kAmount;
        amount.epochs = 30;
        box.showCost(spec, amount);
        const QString before = text(box, "costTraining");
        QVERIFY2(before.contains(QStringLiteral(" min ")) || before.contains(QStringLiteral(" h ")),
                 qPrintable(before));
        amount.epochs = 300;
        box.showCost(spec, amount);
        QVERIFY(text(box, "costTraining") != before);
        QVERIFY2(text(box, "costTraining").contains(QStringLiteral(" h ")), qPrintable(text(box, "costTraining")));
    }

    void withoutANetworkOrDataNothingIsClaimed() {
        CalibrationSession calibration(m_home.settings(), instantMeter(1));
        calibration.measureAgain();
        QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        CostBox box(calibration);
        box.showCost(std::nullopt, kAmount);
        QCOMPARE(text(box, "denseLatency"), QStringLiteral("–"));
        QCOMPARE(text(box, "denseMacs"), QStringLiteral("–"));
        QVERIFY(find<QLabel>(box, "costTraining")->isHidden());
        box.showCost(*parseNetworkSpec("condensenet-tiny"), std::nullopt);
        QVERIFY(text(box, "denseLatency") != QStringLiteral("–"));
        QVERIFY(find<QLabel>(box, "costTraining")->isHidden());
    }

    // From one start of the program to the next, on the same machine.
    void whatWasMeasuredIsKept() {
        int calls = 0;
        {
            CalibrationSession calibration(m_home.settings(), instantMeter(3, &calls));
            calibration.measureAgain();
            QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        }
        CostRates expected = referenceRates();
        for (double& rate : expected.inference) rate *= 3;
        for (double& rate : expected.training) rate *= 3;
        const CalibrationSession again(m_home.settings(), instantMeter(1, &calls));
        QVERIFY(again.rates().has_value());
        QCOMPARE(*again.rates(), expected);  // to the last bit
        QCOMPARE(calls, 1);
        const CalibrationSession other(m_home.settings(), instantMeter(1, &calls, "another machine"));
        QVERIFY(!other.rates());
    }

    void whatIsDamagedIsMeasuredAnew() {
        {
            CalibrationSession calibration(m_home.settings(), instantMeter(3));
            calibration.measureAgain();
            QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        }
        const QString key = QStringLiteral("calibration/training");
        const QStringList sound = m_home.settings().value(key).toStringList();
        QStringList negative = sound, words = sound;
        negative[1] = QStringLiteral("-1");
        words[0] = QStringLiteral("fast");
        for (const QStringList& damaged :
             {negative, words, sound.mid(1), QStringList(), QStringList(sound.size(), QStringLiteral("nan"))}) {
            m_home.settings().setValue(key, damaged);
            QVERIFY(!CalibrationSession(m_home.settings(), instantMeter(1)).rates());
        }
        m_home.settings().setValue(key, sound);
        QVERIFY(CalibrationSession(m_home.settings(), instantMeter(1)).rates().has_value());
    }

    void theLinkMeasuresAgain() {
        int calls = 0;
        CalibrationSession calibration(m_home.settings(), instantMeter(1, &calls));
        CostBox box(calibration);
        box.showCost(*parseNetworkSpec("condensenet-tiny"), kAmount);
        auto* again = find<QPushButton>(box, "costMeasureButton");
        again->click();
        QTRY_COMPARE_WITH_TIMEOUT(calls, 1, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(again->isEnabled(), kWaitMs);
        again->click();
        QTRY_COMPARE_WITH_TIMEOUT(calls, 2, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!calibration.measuring(), kWaitMs);
    }

    // One that is under way is given up, and made when the run has ended.
    void nothingIsMeasuredBesideATraining() {
        std::atomic<int> begun = 0, stopped = 0;
        CalibrationSession calibration(
            m_home.settings(), {QStringLiteral("a machine"), [&](const std::stop_token& stop) -> Result<Calibration> {
                                    if (++begun > 1) return Calibration{referenceRates(), {}};
                                    while (!stop.stop_requested()) std::this_thread::yield();
                                    ++stopped;
                                    return fail(ErrorCode::kCancelled, "stopped", "", "");
                                }});
        CostBox box(calibration);
        box.showCost(*parseNetworkSpec("condensenet-tiny"), kAmount);
        calibration.ensure();
        QTRY_VERIFY_WITH_TIMEOUT(begun == 1, kWaitMs);
        calibration.holdBack(true);
        QTRY_VERIFY_WITH_TIMEOUT(stopped == 1, kWaitMs);
        QVERIFY(!calibration.measuring());
        QVERIFY(!find<QPushButton>(box, "costMeasureButton")->isEnabled());
        QVERIFY(text(box, "costSource").contains(QStringLiteral("no run trains")));
        calibration.holdBack(false);
        QTRY_VERIFY_WITH_TIMEOUT(calibration.rates().has_value(), kWaitMs);
        QCOMPARE(begun.load(), 2);
    }

    void aBusyMachineIsSaidToBeBusy() {
        CalibrationSession calibration(m_home.settings(),
                                       {QStringLiteral("a machine"), [](const std::stop_token&) -> Result<Calibration> {
                                            Calibration busy{referenceRates(), {}};
                                            busy.rates.latencyError = 0.8;
                                            return busy;
                                        }});
        CostBox box(calibration);
        box.showCost(*parseNetworkSpec("condensenet-tiny"), kAmount);
        calibration.measureAgain();
        QTRY_VERIFY_WITH_TIMEOUT(text(box, "costSource").contains(QStringLiteral("busy")), kWaitMs);
        QVERIFY(text(box, "costLatencyError").contains(QStringLiteral("80")));
    }

    void aFailureIsSaid() {
        CalibrationSession calibration(
            m_home.settings(), {QStringLiteral("a machine"), [](const std::stop_token&) -> Result<Calibration> {
                                    return fail(ErrorCode::kTooLarge, "cannot measure this machine", "", "no memory");
                                }});
        CostBox box(calibration);
        box.showCost(*parseNetworkSpec("condensenet-tiny"), kAmount);
        calibration.measureAgain();
        QTRY_VERIFY_WITH_TIMEOUT(text(box, "costSource").contains(QStringLiteral("Cannot measure")), kWaitMs);
        QVERIFY(find<QPushButton>(box, "costMeasureButton")->isEnabled());
    }

  private:
    static QString text(CostBox& box, const char* name) { return find<QLabel>(box, name)->text(); }
    // "≈ 2.3 ms".
    static double number(CostBox& box, const char* name) {
        QString digits = text(box, name);
        digits.remove(QRegularExpression(QStringLiteral("[^0-9.]")));
        return digits.toDouble();
    }

    testing::PrivateHome m_home;
};

QTEST_MAIN(TestCostBox)
#include "tst_cost_box.moc"
