#include <QtTest>

#include "io/run_folder.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class RunFolderTest : public QObject {
    Q_OBJECT

  private slots:
    void namesAreThoseOfTheContract() {
        QCOMPARE(stepModelName(2), std::string("step-2.safetensors"));
        QCOMPARE(std::string(kModelName), std::string("model.safetensors"));
        QCOMPARE(std::string(kLastName), std::string("last.safetensors"));
        QCOMPARE(std::string(kRunRecordName), std::string("run.json"));
        QCOMPARE(std::string(kLockName), std::string("lock"));
        QCOMPARE(std::string(kCheckpointName), std::string("checkpoint.safetensors"));
        QCOMPARE(std::string(kPreviousCheckpointName), std::string("checkpoint.previous.safetensors"));
        QCOMPARE(std::string(kMetricsName), std::string("metrics.csv"));
        QCOMPARE(std::string(kStepsName), std::string("steps.bin"));
        QCOMPARE(std::string(kConnectionsName), std::string("connections.bin"));
    }

    void onlyUnfinishedWritesAreRemoved() {
        ScratchFolder folder;
        for (const char* name : {kCheckpointName, kPreviousCheckpointName, kModelName, kRunRecordName, ".hidden",
                                 "condenser-notes.tmp", kNextCheckpointName, ".condenser-123-0.tmp"}) {
            writeBytes(folder / name, "content");
        }
        removeUnfinishedWrites(folder.path());
        QCOMPARE(folder.entries(), 6);
        QVERIFY(!std::filesystem::exists(folder / kNextCheckpointName));
        QVERIFY(!std::filesystem::exists(folder / ".condenser-123-0.tmp"));
        removeUnfinishedWrites(folder / "missing");
    }
};

QTEST_GUILESS_MAIN(RunFolderTest)
#include "tst_run_folder.moc"
