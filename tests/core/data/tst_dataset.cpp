#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "data/dataset.h"
#include "data/dataset_info.h"
#include "data/image_io.h"
#include "data/loader.h"
#include "data/shapes10.h"
#include "support/io_faults.h"
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

// kB of memory that no file stands behind.
long anonymousMemory() {
    std::ifstream status("/proc/self/status");
    std::string word;
    long kilobytes = 0;
    while (status >> word) {
        if (word == "RssAnon:" && status >> kilobytes) break;
    }
    return kilobytes;
}

const std::uint8_t* pixelsOf(const Dataset& data, const DataPart& part, int index) {
    return data.pixelsOf(part.pictures[static_cast<std::size_t>(index)]);
}

std::vector<std::uint8_t> allPixels(const Dataset& data, const DataPart& part) {
    std::vector<std::uint8_t> all;
    for (const StoredPicture& picture : part.pictures) {
        const std::uint8_t* pixels = data.pixelsOf(picture);
        all.insert(all.end(), pixels, pixels + picture.height * picture.width * 3);
    }
    return all;
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
        QCOMPARE(data->train.pictures[0].height, 32);
        for (const int index : {0, 4321, 9999}) {
            const DrawnShape shape = drawShape(ShapesPart::kTrain, index);
            QVERIFY(std::equal(shape.picture.pixels.begin(), shape.picture.pixels.end(),
                               pixelsOf(*data, data->train, index)));
            QCOMPARE(data->train.labels[static_cast<std::size_t>(index)], shape.label);
        }
        const DrawnShape shape = drawShape(ShapesPart::kTest, 1999);
        QVERIFY(
            std::equal(shape.picture.pixels.begin(), shape.picture.pixels.end(), pixelsOf(*data, data->test, 1999)));

        // The seed of a run leaves the set as it is; a share held back comes out of the training part.
        options.seed = 5;
        options.validation = 0.2;
        options.evaluationOnly = true;
        OPEN(held, "shapes10", options);
        QCOMPARE(held->train.count(), 0);
        QCOMPARE(held->test.count(), 2000);
        QCOMPARE(held->testName, std::string("validation"));
        for (int i = 0; i < held->test.count(); ++i) {
            QVERIFY(std::equal(pixelsOf(*held, held->test, i), pixelsOf(*held, held->test, i) + 32 * 32 * 3,
                               pixelsOf(*data, data->train, i)));
        }
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
        QVERIFY(std::equal(expected.pixels.begin(), expected.pixels.end(), pixelsOf(*data, data->train, 3)));

        for (std::size_t channel = 0; channel < 3; ++channel) {
            double sum = 0, squares = 0;
            const std::vector<std::uint8_t> pixels = allPixels(*data, data->train);
            const double count = static_cast<double>(pixels.size() / 3);
            for (std::size_t i = channel; i < pixels.size(); i += 3) sum += pixels[i] / 255.0;
            for (std::size_t i = channel; i < pixels.size(); i += 3) {
                squares += std::pow(pixels[i] / 255.0 - sum / count, 2);
            }
            QVERIFY(std::abs(data->preprocess.mean[channel] - sum / count) < 1e-6);
            QVERIFY(std::abs(data->preprocess.std[channel] - std::sqrt(squares / count)) < 1e-6);
        }
        for (const int threads : {1, 3}) {
            OPEN(again, nameOf(folder.path()), small(threads));
            QCOMPARE(allPixels(*again, again->train), allPixels(*data, data->train));
            QVERIFY(again->preprocess == data->preprocess);
        }
    }

    // What training crops at random is kept whole; evaluation's pixels are those of fitPicture either way.
    void largePicturesAreKeptWhole() {
        const ScratchFolder folder;
        for (const char* part : {"train", "test"}) {
            for (const char* name : {"a", "b"}) put(folder / part / name / "1.png", noisePicture(103, 91));
            put(folder / part / "b/long.png", noisePicture(50, 170));
        }
        DatasetOptions options = small();
        options.height = 72;
        options.width = 66;
        OPEN(training, nameOf(folder.path()), options);
        const Preprocess& preprocess = training->preprocess;
        QCOMPARE(preprocess.resize, 72 * 256 / 224);
        const auto sizeOf = [](const DataPart& part, std::size_t i) {
            return std::pair(part.pictures[i].height, part.pictures[i].width);
        };
        QVERIFY(sizeOf(training->train, 0) == std::pair(103 * 82 / 91, 82));
        QVERIFY(sizeOf(training->train, 2) == std::pair(82, 164));
        const Picture whole = fitWhole(noisePicture(50, 170), preprocess);
        QVERIFY(std::equal(whole.pixels.begin(), whole.pixels.end(), pixelsOf(*training, training->train, 2)));
        QVERIFY(sizeOf(training->test, 0) == std::pair(72, 66));
        options.augmentation = Augmentation::kPadCrop;
        OPEN(fitted, nameOf(folder.path()), options);
        QCOMPARE(allPixels(*fitted, fitted->train), allPixels(*training, training->test));
        options.evaluationOnly = true;
        options.preprocess = &preprocess;
        OPEN(evaluation, nameOf(folder.path()), options);
        QVERIFY(evaluation->preprocess == preprocess);
        QCOMPARE(evaluation->train.count(), 0);
        QCOMPARE(allPixels(*evaluation, evaluation->test), allPixels(*training, training->test));

        // The centre of a whole picture is what evaluation reads.
        Batch ofWhole, ofFitted;
        RegionResizer resizer;
        const BatchPlan plan{3};
        makeBatch(*training, training->train, plan, {0, 1, 2}, 0, 0, resizer, ofWhole);
        makeBatch(*training, training->test, plan, {0, 1, 2}, 0, 0, resizer, ofFitted);
        QCOMPARE(ofWhole.images.toPacked(), ofFitted.images.toPacked());
        const Picture picture = fitPicture(noisePicture(103, 91), preprocess);
        QVERIFY(std::equal(picture.pixels.begin(), picture.pixels.end(), pixelsOf(*training, training->test, 0)));
    }

    void smallNetworksMayCropAtRandomToo() {
        const ScratchFolder folder;
        putPart(folder / "train", 2);
        putPart(folder / "test", 2);
        DatasetOptions options = small();
        options.augmentation = Augmentation::kRandomResizedCrop;
        OPEN(data, nameOf(folder.path()), options);
        QCOMPARE(data->train.pictures[0].height, 8);
        QCOMPARE(data->train.pictures[0].width, 12);
        QCOMPARE(data->test.pictures[0].width, 8);
    }

    // Pictures that do not fit into memory are read from a file, and nothing else is different.
    void aFileDoesAsWellAsMemory() {
        const ScratchFolder cache;
        ::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1);
        DatasetOptions options;
        options.height = options.width = 48;  // 83 MB
        options.threads = 2;
        const long atFirst = anonymousMemory();
        options.memoryLimit = 1'000'000;
        OPEN(filed, "shapes10", options);
        QVERIFY(filed->pixels.inFile());
        const long withFile = anonymousMemory();
        options.memoryLimit = 0;
        OPEN(held, "shapes10", options);
        QVERIFY(!held->pixels.inFile());
        const long withMemory = anonymousMemory();
        // Sanitizers keep what was freed, and shadows of it.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        QVERIFY2(withFile - atFirst < 30'000, qPrintable(QString::number(withFile - atFirst)));
        QVERIFY2(withMemory - withFile > 70'000, qPrintable(QString::number(withMemory - withFile)));
#else
        (void)(atFirst + withFile + withMemory);
#endif
        QVERIFY(fs::is_empty(cache.path() / "condenser"));  // it has no name

        QVERIFY(filed->preprocess == held->preprocess);
        const BatchPlan plan{256, true, Augmentation::kPadCrop, 7};
        const auto order = epochOrder(held->train.count(), plan, 2);
        RegionResizer resizer;
        Batch ofFile, ofMemory;
        for (int i = 0; i < 4; ++i) {
            makeBatch(*filed, filed->train, plan, order, 2, i, resizer, ofFile);
            makeBatch(*held, held->train, plan, order, 2, i, resizer, ofMemory);
            QCOMPARE(ofFile.images.toPacked(), ofMemory.images.toPacked());
            QCOMPARE(ofFile.labels, ofMemory.labels);
        }
        QCOMPARE(allPixels(*filed, filed->test), allPixels(*held, held->test));
    }

    // A tenth of the pictures of the disk's size each: whether it is seen at once or on the way, it is told in words.
    void aFullDiskIsToldInWords() {
        const ScratchFolder place;
        fs::create_directories(place / "disk");
        for (const char* part : {"train", "test"}) {
            for (const char* name : {"a", "b"}) {
                for (int i = 0; i < 10; ++i)
                    put(place / "data" / part / name / (std::to_string(i) + ".png"), noisePicture(40, 80));
            }
        }
        for (const Augmentation augmentation : {Augmentation::kNone, Augmentation::kRandomResizedCrop}) {
            // Of whole pictures only the shorter half is certain to be needed, which fits on the disk.
            const int size = augmentation == Augmentation::kNone ? 150 : 84;
            const std::string said = playOnSmallDisk(place / "disk", [&]() -> std::string {
                ::setenv("XDG_CACHE_HOME", (place / "disk").c_str(), 1);
                DatasetOptions options;
                options.height = options.width = size;
                options.augmentation = augmentation;
                options.memoryLimit = 100'000;
                options.threads = 1;
                const auto failed = openDataset(nameOf(place / "data"), options);
                return failed ? "no error" : failed.error().text();
            });
            QVERIFY2(said.find("0.1 MB of memory") != std::string::npos, said.c_str());
            QVERIFY2(said.find("of disk in " + (place / "disk/condenser").string()) != std::string::npos, said.c_str());
        }
    }

    void aCacheThatCannotBeMadeIsToldInWords() {
        const ScratchFolder place;
        putPart(place / "data/train", 2);
        putPart(place / "data/test", 2);
        writeBytes(place / "file", "");
        ::setenv("XDG_CACHE_HOME", (place / "file").c_str(), 1);
        DatasetOptions options = small();
        options.memoryLimit = 10;
        VERIFY_FAILS(nameOf(place / "data"), options, ErrorCode::kWrite, "XDG_CACHE_HOME");
        ::unsetenv("XDG_CACHE_HOME");
        options.memoryLimit = 0;
        QVERIFY(openDataset(nameOf(place / "data"), options));
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
        QCOMPARE(allPixels(*evaluation, evaluation->test), allPixels(*data, data->test));
        options.validation = 0.5;
        OPEN(half, nameOf(folder.path()), options);
        QCOMPARE(half->test.count(), 20);
        // Asked for where there is no part to test on only: what has one keeps it.
        options.ownTestFirst = true;
        OPEN(same, nameOf(folder.path()), options);
        QCOMPARE(allPixels(*same, same->test), allPixels(*half, half->test));
        OPEN(own, "shapes10", options);
        QCOMPARE(own->testName, std::string("test"));
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
        QVERIFY(std::equal(expected.pixels.begin(), expected.pixels.end(), pixelsOf(*data, data->train, 1)));
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
        VERIFY_FAILS(nameOf(folder / "tests"), small(), ErrorCode::kBadData, "nothing to train on");
        OPEN(data, nameOf(folder / "tests"), evaluation);
        QCOMPARE(data->test.count(), 2);
    }

    void whatCannotFitIsRefusedBeforehand() {
        const ScratchFolder folder;
        putPart(folder.path(), 2);
        DatasetOptions options = small();
        options.height = options.width = 1'000'000;  // 4 pictures of it are 15 TB
        VERIFY_FAILS(nameOf(folder.path()), options, ErrorCode::kTooLarge, "of disk in");
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
        QCOMPARE(info->warnings.size(), 2u);
        QCOMPARE(info->warnings[0], std::string("every class has few training pictures (4 at most)"));
        QCOMPARE(info->warnings[1], std::string("1 of 2 classes has no picture in the test part: dog"));
        QCOMPARE(info->few, (std::vector<std::int32_t>{0, 1}));
        QVERIFY(!inspectDataset("nonsense"));
    }
};

QTEST_GUILESS_MAIN(DatasetTest)
#include "tst_dataset.moc"
