#include <QtTest>

#include "data/data_name.h"
#include "support/io_scratch.h"

using namespace condenser;

class DataNameTest : public QObject {
    Q_OBJECT

  private slots:
    void knownNames() {
        QVERIFY(checkDataName("shapes10"));
        QVERIFY(checkDataName("folder:some/where"));
        QCOMPARE(folderOfData("folder:some/where"), std::filesystem::path("some/where"));
        QCOMPARE(folderOfData("folder:folder:x"), std::filesystem::path("folder:x"));
    }

    void unknownNames() {
        for (const char* name : {"", "shapes", "folder", "folder:", "shapes10 ", "cifar:x"}) {
            const auto known = checkDataName(name);
            QVERIFY2(!known, name);
            QCOMPARE(known.error().code, ErrorCode::kUsage);
        }
        const test::ScratchFolder folder;
        const auto plain = checkDataName(folder.path().string());
        QVERIFY(!plain);
        QVERIFY(plain.error().remedy.find("folder:" + folder.path().string()) != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(DataNameTest)
#include "tst_data_name.moc"
