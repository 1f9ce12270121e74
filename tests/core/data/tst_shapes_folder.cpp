#include <QtTest>
#include <filesystem>

#include "data/dataset_info.h"
#include "data/image_io.h"
#include "data/shapes10.h"
#include "data/shapes_folder.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

class ShapesFolderTest : public QObject {
    Q_OBJECT

  private slots:
    void holdsTheDrawnPictures() {
        const ScratchFolder folder;
        const fs::path place = folder / "deep" / "shapes";
        std::int64_t told = 0;
        const auto written = writeShapesFolder(place, {2, [&](std::int64_t done, std::int64_t) { told = done; }, {}});
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        QCOMPARE(told, kShapesTrainCount + kShapesTestCount);
        QCOMPARE(std::distance(fs::directory_iterator(folder / "deep"), fs::directory_iterator()), 1);
        const auto info = inspectDataset("folder:" + place.string());
        QVERIFY2(info, info ? "" : info.error().text().c_str());
        QCOMPARE(info->classes, shapesClasses());
        QCOMPARE(info->trainCounts, std::vector<std::int64_t>(10, 1000));
        QCOMPARE(info->testCounts, std::vector<std::int64_t>(10, 200));
        const auto picture = decodePicture(place / "train" / shapesClasses()[7] / "09997.png");
        QVERIFY(picture);
        QCOMPARE(picture->pixels, drawShape(ShapesPart::kTrain, 9997).picture.pixels);
        const auto test = decodePicture(place / "test" / shapesClasses()[3] / "00003.png");
        QVERIFY(test);
        QCOMPARE(test->pixels, drawShape(ShapesPart::kTest, 3).picture.pixels);
    }

    void leavesNothingBehind() {
        const ScratchFolder folder;
        writeBytes(folder / "file", "x");
        fs::create_directory(folder / "full");
        writeBytes(folder / "full/mine.txt", "x");
        for (const char* name : {"file", "full", "file/below"}) {
            const auto written = writeShapesFolder(folder / name, {2, {}, {}});
            QVERIFY2(!written, name);
        }
        QCOMPARE(writeShapesFolder(folder / "full", {}).error().code, ErrorCode::kUsage);
        std::stop_source stop;
        const PictureWork work{2, [&](std::int64_t, std::int64_t) { stop.request_stop(); }, stop.get_token()};
        const auto stopped = writeShapesFolder(folder / "stopped", work);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::kCancelled);
        QCOMPARE(folder.entries(), 2);
        QCOMPARE(readBytes(folder / "full/mine.txt"), std::string("x"));
    }

    void anEmptyFolderIsTaken() {
        const ScratchFolder folder;
        fs::create_directory(folder / "empty");
        std::stop_source stop;
        stop.request_stop();
        // Stopped at once: it went as far as drawing, and the folder is still there.
        QCOMPARE(writeShapesFolder(folder / "empty" / "", {1, {}, stop.get_token()}).error().code,
                 ErrorCode::kCancelled);
        QCOMPARE(folder.entries(), 1);
    }
};

QTEST_GUILESS_MAIN(ShapesFolderTest)
#include "tst_shapes_folder.moc"
