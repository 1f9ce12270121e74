#include <QtTest>

#include "data/data_name.h"
#include "support/io_scratch.h"

using namespace condenser;

class DataNameTest : public QObject {
    Q_OBJECT

  private slots:
    void knownNames() {
        const auto verify = [](const char* data, DataKind kind, const char* place) {
            const auto name = parseDataName(data);
            QVERIFY2(name, data);
            QVERIFY(name->kind == kind);
            QCOMPARE(name->place, std::filesystem::path(place));
            QVERIFY(checkDataName(data));
        };
        verify("shapes10", DataKind::kShapes, "");
        verify("folder:some/where", DataKind::kFolder, "some/where");
        verify("folder:folder:x", DataKind::kFolder, "folder:x");
        verify("cifar10:x.tar.gz", DataKind::kCifar10, "x.tar.gz");
        verify("cifar100:x", DataKind::kCifar100, "x");
        verify("idx:x", DataKind::kIdx, "x");
        verify("csv:x.csv", DataKind::kCsv, "x.csv");
    }

    void unknownNames() {
        for (const char* name : {"", "shapes", "folder", "folder:", "shapes10 ", "cifar:x", "csv:", "Folder:x"}) {
            const auto known = checkDataName(name);
            QVERIFY2(!known, name);
            QCOMPARE(known.error().code, ErrorCode::kUsage);
            QVERIFY(known.error().text().find("shapes10, folder:DIR, cifar10:PATH") != std::string::npos);
        }
    }

    void guessesWhatIsMeant() {
        const test::ScratchFolder folder;
        const auto verify = [&](const std::string& file, const std::string& name, const char* prefix) {
            if (!file.empty()) {
                std::filesystem::create_directories((folder / file).parent_path());
                test::writeBytes(folder / file, "x");
            }
            const std::string place = (folder / name).string();
            const auto known = checkDataName(place);
            QVERIFY(!known);
            QCOMPARE(known.error().remedy, *prefix == 0 ? "" : "did you mean " + (prefix + place) + "?");
        };
        verify("pictures/a/1.png", "pictures", "folder:");
        verify("", "pictures/", "folder:");
        verify("one/test_batch.bin", "one", "cifar10:");
        verify("two/cifar-10-batches-bin/test_batch.bin", "two", "cifar10:");
        verify("CIFAR-10-binary.tar.gz", "CIFAR-10-binary.tar.gz", "cifar10:");
        verify("cifar-100-binary.tar.gz", "cifar-100-binary.tar.gz", "cifar100:");
        verify("mnist/train-images-idx3-ubyte.gz", "mnist", "idx:");
        verify("labels.CSV", "labels.CSV", "csv:");
        verify("picture.png", "picture.png", "");
        verify("", "absent.csv", "");
    }
};

QTEST_GUILESS_MAIN(DataNameTest)
#include "tst_data_name.moc"
