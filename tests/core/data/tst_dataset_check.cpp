#include <QtTest>
#include <filesystem>

#include "data/dataset_check.h"
#include "data/image_io.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

class DatasetCheckTest : public QObject {
    Q_OBJECT

  private slots:
    void reportsWhatIsWrong() {
        const ScratchFolder folder;
        const auto put = [&](const char* name, int height, int width) {
            fs::create_directories((folder / name).parent_path());
            QVERIFY(writePng(folder / name, noisePicture(height, width)));
        };
        put("train/a/1.png", 5, 9);
        put("train/a/2.png", 10, 10);
        put("train/b/1.png", 40, 20);
        put("test/a/same.png", 10, 10);
        put("test/b/1.png", 7, 8);
        writeBytes(folder / "train/b/broken.png", "");
        writeBytes(folder / "test/b/broken.png", "");  // equal to the other, but no picture

        const auto report = checkDataset("folder:" + folder.path().string(), {2, {}, {}});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->info.trainCounts, (std::vector<std::int64_t>{2, 2}));
        QCOMPARE(report->info.testCounts, (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(report->unreadable.size(), 2u);
        QCOMPARE(report->unreadable[0].path, folder / "train/b/broken.png");
        QCOMPARE(report->leaked.size(), 1u);
        QCOMPARE(report->leaked[0].train, folder / "train/a/2.png");
        QCOMPARE(report->leaked[0].test, folder / "test/a/same.png");
        QVERIFY((report->smallest == PictureSize{9, 5}));
        QVERIFY((report->median == PictureSize{10, 10}));
        QVERIFY((report->largest == PictureSize{20, 40}));
    }

    void theBuiltInSetIsSound() {
        const auto report = checkDataset("shapes10", {});
        QVERIFY(report);
        QVERIFY(report->unreadable.empty() && report->leaked.empty() && report->info.warnings.empty());
        QVERIFY((report->median == PictureSize{32, 32}));
    }

    void failures() {
        QCOMPARE(checkDataset("nonsense", {}).error().code, ErrorCode::kUsage);
        QCOMPARE(checkDataset("folder:/nowhere/at/all", {}).error().code, ErrorCode::kNotFound);
        const ScratchFolder folder;
        for (const char* name : {"a", "b"}) {
            fs::create_directories(folder / name);
            QVERIFY(writePng(folder / name / "1.png", noisePicture(3, 3)));
        }
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = checkDataset("folder:" + folder.path().string(), {1, {}, stop.get_token()});
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(DatasetCheckTest)
#include "tst_dataset_check.moc"
