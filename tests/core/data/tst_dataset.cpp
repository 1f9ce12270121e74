#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "data/dataset.h"
#include "data/image_io.h"
#include "data/loader.h"
#include "data/shapes10.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, const Picture& picture) {
    fs::create_directories(path.parent_path());
    const auto written = writePng(path, picture);
    QVERIFY2(written, written ? "" : written.error().text().c_str());
}

// `count` pictures of each of two classes in DIR/PART, of sizes that differ.
void putPart(const fs::path& folder, int count) {
    for (const char* name : {"cat", "dog"}) {
        for (int i = 0; i < count; ++i) put(folder / name / (std::to_string(i) + ".png"), noisePicture(8 + i, 12));
    }
}

std::string nameOf(const fs::path& folder) {
    return "folder:" + folder.string();
}

DatasetOptions small(int threads = 2) {
    DatasetOptions options;
    options.height = options.width = 8;
    options.threads = threads;
    return options;
}

#define OPEN(variable, data, options)                 \
    const auto variable = openDataset(data, options); \
    QVERIFY2(variable, variable ? "" : variable.error().text().c_str())

#define VERIFY_FAILS(data, options, wantedCode, part)                                                   \
    do {                                                                                                \
        const auto failed = openDataset(data, options);                                                 \
        QVERIFY(!failed);                                                                               \
        QVERIFY2(failed.error().text().find(part) != std::string::npos, failed.error().text().c_str()); \
        QCOMPARE(static_cast<int>(failed.error().code), static_cast<int>(wantedCode));                  \
    } while (false)

}  // namespace

class DatasetTest : public QObject {
    Q_OBJECT

  private slots:
    void shapesAreTheDrawnOnes() {
        DatasetOptions options;
        options.threads = 2;
        OPEN(data, "shapes10", options);
        QCOMPARE(data->train.count(), kShapesTrainCount);
        QCOMPARE(data->test.count(), kShapesTestCount);
        QCOMPARE(data->classes, shapesClasses());
        QCOMPARE(data->testName, std::string("test"));
        QCOMPARE(data->storedHeight, 32);
        for (const int index : {0, 4321, 9999}) {
            const DrawnShape shape = drawShape(ShapesPart::kTrain, index);
            QVERIFY(std::equal(shape.picture.pixels.begin(), shape.picture.pixels.end(),
                               data->picture(data->train, index)));
            QCOMPARE(data->train.labels[static_cast<std::size_t>(index)], shape.label);
        }
        const DrawnShape shape = drawShape(ShapesPart::kTest, 1999);
        QVERIFY(std::equal(shape.picture.pixels.begin(), shape.picture.pixels.end(), data->picture(data->test, 1999)));

        // The seed of a run leaves the set as it is; a share held back comes out of the training part.
        options.seed = 5;
        options.validation = 0.2;
        options.evaluationOnly = true;
        OPEN(held, "shapes10", options);
        QCOMPARE(held->train.count(), 0);
        QCOMPARE(held->test.count(), 2000);
        QCOMPARE(held->testName, std::string("validation"));
        QVERIFY(std::equal(held->test.pixels.begin(), held->test.pixels.end(), data->train.pixels.begin()));
    }

