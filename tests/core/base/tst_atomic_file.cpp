#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>

#include "base/atomic_file.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

constexpr std::size_t kTwoMegabytes = std::size_t{2} << 20;

// "" where the target is as it was and nothing lies beside it.
std::string damageTo(const std::filesystem::path& target, const std::string& old, std::ptrdiff_t entries = 1) {
    if (readBytes(target) != old) return "the target changed";
    const auto count =
        std::distance(std::filesystem::directory_iterator(target.parent_path()), std::filesystem::directory_iterator());
    return count == entries ? "" : "something lies beside the target";
}

}  // namespace

class AtomicFileTest : public QObject {
    Q_OBJECT

  private slots:
    void writesANewFile() {
        ScratchFolder folder;
        AtomicFile file(folder / "new");
        QVERIFY(file.open());
        QVERIFY(file.write("one "));
        QVERIFY(file.write(std::as_bytes(std::span("two", 3))));
        QVERIFY(!std::filesystem::exists(folder / "new"));
        QVERIFY(file.commit());
        QCOMPARE(readBytes(folder / "new"), std::string("one two"));
        QCOMPARE(folder.entries(), 1);
    }

    void replacesAnOldFile() {
        ScratchFolder folder;
        writeBytes(folder / "file", "a long old content");
        QVERIFY(writeFileAtomically(folder / "file", "new"));
        QCOMPARE(readBytes(folder / "file"), std::string("new"));
        QCOMPARE(folder.entries(), 1);
    }

    void withoutCommitTheOldFileStays() {
        ScratchFolder folder;
        writeBytes(folder / "file", "old");
        {
            AtomicFile file(folder / "file");
            QVERIFY(file.open());
            QVERIFY(file.write("new"));
        }
        QCOMPARE(QString::fromStdString(damageTo(folder / "file", "old")), QString());
    }

    void twoWritersOfOneTargetDoNotMeet() {
        ScratchFolder folder;
        AtomicFile one(folder / "file"), two(folder / "file");
        QVERIFY(one.open() && two.open());
        QVERIFY(one.write("one") && two.write("two"));
        QVERIFY(two.commit() && one.commit());
        QCOMPARE(readBytes(folder / "file"), std::string("one"));
    }

    void aRelativeNameIsWritten() {
        ScratchFolder folder;
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path(folder.path());
        const auto ok = writeFileAtomically("file", "here");
        std::filesystem::current_path(before);
        QVERIFY(ok);
        QCOMPARE(readBytes(folder / "file"), std::string("here"));
    }

    void theLongestLegalNameIsWritten() {
        ScratchFolder folder;
        const std::string name(255, 'n');
        QVERIFY(writeFileAtomically(folder / name, "content"));
        QCOMPARE(readBytes(folder / name), std::string("content"));
    }

    void permissionsStay() {
        ScratchFolder folder;
        writeBytes(folder / "file", "secret");
        std::filesystem::permissions(folder / "file", std::filesystem::perms(0600));
        QVERIFY(writeFileAtomically(folder / "file", "new secret"));
        QCOMPARE(static_cast<int>(std::filesystem::status(folder / "file").permissions()), 0600);
    }

    void aLinkStaysALink() {
        ScratchFolder folder;
        std::filesystem::create_directory(folder / "elsewhere");
        writeBytes(folder / "elsewhere/file", "old");
        std::filesystem::create_symlink("elsewhere/file", folder / "link");
        QVERIFY(writeFileAtomically(folder / "link", "new"));
        QVERIFY(std::filesystem::is_symlink(folder / "link"));
        QCOMPARE(readBytes(folder / "elsewhere/file"), std::string("new"));
    }

