#include <QtTest>
#include <filesystem>
#include <set>

#include "data/image_folder.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path) {
    fs::create_directories(path.parent_path());
    writeBytes(path, "not looked into");
}

std::vector<std::string> namesOf(const std::vector<LabelledFile>& files, const fs::path& root) {
    std::vector<std::string> names;
    for (const LabelledFile& file : files) {
        names.push_back(std::to_string(file.label) + " " + file.path.lexically_relative(root).string());
    }
    return names;
}

std::string errorOf(const fs::path& folder) {
    const auto scanned = scanImageFolder(folder);
    return scanned ? "no error" : scanned.error().text();
}

#define VERIFY_SAYS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

using Names = std::vector<std::string>;

}  // namespace

class ImageFolderTest : public QObject {
    Q_OBJECT

  private slots:
    void listsSorted() {
        const ScratchFolder folder;
        for (const char* name :
             {"train/b/2.png", "train/b/10.JPG", "train/b/deep/er/1.png", "train/a/x.jpeg", "train/a/notes.txt",
              "train/a/.hidden.png", "train/.git/y.png", "test/b/1.png", "test/a/1.png", "other/c/1.png"}) {
            put(folder / name);
        }
        const auto scanned = scanImageFolder(folder.path());
        QVERIFY2(scanned, errorOf(folder.path()).c_str());
        QCOMPARE(scanned->classes, (Names{"a", "b"}));
        QCOMPARE(scanned->testName, std::string("test"));
        QCOMPARE(namesOf(scanned->train, folder / "train"),
                 (Names{"0 a/x.jpeg", "1 b/10.JPG", "1 b/2.png", "1 b/deep/er/1.png"}));
        QCOMPARE(namesOf(scanned->test, folder / "test"), (Names{"0 a/1.png", "1 b/1.png"}));
        QVERIFY(scanned->unreadable.empty() && scanned->warnings.empty());
    }

    void partsAndNone() {
        const ScratchFolder folder;
        put(folder / "flat/a/1.png");
        put(folder / "flat/b/1.png");
        put(folder / "flat/loose.png");
        auto scanned = scanImageFolder(folder / "flat");
        QVERIFY(scanned && scanned->testName.empty() && scanned->test.empty());
        QCOMPARE(scanned->train.size(), 2u);
        QCOMPARE(scanned->warnings.size(), 1u);

        for (const char* name : {"both/train/a/1.png", "both/train/b/1.png", "both/val/a/1.png", "both/test/9.png"}) {
            put(folder / name);
        }
        scanned = scanImageFolder(folder / "both");
        QVERIFY(scanned);
        QCOMPARE(scanned->testName, std::string("val"));
        QCOMPARE(scanned->test.size(), 1u);

        put(folder / "eval/test/a/1.png");
        put(folder / "eval/test/b/1.png");
        scanned = scanImageFolder(folder / "eval");
        QVERIFY(scanned);
        QCOMPARE(scanned->testName, std::string("test"));
        QCOMPARE(scanned->classes, (Names{"a", "b"}));
        QCOMPARE(scanned->test.size(), 2u);
        QVERIFY(scanned->train.empty());
    }

    // Parts under all their usual names.
    void partsByAnyName_data() {
        QTest::addColumn<QString>("train");
        QTest::addColumn<QString>("test");
        QTest::addColumn<QString>("name");
        QTest::newRow("train, val") << "train"
                                    << "val"
                                    << "val";
        QTest::newRow("Train, Test") << "Train"
                                     << "Test"
                                     << "test";
        QTest::newRow("TRAIN, VALID") << "TRAIN"
                                      << "VALID"
                                      << "val";
        QTest::newRow("training, testing") << "training"
                                           << "testing"
                                           << "test";
        QTest::newRow("Training, Validation") << "Training"
                                              << "Validation"
                                              << "val";
        QTest::newRow("train, eval") << "train"
                                     << "eval"
                                     << "val";
    }
    void partsByAnyName() {
        QFETCH(QString, train);
        QFETCH(QString, test);
        QFETCH(QString, name);
        const ScratchFolder folder;
        for (const QString& part : {train, test}) {
            put(folder / part.toStdString() / "a/1.png");
            put(folder / part.toStdString() / "b/1.png");
        }
        put(folder / "extra/c/1.png");
        const auto scanned = scanImageFolder(folder.path());
        QVERIFY2(scanned, errorOf(folder.path()).c_str());
        QCOMPARE(scanned->classes, (Names{"a", "b"}));
        QCOMPARE(scanned->train.size(), 2u);
        QCOMPARE(scanned->test.size(), 2u);
        QCOMPARE(QString::fromStdString(scanned->testName), name);
    }

