#include <QtTest>

#include "data/part_names.h"

using namespace condenser;

class PartNamesTest : public QObject {
    Q_OBJECT

  private slots:
    void knowsTheUsualNames() {
        for (const char* name : {"train", "Training", "TRAIN"}) QVERIFY2(partNamed(name) == NamedPart::kTrain, name);
        for (const char* name : {"val", "Valid", "validation", "EVAL"}) {
            QVERIFY2(partNamed(name) == NamedPart::kVal, name);
        }
        for (const char* name : {"test", "Testing"}) QVERIFY2(partNamed(name) == NamedPart::kTest, name);
        for (const char* name : {"", "trains", "te st", "\xc3\xa4"}) QVERIFY2(!partNamed(name), name);
        QCOMPARE(lowerAscii("A-Z \xc3\x84"), std::string("a-z \xc3\x84"));
    }
};

QTEST_GUILESS_MAIN(PartNamesTest)
#include "tst_part_names.moc"
