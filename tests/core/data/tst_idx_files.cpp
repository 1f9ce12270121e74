#include <QtTest>
#include <filesystem>

#include "data/idx_files.h"
#include "support/io_scratch.h"
#include "support/published_sets.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

void put(const fs::path& path, const std::string& bytes) {
    fs::create_directories(path.parent_path());
    writeBytes(path, bytes);
}

std::string errorOf(const Result<DataSource>& source) {
    return source ? "no error" : source.error().text();
}
std::string errorOf(const fs::path& place) {
    return errorOf(openIdx(place));
}

#define VERIFY_SAYS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

void verifyIsWhole(const Result<DataSource>& source) {
    QVERIFY2(source, errorOf(source).c_str());
    QCOMPARE(source->classes, (Names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
    QCOMPARE(source->testName, std::string("test"));
    QVERIFY(!source->published);
    QCOMPARE(source->train.size(), 20u);
    QCOMPARE(source->test.size(), 10u);
    for (int i = 0; i < 30; ++i) {
        const bool isTest = i >= 20;
        const LabelledPicture& labelled =
            isTest ? source->test[static_cast<std::size_t>(i - 20)] : source->train[static_cast<std::size_t>(i)];
        const DrawnShape shape = drawShape(isTest ? ShapesPart::kTest : ShapesPart::kTrain, isTest ? i - 20 : i);
        QCOMPARE(labelled.label, shape.label);
        const auto picture = source->read(labelled.index);
        QVERIFY(picture && picture->height == kShapesSize && picture->width == kShapesSize);
        for (std::size_t at = 0; at < picture->pixels.size(); ++at) {
            QCOMPARE(picture->pixels[at], shape.picture.pixels[at - at % 3]);  // three times the red
        }
    }
    QVERIFY(source->place(source->test[3].index).string().ends_with(", picture 3"));
}

Result<DataSource> fromBytes(const std::string& images, const std::string& labels) {
    return idxFromFiles(IdxPart{{"images", images}, {"labels", labels}}, std::nullopt);
}

const IdxBytes& trainPart() {
    static const IdxBytes made = idxPart(ShapesPart::kTrain, 20);
    return made;
}
const IdxBytes& testPart() {
    static const IdxBytes made = idxPart(ShapesPart::kTest, 10);
    return made;
}

}  // namespace

class IdxFilesTest : public QObject {
    Q_OBJECT

  private slots:
    void readsEverySpelling_data() {
        QTest::addColumn<QString>("dash");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("test");
        QTest::addColumn<bool>("packed");
        QTest::newRow("plain") << "-"
                               << ""
                               << "t10k" << false;
        QTest::newRow("packed") << "-"
                                << ""
                                << "t10k" << true;
        QTest::newRow("dot") << "."
                             << ""
                             << "t10k" << false;
        QTest::newRow("EMNIST") << "-"
                                << "emnist-balanced-"
                                << "test" << true;
    }
    void readsEverySpelling() {
        QFETCH(QString, dash);
        QFETCH(QString, prefix);
        QFETCH(QString, test);
        QFETCH(bool, packed);
        const ScratchFolder folder;
        const auto write = [&](const QString& part, const IdxBytes& bytes) {
            const QString stem = prefix + part + "-%1" + dash + "idx%2-ubyte" + (packed ? ".gz" : "");
            put(folder / stem.arg("images").arg(3).toStdString(), packed ? makeGzip(bytes.images) : bytes.images);
            put(folder / stem.arg("labels").arg(1).toStdString(), packed ? makeGzip(bytes.labels) : bytes.labels);
        };
        write("train", trainPart());
        write(test, testPart());
        writeBytes(folder / "readme.txt", "x");
        verifyIsWhole(openIdx(folder.path()));
    }

    void otherFoldersAndSeveralSets() {
        const ScratchFolder folder;
        for (const char* place : {"MNIST/raw/", "both/", "gzip/emnist-digits-", "gzip/emnist-letters-"}) {
            const std::string stem = (folder.path() / place).string();
            put(stem + "train-images-idx3-ubyte", trainPart().images);
            put(stem + "train-labels-idx1-ubyte", trainPart().labels);
            put(stem + "t10k-images-idx3-ubyte", testPart().images);
            put(stem + "t10k-labels-idx1-ubyte", testPart().labels);
        }
        verifyIsWhole(openIdx(folder / "MNIST"));
        // A damaged packed one beside the unpacked one is not looked at, nor is a folder of that name.
        writeBytes(folder / "both/train-images-idx3-ubyte.gz", "damaged");
        fs::create_directory(folder / "both/train-images.idx3-ubyte");
        verifyIsWhole(openIdx(folder / "both"));
        VERIFY_SAYS(errorOf(folder / "gzip"), "several data sets: emnist-digits, emnist-letters. Name one, as in idx:" +
                                                  (folder / "gzip/emnist-letters").string());
        verifyIsWhole(openIdx(folder / "gzip/emnist-digits"));
        VERIFY_SAYS(errorOf(folder / "gzip/emnist-mnist"), "no such folder");
    }

    void onePartIsEnough() {
        const ScratchFolder folder;
        put(folder / "learn/train-images-idx3-ubyte", trainPart().images);
        put(folder / "learn/train-labels-idx1-ubyte", trainPart().labels);
        auto source = openIdx(folder / "learn");
        QVERIFY2(source, errorOf(source).c_str());
        QVERIFY(source->testName.empty() && source->test.empty());
        QCOMPARE(source->train.size(), 20u);
        put(folder / "try/t10k-images-idx3-ubyte", testPart().images);
        put(folder / "try/t10k-labels-idx1-ubyte", testPart().labels);
        source = openIdx(folder / "try");
        QVERIFY2(source, errorOf(source).c_str());
        QVERIFY(source->train.empty());
        QCOMPARE(source->read(source->test[9].index)->pixels[0], drawShape(ShapesPart::kTest, 9).picture.pixels[0]);
    }

    // As numbers go, not as words do; and only those that occur.
    void classesAreTheNumbersThatOccur() {
        const std::string labels("\x0a\x02\xff\x01\x02", 5);
        const auto source = fromBytes(idxBytes({5, 1, 2}, "abcdefghij"), idxBytes({5}, labels));
        QVERIFY2(source, errorOf(source).c_str());
        QCOMPARE(source->classes, (Names{"1", "2", "10", "255"}));
        std::vector<std::int32_t> found;
        for (const LabelledPicture& picture : source->train) found.push_back(picture.label);
        QCOMPARE(found, (std::vector<std::int32_t>{2, 1, 3, 0, 1}));
    }

    void coloursStandLast() {
        const auto source = fromBytes(idxBytes({2, 1, 2, 3}, "abcdefghijkl"), idxBytes({2}, std::string("\0\1", 2)));
        QVERIFY2(source, errorOf(source).c_str());
        const auto picture = source->read(1);
        QCOMPARE(picture->height, 1);
        QCOMPARE(picture->width, 2);
        QCOMPARE(picture->pixels, (std::vector<std::uint8_t>{'g', 'h', 'i', 'j', 'k', 'l'}));
    }

    void saysWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("images");
        QTest::addColumn<QByteArray>("labels");
        QTest::addColumn<QString>("why");
        const auto add = [](const char* name, const std::string& images, const std::string& labels, const char* why) {
            QTest::newRow(name) << QByteArray::fromStdString(images) << QByteArray::fromStdString(labels) << why;
        };
        const std::string images = idxBytes({2, 1, 2}, "abcd"), labels = idxBytes({2}, std::string("\0\1", 2));
        add("empty", "", labels, "images: it is too short");
        add("cut in the sizes", images.substr(0, 10), labels, "cut short");
        add("cut in the pixels", images.substr(0, images.size() - 1), labels,
            "promises 4 bytes of content, and it has 3");
        add("too long", images + "x", labels, "promises 4 bytes of content, and it has 5");
        add("labels cut", images, labels.substr(0, labels.size() - 1), "labels: its header promises 2 bytes");
        add("labels for images", labels, labels, "images: it has 1 dimensions, and 3 or 4 are expected");
        add("images for labels", images, images, "labels: it has 3 dimensions, and 1 is expected");
        add("other numbers", std::string(images).replace(2, 1, "\x0d"), labels, "type 0x0d");
        add("packed", makeGzip(images), labels, "does not begin as an IDX file does");
        add("counts", images, idxBytes({3}, std::string("\0\1\2", 3)), "has 2 pictures, and labels has 3 labels");
        add("one class", images, idxBytes({2}, "\7\7"), "labels are of 1 class,");
        add("no picture", idxBytes({0, 28, 28}, ""), idxBytes({0}, ""), "no picture");
        add("no pixels", idxBytes({2, 0, 28}, ""), labels, "28 x 0 pixels");
        add("wide", idxBytes({2, 1, 5000}, std::string(10000, 'x')), labels, "5000 x 1 pixels");
        add("four channels", idxBytes({2, 1, 1, 4}, "abcdefgh"), labels, "4 channels");
        // 65536^4 bytes, which is 0 in 64 bits.
        add("overflow", idxBytes({65536, 65536, 65536, 65536}, ""), labels, "promises 18446744073709551615 bytes");
    }
    void saysWhatIsWrong() {
        QFETCH(QByteArray, images);
        QFETCH(QByteArray, labels);
        QFETCH(QString, why);
        const std::string error = errorOf(fromBytes(images.toStdString(), labels.toStdString()));
        VERIFY_SAYS(error, why.toStdString());
    }

    void badPlaces() {
        const ScratchFolder folder;
        VERIFY_SAYS(errorOf(folder / "absent"), "no such folder");
        VERIFY_SAYS(errorOf(folder.path()), "no IDX files in it; train-images-idx3-ubyte");
        writeBytes(folder / "train-images-idx3-ubyte", trainPart().images);
        VERIFY_SAYS(errorOf(folder.path()), "train-images-idx3-ubyte: the file of the labels beside it is missing");
        VERIFY_SAYS(errorOf(folder / "train-images-idx3-ubyte"), "Did you mean idx:" + folder.path().string());
        writeBytes(folder / "train-labels-idx1-ubyte.gz", makeGzip(trainPart().labels).substr(0, 20));
        VERIFY_SAYS(errorOf(folder.path()), "train-labels-idx1-ubyte.gz: it is damaged or cut short");
        writeBytes(folder / "train-labels-idx1-ubyte.gz", makeGzip(std::string(80 << 20, '\0')));
        VERIFY_SAYS(errorOf(folder.path()), "times its size");
    }
};

QTEST_GUILESS_MAIN(IdxFilesTest)
#include "tst_idx_files.moc"
