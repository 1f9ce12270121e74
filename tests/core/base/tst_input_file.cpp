#include <sys/stat.h>

#include <QtTest>

#include "base/input_file.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class InputFileTest : public QObject {
    Q_OBJECT

  private slots:
    void readsAtAnyPlace() {
        ScratchFolder folder;
        writeBytes(folder / "file", "0123456789");
        const auto file = InputFile::open(folder / "file");
        QVERIFY(file);
        QCOMPARE(file->size(), std::uint64_t{10});
        char bytes[4];
        QVERIFY(file->readAt(6, std::as_writable_bytes(std::span(bytes))));
        QCOMPARE(std::string(bytes, 4), std::string("6789"));
        QVERIFY(file->readAt(0, std::as_writable_bytes(std::span(bytes, 2))));
        QCOMPARE(std::string(bytes, 4), std::string("0189"));
        QVERIFY(file->readAt(10, {}));
    }

    void theEndIsAnError() {
        ScratchFolder folder;
        writeBytes(folder / "file", "0123456789");
        const auto file = InputFile::open(folder / "file", "cannot read the toy");
        QVERIFY(file);
        char bytes[4];
        const auto ok = file->readAt(7, std::as_writable_bytes(std::span(bytes)));
        QVERIFY(!ok);
        QCOMPARE(ok.error().code, ErrorCode::kUnreadable);
        QCOMPARE(ok.error().what, std::string("cannot read the toy"));
    }

    void refusesWhatIsNoRegularFile() {
        ScratchFolder folder;
        QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);  // without a writer: must not block
        for (const std::filesystem::path& path : {folder.path(), folder / "pipe", std::filesystem::path("/dev/zero")}) {
            const auto file = InputFile::open(path);
            QVERIFY(!file);
            QCOMPARE(file.error().code, ErrorCode::kUnreadable);
            QCOMPARE(file.error().where, path.string());
        }
    }

    void aMissingFileIsNotFound() {
        ScratchFolder folder;
        writeBytes(folder / "file", "x");
        for (const auto& path : {folder / "missing", folder / "file/under"}) {
            const auto file = InputFile::open(path);
            QVERIFY(!file);
            QCOMPARE(file.error().code, ErrorCode::kNotFound);
        }
    }

    void movesWithItsFile() {
        ScratchFolder folder;
        writeBytes(folder / "one", "1");
        writeBytes(folder / "two", "22");
        auto one = InputFile::open(folder / "one");
        auto two = InputFile::open(folder / "two");
        QVERIFY(one && two);
        InputFile moved = std::move(*one);
        moved = std::move(*two);
        char bytes[2];
        QVERIFY(moved.readAt(0, std::as_writable_bytes(std::span(bytes))));
        QCOMPARE(moved.size(), std::uint64_t{2});
        QCOMPARE(std::string(bytes, 2), std::string("22"));
    }
};

QTEST_GUILESS_MAIN(InputFileTest)
#include "tst_input_file.moc"
