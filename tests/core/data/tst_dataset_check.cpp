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

    void theSamePictureIsFoundWhateverTheFile() {
        const ScratchFolder folder;
        const auto put = [&](const char* name, int size) {
            fs::create_directories((folder / name).parent_path());
            QVERIFY(writePng(folder / name, noisePicture(size, size)));
        };
        put("train/a/1.png", 9);
        put("train/a/2.png", 9);
        put("train/a/3.png", 9);
        put("train/b/1.png", 8);
        put("train/b/2.png", 9);  // of another class
        put("test/a/1.png", 7);
        put("test/a/2.png", 7);
        put("test/b/1.png", 8);
        // The same pixels in other bytes.
        std::string bytes = "P6 8 8 255\n";
        const Picture picture = noisePicture(8, 8);
        bytes.append(picture.pixels.begin(), picture.pixels.end());
        writeBytes(folder / "test/b/2.ppm", bytes);

        const auto report = checkDataset("folder:" + folder.path().string(), {2, {}, {}});
        QVERIFY2(report, report ? "" : report.error().text().c_str());
        QCOMPARE(report->trainRepeats.size(), 3u);
        QCOMPARE(report->trainRepeats[0].first, folder / "train/a/1.png");
        QCOMPARE(report->trainRepeats[0].again, folder / "train/a/2.png");
        QCOMPARE(report->trainRepeats[2].again, folder / "train/b/2.png");
        QCOMPARE(report->testRepeats.size(), 2u);
        QCOMPARE(report->testRepeats[1].first, folder / "test/b/1.png");
        QCOMPARE(report->testRepeats[1].again, folder / "test/b/2.ppm");
        QCOMPARE(report->leaked.size(), 2u);
        QCOMPARE(report->leaked[1].train, folder / "train/b/1.png");
        QCOMPARE(report->leaked[1].test, folder / "test/b/2.ppm");
        QCOMPARE(report->disputed.size(), 1u);
        QCOMPARE(report->disputed[0].first, folder / "train/a/1.png");
        QCOMPARE(report->disputed[0].again, folder / "train/b/2.png");
        QCOMPARE(report->disputed[0].firstClass, 0);
        QCOMPARE(report->disputed[0].againClass, 1);
    }

    void fewPicturesAreNamed() {
        const auto info = [](std::vector<int> counts) {
            DataSource source;
            for (std::size_t label = 0; label < counts.size(); ++label) {
                source.classes.push_back("c" + std::to_string(label));
                for (int i = 0; i < counts[label]; ++i) source.train.push_back({static_cast<std::int32_t>(label), 0});
            }
            return infoOf(source);
        };
        QVERIFY(info({20, 200}).warnings.empty());
        QCOMPARE(info({19, 200, 201}).few, (std::vector<std::int32_t>{0}));
        QCOMPARE(info({99, 100, 1000}).few, (std::vector<std::int32_t>{0}));
        QCOMPARE(info({99, 3, 1000}).warnings,
                 (std::vector<std::string>{
                     "2 of 3 classes have few training pictures, the largest 1000: c0 (99) and c1 (3)"}));
        QCOMPARE(info({1, 2}).warnings,
                 (std::vector<std::string>{"every class has few training pictures (2 at most)"}));
        std::vector<int> many(30, 5);
        many.push_back(400);
        const std::string warning = info(many).warnings.at(0);
        QVERIFY2(warning.ends_with("c7 (5) and 22 more"), warning.c_str());
        QCOMPARE(info(many).few.size(), 30u);
    }

    void theBuiltInSetIsSound() {
        const auto report = checkDataset("shapes10", {});
        QVERIFY(report);
        QVERIFY(report->unreadable.empty() && report->leaked.empty() && report->trainRepeats.empty() &&
                report->testRepeats.empty() && report->info.warnings.empty());
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