    void partsThatAreNone() {
        const ScratchFolder folder;
        // Classes may bear such names.
        for (const char* name : {"verbs/training/1.png", "verbs/sleeping/1.png", "verbs/testing/1.png"}) {
            put(folder / name);
        }
        auto scanned = scanImageFolder(folder / "verbs");
        QVERIFY2(scanned, errorOf(folder / "verbs").c_str());
        QCOMPARE(scanned->classes, (Names{"sleeping", "testing", "training"}));
        put(folder / "loose/train/1.png");
        put(folder / "loose/test/1.png");
        VERIFY_SAYS(errorOf(folder / "loose"), "loose/train: found 0 class folders");
        put(folder / "guess/val/1.png");
        VERIFY_SAYS(errorOf(folder / "guess"), "guess/val: found 0 class folders");
        put(folder / "twice/train/a/1.png");
        put(folder / "twice/Train/a/1.png");
        VERIFY_SAYS(errorOf(folder / "twice"), "Train and train are the same part");
        for (const char* part : {"train", "val", "test"}) {
            put(folder / "three" / part / "a/1.png");
            put(folder / "three" / part / "b/1.png");
        }
        scanned = scanImageFolder(folder / "three");
        QVERIFY(scanned);
        QCOMPARE(scanned->testName, std::string("val"));
        QCOMPARE(scanned->warnings.size(), 1u);
        VERIFY_SAYS(scanned->warnings[0], "both val and test: the pictures of test are not used");
    }

    void aFolderAboveIsTaken() {
        const ScratchFolder folder;
        for (const char* name : {"parts/set/train/a/1.png", "parts/set/train/b/1.png", "parts/set/val/a/1.png",
                                 "parts/__MACOSX/set/a/1.png", "parts/.git/a/1.png", "flat/set/a/1.png",
                                 "flat/set/b/1.png", "flat/readme.txt"}) {
            put(folder / name);
        }
        for (const char* name : {"parts", "flat"}) {
            const auto scanned = scanImageFolder(folder / name);
            QVERIFY2(scanned, errorOf(folder / name).c_str());
            QCOMPARE(scanned->classes, (Names{"a", "b"}));
            QCOMPARE(scanned->train.size(), 2u);
            QCOMPARE(scanned->warnings, (Names{"the data are taken from " + (folder / name / "set").string() +
                                               ", the only folder inside"}));
        }
    }

    void whatSystemsLeaveBehindIsNoData() {
        const ScratchFolder folder;
        for (const char* name :
             {"a/1.png", "a/.DS_Store", "a/Thumbs.db", "a/._1.png", "a/desktop.ini", "b/1.png", "b/@eaDir/1.png",
              "__MACOSX/a/1.png", "@eaDir/1.png", "lost+found/x", ".cache/1.png", "$RECYCLE.BIN/1.png"}) {
            put(folder / name);
        }
        const auto scanned = scanImageFolder(folder.path());
        QVERIFY2(scanned, errorOf(folder.path()).c_str());
        QCOMPARE(scanned->classes, (Names{"a", "b"}));
        QCOMPARE(namesOf(scanned->train, folder.path()), (Names{"0 a/1.png", "1 b/1.png"}));
        QVERIFY(scanned->warnings.empty());
    }

