#include <QtTest>
#include <filesystem>

#include "data/data_source.h"
#include "support/io_scratch.h"
#include "support/published_sets.h"
#include "support/tiny_data.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, const std::string& bytes) {
    fs::create_directories(path.parent_path());
    writeBytes(path, bytes);
}

}  // namespace

// What holds for every kind; what is of one kind alone is tested there.
class DataSourceTest : public QObject {
    Q_OBJECT

    ScratchFolder m_folder;

  private slots:
    void initTestCase() {
        writeTinyFolder(m_folder / "folder", 3, 1);
        put(m_folder / "cifar-10-binary.tar.gz", cifarArchive(cifar10Files(2), "cifar-10-batches-bin"));
        const std::string two = cifarRecord("\1\2", drawShape(ShapesPart::kTrain, 0).picture);
        put(m_folder / "cifar100/train.bin", two + two);
        put(m_folder / "cifar100/test.bin", two);
        const IdxBytes train = idxPart(ShapesPart::kTrain, 10), test = idxPart(ShapesPart::kTest, 2);
        put(m_folder / "mnist/train-images-idx3-ubyte.gz", makeGzip(train.images));
        put(m_folder / "mnist/train-labels-idx1-ubyte.gz", makeGzip(train.labels));
        put(m_folder / "mnist/t10k-images-idx3-ubyte", test.images);
        put(m_folder / "mnist/t10k-labels-idx1-ubyte", test.labels);
        const std::string first = shapesClasses()[0], second = shapesClasses()[1];
        put(m_folder / "list.csv", "folder/train/" + first + "/0.png," + first + ",train\n" + "folder/train/" + second +
                                       "/0.png," + second + ",train\n" + "folder/test/" + second + "/0.png," + second +
                                       ",test\n");
    }

    void everyKindOpens_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("test");
        const QString place = QString::fromStdString(m_folder.path().string());
        QTest::newRow("shapes10") << "shapes10" << 10 << 10'000 << 2'000;
        QTest::newRow("folder") << "folder:" + place + "/folder" << 3 << 9 << 3;
        QTest::newRow("cifar10") << "cifar10:" + place + "/cifar-10-binary.tar.gz" << 10 << 10 << 2;
        QTest::newRow("cifar100") << "cifar100:" + place + "/cifar100" << 100 << 2 << 1;
        QTest::newRow("idx") << "idx:" + place + "/mnist" << 10 << 10 << 2;
        QTest::newRow("csv") << "csv:" + place + "/list.csv" << 2 << 2 << 1;
    }
    void everyKindOpens() {
        QFETCH(QString, data);
        QFETCH(int, classes);
        QFETCH(int, train);
        QFETCH(int, test);
        auto opened = openDataSource(data.toStdString());
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        const DataSource source = std::move(*opened);
        QCOMPARE(source.classes.size(), static_cast<std::size_t>(classes));
        QCOMPARE(source.train.size(), static_cast<std::size_t>(train));
        QCOMPARE(source.test.size(), static_cast<std::size_t>(test));
        QCOMPARE(source.testName, std::string("test"));
        QVERIFY(source.unreadable.empty());
        for (const auto* part : {&source.train, &source.test}) {
            for (const std::size_t i : {std::size_t{0}, part->size() - 1}) {
                const LabelledPicture& labelled = (*part)[i];
                QVERIFY(labelled.label >= 0 && labelled.label < classes);
                const auto picture = source.read(labelled.index);
                QVERIFY2(picture, picture ? "" : picture.error().text().c_str());
                QCOMPARE(picture->width, 32);
                QCOMPARE(picture->height, 32);
                QCOMPARE(picture->pixels.size(), std::size_t{32 * 32 * 3});
                QVERIFY(!source.place(labelled.index).empty());
            }
        }
    }

    void everyKindSaysWhatIsMissing() {
        for (const char* data :
             {"folder:/absent", "cifar10:/absent", "cifar100:/absent", "idx:/absent", "csv:/absent"}) {
            const auto source = openDataSource(data);
            QVERIFY2(!source, data);
            QCOMPARE(source.error().code, ErrorCode::kNotFound);
            QCOMPARE(source.error().where, std::string("/absent"));
        }
        QCOMPARE(openDataSource("tfds:mnist").error().code, ErrorCode::kUsage);
    }
};

QTEST_GUILESS_MAIN(DataSourceTest)
#include "tst_data_source.moc"