    void refusesWhatIsNoRegularFile() {
        ScratchFolder folder;
        std::filesystem::create_directory(folder / "sub");
        QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);
        for (const std::filesystem::path& target :
             {folder / "sub", folder / "sub/", folder / "pipe", std::filesystem::path("/dev/null")}) {
            const auto ok = writeFileAtomically(target, "content");
            QVERIFY(!ok);
            QCOMPARE(ok.error().code, ErrorCode::kWrite);
        }
        QCOMPARE(folder.entries(), 2);
        QVERIFY(std::filesystem::is_character_file("/dev/null"));
    }

    void aMissingFolderIsNamed() {
        ScratchFolder folder;
        AtomicFile file(folder / "missing/file");
        const auto opened = file.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::kWrite);
        QCOMPARE(opened.error().where, (folder / "missing/file").string());
        QVERIFY(!opened.error().remedy.empty());
        // The first error stands for all later calls.
        QCOMPARE(file.write("text").error().text(), opened.error().text());
        QCOMPARE(file.commit().error().text(), opened.error().text());
    }

    void aFolderThatVanishesIsAnError() {
        ScratchFolder folder;
        std::filesystem::create_directory(folder / "sub");
        AtomicFile file(folder / "sub/file");
        QVERIFY(file.open());
        QVERIFY(file.write("content"));
        std::filesystem::remove_all(folder / "sub");
        const auto ok = file.commit();
        QVERIFY(!ok);
        QCOMPARE(ok.error().code, ErrorCode::kWrite);
        QCOMPARE(folder.entries(), 0);
    }

    void aFullDiskLeavesTheOldFile() {
        ScratchFolder folder;
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            const auto target = folder / "model";
            writeBytes(target, "old");
            const auto ok = writeFileAtomically(target, std::string(kTwoMegabytes, 'x'));
            if (ok) return "two megabytes on one";
            if (ok.error().code != ErrorCode::kWrite || ok.error().remedy.empty()) return ok.error().text();
            if (!writeFileAtomically(target, "old")) return "the disk is still full";
            return damageTo(target, "old");
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aLimitOnFilesLeavesTheOldFile() {
        ScratchFolder folder;
        const std::string said = playWithFileLimit(1000, [&]() -> std::string {
            const auto target = folder / "model";
            writeBytes(target, "old");
            const auto ok = writeFileAtomically(target, std::string(1001, 'x'));
            if (ok) return "a file larger than its limit";
            return ok.error().code == ErrorCode::kWrite ? damageTo(target, "old") : ok.error().text();
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aReadOnlyFolderLeavesTheOldFile() {
        ScratchFolder folder;
        writeBytes(folder / "model", "old");
        const std::string said = playInReadOnlyFolder(folder.path(), [&]() -> std::string {
            const auto ok = writeFileAtomically(folder / "model", "new");
            if (ok) return "written into a read-only folder";
            return ok.error().code == ErrorCode::kWrite && !ok.error().remedy.empty() ? "" : ok.error().text();
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(QString::fromStdString(damageTo(folder / "model", "old")), QString());
    }

    void whatAKilledWriterLeavesIsRemoved() {
        ScratchFolder folder;
        writeBytes(folder / "model", "old");
        const std::string said = playInChild([&]() -> std::string {
            auto* file = new AtomicFile(folder / "model");  // never destroyed, as in a process that is killed
            return file->open() && file->write("half") ? "" : "not written";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(folder.entries(), 2);
        removeTemporaryFiles(folder.path());
        QCOMPARE(QString::fromStdString(damageTo(folder / "model", "old")), QString());
        removeTemporaryFiles(folder / "missing");
    }

    void renameReplacesAndReports() {
        ScratchFolder folder;
        writeBytes(folder / "new", "new");
        writeBytes(folder / "old", "old");
        QVERIFY(renameDurably(folder / "new", folder / "old"));
        QCOMPARE(readBytes(folder / "old"), std::string("new"));
        QCOMPARE(folder.entries(), 1);
        const auto ok = renameDurably(folder / "missing", folder / "old");
        QVERIFY(!ok);
        QCOMPARE(ok.error().code, ErrorCode::kWrite);
        QCOMPARE(readBytes(folder / "old"), std::string("new"));
    }

    void readsWholeFilesUpToALimit() {
        ScratchFolder folder;
        const std::string content("with a \0 in it", 14);
        writeBytes(folder / "file", content);
        const auto whole = readWholeFile(folder / "file", content.size());
        QVERIFY(whole);
        QCOMPARE(*whole, content);
        const auto tooLarge = readWholeFile(folder / "file", content.size() - 1);
        QVERIFY(!tooLarge);
        QCOMPARE(tooLarge.error().code, ErrorCode::kTooLarge);
        const auto missing = readWholeFile(folder / "missing", 10);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::kNotFound);
        writeBytes(folder / "empty", "");
        QCOMPARE(readWholeFile(folder / "empty", 0).value(), std::string());
    }

    void appendsAndCuts() {
        ScratchFolder folder;
        QVERIFY(appendToFile(folder / "log", "one\n"));
        QVERIFY(appendToFile(folder / "log", "two\n"));
        QCOMPARE(readBytes(folder / "log"), std::string("one\ntwo\n"));
        QVERIFY(cutFile(folder / "log", 4));
        QCOMPARE(readBytes(folder / "log"), std::string("one\n"));
        QVERIFY(!cutFile(folder / "missing", 0));
        QVERIFY(!appendToFile(folder / "missing/log", "text"));
        QVERIFY(!appendToFile(folder.path(), "text"));
        QVERIFY(!appendToFile("/dev/full", "text"));
    }

    void anAppendThatFailsLeavesNoPiece() {
        ScratchFolder folder;
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            if (!appendToFile(folder / "log", "one\n")) return "cannot append";
            const auto ok = appendToFile(folder / "log", std::string(kTwoMegabytes, 'x'));
            if (ok) return "two megabytes on one";
            if (ok.error().code != ErrorCode::kWrite) return ok.error().text();
            if (!appendToFile(folder / "log", "two\n")) return "cannot append any more";
            return damageTo(folder / "log", "one\ntwo\n");
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }
};

QTEST_GUILESS_MAIN(AtomicFileTest)
#include "tst_atomic_file.moc"