    // What looks the same to people is told apart in words.
    void namesThatAreAlike() {
        const ScratchFolder folder;
        const auto set = [&](const char* name, const char* train, const char* test) {
            put(folder / name / "train" / train / "1.png");
            put(folder / name / "train/other/1.png");
            put(folder / name / "test" / test / "1.png");
            return errorOf(folder / name);
        };
        VERIFY_SAYS(set("case", "cat", "Cat"), "but there is one named \"cat\": they differ in upper and lower case");
        VERIFY_SAYS(set("accent", "caf\xc3\xa9", "cafe\xcc\x81"), "they look the same, but one has its accents");
        QCOMPARE(set("same", "\xf0\x9f\x90\x88 \xe7\x8c\xab", "\xf0\x9f\x90\x88 \xe7\x8c\xab"),
                 std::string("no error"));
        put(folder / "flat/cat/1.png");
        put(folder / "flat/Cat/1.png");
        const auto scanned = scanImageFolder(folder / "flat");
        QVERIFY(scanned);
        QCOMPARE(scanned->warnings.size(), 1u);
        VERIFY_SAYS(scanned->warnings[0], "two classes, \"Cat\" and \"cat\"");
    }

    void stopsAndTells() {
        const ScratchFolder folder;
        put(folder / "a/1.png");
        put(folder / "b/1.png");
        std::stop_source stop;
        const ScanOptions options{{}, stop.get_token()};
        QVERIFY(scanImageFolder(folder.path(), options));
        stop.request_stop();
        QCOMPARE(scanImageFolder(folder.path(), options).error().code, ErrorCode::kCancelled);
    }

    void linksAreFollowedOnce() {
        const ScratchFolder folder;
        put(folder / "a/1.png");
        put(folder / "b/1.png");
        put(folder / "elsewhere.d/2.png");
        fs::create_directory_symlink(folder / "a", folder / "a/loop");
        fs::create_directory_symlink("../a", folder / "a/again");
        fs::rename(folder / "elsewhere.d", folder / ".elsewhere");
        fs::create_directory_symlink(folder / ".elsewhere", folder / "b/linked");
        fs::create_symlink("nowhere.png", folder / "b/dangling.png");
        const auto scanned = scanImageFolder(folder.path());
        QVERIFY(scanned);
        QCOMPARE(namesOf(scanned->train, folder.path()).size(), 4u);
        QCOMPARE(scanned->train[0].path.filename(), fs::path("1.png"));
        std::set<std::string> ofB;
        for (const LabelledFile& file : scanned->train) {
            if (file.label == 1) ofB.insert(file.path.lexically_relative(folder.path()).string());
        }
        // One that points nowhere is a file that cannot be read, to be told of when it is opened.
        QCOMPARE(ofB, (std::set<std::string>{"b/1.png", "b/dangling.png", "b/linked/2.png"}));
    }

    void saysWhatIsWrong() {
        const ScratchFolder folder;
        VERIFY_SAYS(errorOf(folder / "absent"), "no such folder");
        writeBytes(folder / "data.tar", "x");
        VERIFY_SAYS(errorOf(folder / "data.tar"), "it is a file");
        fs::create_directory(folder / "empty");
        VERIFY_SAYS(errorOf(folder / "empty"), "found 0 class folders");
        put(folder / "one/a/1.png");
        VERIFY_SAYS(errorOf(folder / "one"), "found 1 class folder,");
        put(folder / "far/above/set/a/1.png");
        put(folder / "far/above/set/b/1.png");
        VERIFY_SAYS(errorOf(folder / "far"), "Did you mean folder:" + (folder / "far/above/set").string());
        put(folder / "hollow/a/1.png");
        put(folder / "hollow/b/readme.txt");
        VERIFY_SAYS(errorOf(folder / "hollow"), (folder / "hollow/b").string() + ": this class has no picture");
        put(folder / "new/train/a/1.png");
        put(folder / "new/train/b/1.png");
        put(folder / "new/test/c/1.png");
        VERIFY_SAYS(errorOf(folder / "new"), (folder / "new/test/c").string());
        put(folder / "odd/a/1.png");
        put(folder / "odd" / std::string("b\xff") / "1.png");
        VERIFY_SAYS(errorOf(folder / "odd"), "not UTF-8");
        put(folder / "good/\xc3\xa4pfel/1.png");
        put(folder / "good/\xe6\xa2\xa8/1.png");
        QCOMPARE(errorOf(folder / "good"), std::string("no error"));
    }
};

QTEST_GUILESS_MAIN(ImageFolderTest)
#include "tst_image_folder.moc"
