#include <QtTest>
#include <filesystem>

#include "data/data_guess.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

class DataGuessTest : public QObject {
    Q_OBJECT

  private slots:
    void everyKindIsFoundByItsNames() {
        const ScratchFolder folder;
        const auto make = [&](const char* name) {
            fs::create_directories((folder / name).parent_path());
            writeBytes(folder / name, "");
            return folder / name;
        };
        const auto name = [&](const fs::path& path) { return dataNameOf(path).value_or("nothing"); };
        const auto at = [&](const char* prefix, const char* path) { return prefix + (folder / path).string(); };
        QCOMPARE(name(make("list.CSV")), at("csv:", "list.CSV"));
        QCOMPARE(name(make("cifar-10-binary.tar.gz")), at("cifar10:", "cifar-10-binary.tar.gz"));
        QCOMPARE(name(make("CIFAR-100-binary.tar.gz")), at("cifar100:", "CIFAR-100-binary.tar.gz"));
        QCOMPARE(name(make("mine.tgz")), at("cifar10:", "mine.tgz"));
        QCOMPARE(name(make("one.png")), std::string("nothing"));
        QCOMPARE(name(make("other.gz")), std::string("nothing"));
        QCOMPARE(name(folder / "absent.csv"), std::string("nothing"));
        make("ten/data_batch_3.bin");
        QCOMPARE(name(folder / "ten"), at("cifar10:", "ten"));
        make("unpacked/cifar-10-batches-bin/test_batch.bin");
        QCOMPARE(name(folder / "unpacked"), at("cifar10:", "unpacked"));
        make("hundred/train.bin");
        QCOMPARE(name(folder / "hundred"), at("folder:", "hundred"));
        make("hundred/test.bin");
        QCOMPARE(name(folder / "hundred"), at("cifar100:", "hundred"));
        make("digits/train-images-idx3-ubyte.gz");
        QCOMPARE(name(folder / "digits"), at("idx:", "digits"));
        fs::create_directories(folder / "plain/x-ubyte");
        QCOMPARE(name(folder / "plain"), at("folder:", "plain"));
    }
};

QTEST_GUILESS_MAIN(DataGuessTest)
#include "tst_data_guess.moc"
