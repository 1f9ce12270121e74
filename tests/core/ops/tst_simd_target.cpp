#include <QtTest>

#include <cstdlib>

#include "ops/simd_target.h"

using namespace condenser;

class SimdTargetTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { QVERIFY(forceSimdTarget("")); }
    void cleanup() {
        ::unsetenv("CONDENSER_ISA");
        QVERIFY(forceSimdTarget(""));
    }

    void theBestIsActive() {
        const auto targets = simdTargets();
        QVERIFY(!targets.empty());
        QCOMPARE(activeSimdTarget(), targets.front());
    }

    void everyTargetCanBeForced() {
        const auto targets = simdTargets();
        for (const std::string& name : targets) {
            QVERIFY(forceSimdTarget(name));
            QCOMPARE(activeSimdTarget(), name);
            QCOMPARE(simdTargets(), targets);  // forcing one hides none
        }
    }

    void caseDoesNotMatter() {
        const std::string name = simdTargets().back();
        const QString lower = QString::fromStdString(name).toLower();
        QVERIFY(forceSimdTarget(lower.toStdString()));
        QCOMPARE(activeSimdTarget(), name);
    }

    void unknownNamesAreRefusedWithTheList() {
        const auto forced = forceSimdTarget("AVX1024");
        QVERIFY(!forced);
        QCOMPARE(forced.error().code, ErrorCode::kUsage);
        const QString text = QString::fromStdString(forced.error().text());
        QVERIFY(text.contains("AVX1024"));
        for (const std::string& name : simdTargets())
            QVERIFY2(text.contains(QString::fromStdString(name)), qPrintable(text));
        QCOMPARE(activeSimdTarget(), simdTargets().front());
    }

    void theEnvironmentForces() {
        QVERIFY(forceSimdTargetFromEnvironment());
        QCOMPARE(activeSimdTarget(), simdTargets().front());
        ::setenv("CONDENSER_ISA", simdTargets().back().c_str(), 1);
        QVERIFY(forceSimdTargetFromEnvironment());
        QCOMPARE(activeSimdTarget(), simdTargets().back());
        ::setenv("CONDENSER_ISA", "nothing", 1);
        QVERIFY(!forceSimdTargetFromEnvironment());
    }
};

QTEST_GUILESS_MAIN(SimdTargetTest)
#include "tst_simd_target.moc"