    void foldersAreDecodedAndMeasured() {
        const ScratchFolder folder;
        putPart(folder / "train", 5);
        putPart(folder / "val", 3);
        OPEN(data, nameOf(folder.path()), small());
        QCOMPARE(data->classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(data->testName, std::string("val"));
        QCOMPARE(data->train.labels, (std::vector<std::int32_t>{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));
        QCOMPARE(data->test.count(), 6);
        const Picture expected = fitPicture(noisePicture(8 + 3, 12), data->preprocess);
        QVERIFY(std::equal(expected.pixels.begin(), expected.pixels.end(), data->picture(data->train, 3)));

        for (std::size_t channel = 0; channel < 3; ++channel) {
            double sum = 0, squares = 0;
            const double count = static_cast<double>(data->train.pixels.size() / 3);
            for (std::size_t i = channel; i < data->train.pixels.size(); i += 3) sum += data->train.pixels[i] / 255.0;
            for (std::size_t i = channel; i < data->train.pixels.size(); i += 3) {
                squares += std::pow(data->train.pixels[i] / 255.0 - sum / count, 2);
            }
            QVERIFY(std::abs(data->preprocess.mean[channel] - sum / count) < 1e-6);
            QVERIFY(std::abs(data->preprocess.std[channel] - std::sqrt(squares / count)) < 1e-6);
        }
        for (const int threads : {1, 3}) {
            OPEN(again, nameOf(folder.path()), small(threads));
            QCOMPARE(again->train.pixels, data->train.pixels);
            QVERIFY(again->preprocess == data->preprocess);
        }
    }

    // Evaluation sees the same pixels whether training keeps the square around them or not, and so does fitPicture.
    void largePicturesKeepTheSquare() {
        const ScratchFolder folder;
        for (const char* part : {"train", "test"}) {
            for (const char* name : {"a", "b"}) put(folder / part / name / "1.png", noisePicture(103, 91));
        }
        DatasetOptions options = small();
        options.height = 72;
        options.width = 66;
        OPEN(training, nameOf(folder.path()), options);
        QCOMPARE(training->preprocess.resize, 72 * 256 / 224);
        QCOMPARE(training->storedHeight, 82);
        QCOMPARE(training->storedWidth, 82);
        options.evaluationOnly = true;
        options.preprocess = &training->preprocess;
        OPEN(evaluation, nameOf(folder.path()), options);
        QVERIFY(evaluation->preprocess == training->preprocess);
        QCOMPARE(evaluation->train.count(), 0);
        QCOMPARE(evaluation->storedHeight, 72);
        QCOMPARE(evaluation->storedWidth, 66);
        Batch fromSquare, fromFitted;
        const BatchPlan plan{2, false, false, 1};
        makeBatch(*training, training->test, plan, {0, 1}, 0, 0, fromSquare);
        makeBatch(*evaluation, evaluation->test, plan, {0, 1}, 0, 0, fromFitted);
        QCOMPARE(fromSquare.images.toPacked(), fromFitted.images.toPacked());
        const Picture fitted = fitPicture(noisePicture(103, 91), training->preprocess);
        QVERIFY(std::equal(fitted.pixels.begin(), fitted.pixels.end(), evaluation->picture(evaluation->test, 0)));
    }

    void withoutATestPartATenthIsHeldBack() {
        const ScratchFolder folder;
        putPart(folder.path(), 20);
        OPEN(data, nameOf(folder.path()), small());
        QCOMPARE(data->testName, std::string("validation"));
        QCOMPARE(data->test.labels, (std::vector<std::int32_t>{0, 0, 1, 1}));
        QCOMPARE(data->train.count(), 36);
        DatasetOptions options = small();
        options.evaluationOnly = true;
        OPEN(evaluation, nameOf(folder.path()), options);
        QCOMPARE(evaluation->test.pixels, data->test.pixels);
        options.validation = 0.5;
        OPEN(half, nameOf(folder.path()), options);
        QCOMPARE(half->test.count(), 20);
        for (const double share : {-0.1, 1.0, std::nan("")}) {
            options.validation = share;
            VERIFY_FAILS(nameOf(folder.path()), options, ErrorCode::kUsage, "held back");
        }
    }

    void unreadableFilesAreListed() {
        const ScratchFolder folder;
        putPart(folder / "train", 3);
        putPart(folder / "test", 2);
        writeBytes(folder / "train/cat/1.png", "");
        writeBytes(folder / "train/dog/a.jpg", "no picture");
        writeBytes(folder / "train/dog/notes.txt", "no picture either, and does not say so");
        writeBytes(folder / "test/dog/0.png", readBytes(folder / "test/dog/0.png").substr(0, 60));
        OPEN(data, nameOf(folder.path()), small());
        QCOMPARE(data->unreadable.size(), 3u);
        QCOMPARE(data->unreadable[0].path, folder / "test/dog/0.png");
        QCOMPARE(data->unreadable[1].path, folder / "train/cat/1.png");
        QCOMPARE(data->unreadable[1].why, std::string("the file is empty"));
        QCOMPARE(data->unreadable[2].path, folder / "train/dog/a.jpg");
        QCOMPARE(data->train.labels, (std::vector<std::int32_t>{0, 0, 1, 1, 1}));
        QCOMPARE(data->test.labels, (std::vector<std::int32_t>{0, 0, 1}));
        // What stands behind a gap has moved up.
        const Picture expected = fitPicture(noisePicture(8 + 2, 12), data->preprocess);
        QVERIFY(std::equal(expected.pixels.begin(), expected.pixels.end(), data->picture(data->train, 1)));
    }

    void saysWhatIsWrong() {
        const ScratchFolder folder;
        VERIFY_FAILS("shapes11", small(), ErrorCode::kUsage, "shapes10");
        VERIFY_FAILS(nameOf(folder / "absent"), small(), ErrorCode::kNotFound, "no such folder");
        putPart(folder / "bad/train", 1);
        putPart(folder / "bad/test", 1);
        writeBytes(folder / "bad/train/dog/0.png", "x");
        VERIFY_FAILS(nameOf(folder / "bad"), small(), ErrorCode::kBadData, "no training picture of the class \"dog\"");
        DatasetOptions evaluation = small();
        evaluation.evaluationOnly = true;
        QVERIFY(openDataset(nameOf(folder / "bad"), evaluation));
        writeBytes(folder / "bad/test/dog/0.png", "x");
        writeBytes(folder / "bad/test/cat/0.png", "x");
        VERIFY_FAILS(nameOf(folder / "bad"), evaluation, ErrorCode::kBadData, "no picture of its test part");

        putPart(folder / "tests/test", 1);
        VERIFY_FAILS(nameOf(folder / "tests"), small(), ErrorCode::kBadData, "no \"train\" folder");
        OPEN(data, nameOf(folder / "tests"), evaluation);
        QCOMPARE(data->test.count(), 2);
    }

    void whatCannotFitIsRefusedBeforehand() {
        const ScratchFolder folder;
        putPart(folder.path(), 2);
        DatasetOptions options = small();
        options.height = options.width = 1'000'000;  // 4 pictures of it are 15 TB
        VERIFY_FAILS(nameOf(folder.path()), options, ErrorCode::kTooLarge, "GB");
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        DatasetOptions options;
        options.threads = 2;
        options.stop = stop.get_token();
        options.progress = [&](std::int64_t, std::int64_t total) {
            QCOMPARE(total, kShapesTrainCount + kShapesTestCount);
            stop.request_stop();
        };
        VERIFY_FAILS("shapes10", options, ErrorCode::kCancelled, "stopped");
    }

    void inspectingCounts() {
        const auto shapes = inspectDataset("shapes10");
        QVERIFY(shapes);
        QCOMPARE(shapes->trainCounts, std::vector<std::int64_t>(10, 1000));
        QCOMPARE(shapes->testCounts, std::vector<std::int64_t>(10, 200));
        const ScratchFolder folder;
        putPart(folder / "train", 3);
        putPart(folder / "test", 2);
        writeBytes(folder / "train/cat/broken.png", "");
        fs::remove_all(folder / "test/dog");
        const auto info = inspectDataset(nameOf(folder.path()));
        QVERIFY2(info, info ? "" : info.error().text().c_str());
        QCOMPARE(info->trainCounts, (std::vector<std::int64_t>{4, 3}));
        QCOMPARE(info->testCounts, (std::vector<std::int64_t>{2, 0}));
        QCOMPARE(info->testName, std::string("test"));
        QCOMPARE(info->warnings.size(), 3u);  // few pictures, twice, and a class that is not tested
        QVERIFY(!inspectDataset("nonsense"));
    }
};

QTEST_GUILESS_MAIN(DatasetTest)
#include "tst_dataset.moc"
