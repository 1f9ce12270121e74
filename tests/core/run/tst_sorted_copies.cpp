// Pictures copied into a folder a class: nothing lost, nothing overwritten, whatever the disk does.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "base/atomic_file.h"
#include "data/image_io.h"
#include "run/sorted_copies.h"
#include "support/failing_calls.h"

using namespace condenser;
namespace fs = std::filesystem;

namespace {

std::string contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// All files below a folder, by their names in it.
std::map<std::string, std::string> filesIn(const fs::path& folder) {
    std::map<std::string, std::string> files;
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files[entry.path().lexically_relative(folder).string()] = contentOf(entry.path());
    }
    return files;
}

using Files = std::map<std::string, std::string>;

}  // namespace

class SortedCopiesTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = m_folder->path().toStdString();
        m_target = m_root / "sorted";
    }

    void eachGoesToTheFolderOfItsAnswer() {
        const std::string large(3 << 20, 'x');  // several pieces
        const auto copies = copySorted({picture("a/1.jpg", "one", "cat"), picture("b/1.jpg", "two", "cat"),
                                        picture("b/2.jpg", large, "dog"), picture("c/1.jpg", "three", "cat")},
                                       m_target);
        QVERIFY(copies.has_value());
        QCOMPARE(copies->copied, 4);
        QCOMPARE(
            filesIn(m_target),
            (Files{{"cat/1.jpg", "one"}, {"cat/1 (2).jpg", "two"}, {"cat/1 (3).jpg", "three"}, {"dog/2.jpg", large}}));
    }

    void nothingIsOverwritten() {
        const std::vector<SortedPicture> pictures{picture("a/1.jpg", "new", "cat")};
        fs::create_directories(m_target / "cat");
        std::ofstream(m_target / "cat" / "1.jpg") << "old";
        fs::create_symlink("nowhere", m_target / "cat" / "1 (2).jpg");
        QVERIFY(copySorted(pictures, m_target).has_value());
        QVERIFY(copySorted(pictures, m_target).has_value());
        QCOMPARE(filesIn(m_target), (Files{{"cat/1.jpg", "old"}, {"cat/1 (3).jpg", "new"}, {"cat/1 (4).jpg", "new"}}));
        QCOMPARE(contentOf(pictures.front().path), std::string("new"));
    }

    void anyClassNameGivesAFolderOfItsOwnInsideTheTarget() {
        std::vector<SortedPicture> pictures;
        for (const char* answer : {"..", "", "a/b", "a:b", "A_b", "../../x", "dots...", ".hidden", "\x01"}) {
            pictures.push_back(picture("in/p.png", "p", answer));
        }
        QVERIFY(copySorted(pictures, m_target).has_value());
        const Files found = filesIn(m_target);
        QCOMPARE(found.size(), pictures.size());
        QVERIFY(!fs::exists(m_root / "p.png"));
        QVERIFY(found.contains("dots/p.png"));
        QVERIFY(found.contains("_hidden/p.png"));
        QVERIFY(found.contains("A_b/p.png"));  // called what it is
    }

    void longNamesKeepTheirEnding() {
        auto picture = this->picture("in/p.png", "p", std::string(300, 'k'));
        picture.name = std::string(80, 'x') + "\u00e4\u00e4" + std::string(200, 'y') + ".jpeg";
        QVERIFY(copySorted({picture, picture}, m_target).has_value());
        const Files found = filesIn(m_target);
        QCOMPARE(found.size(), std::size_t{2});
        for (const auto& [name, content] : found) QVERIFY(name.ends_with(".jpeg"));
    }

    void whatHasNoFileIsWrittenAsPng() {
        SortedPicture pasted;
        pasted.picture = std::make_shared<Picture>(Picture{1, 2, {1, 2, 3, 4, 5, 6}});
        pasted.name = "Pasted picture";
        pasted.answer = "cat";
        QVERIFY(copySorted({pasted}, m_target).has_value());
        const auto read = decodePicture(m_target / "cat" / "Pasted picture.png");
        QVERIFY(read.has_value());
        QCOMPARE(read->pixels, pasted.picture->pixels);
    }

    void whatCannotBeReadIsToldAndTheRestGoesOn() {
        SortedPicture gone = picture("a/gone.jpg", "x", "cat");
        fs::remove(gone.path);
        std::vector<std::int64_t> steps;
        const auto copies = copySorted({gone, picture("a/2.jpg", "two", "cat")}, m_target, {},
                                       [&](std::int64_t done, std::int64_t) { steps.push_back(done); });
        QVERIFY(copies.has_value());
        QCOMPARE(copies->copied, 1);
        QCOMPARE(copies->failed.size(), std::size_t{1});
        QCOMPARE(copies->failed.front().where, gone.path.string());
        QCOMPARE(steps, (std::vector<std::int64_t>{0, 1, 2}));
    }

    void picturesAreNotMixedWithTheirCopies() {
        const auto refused = copySorted(
            {picture("set/cat/1.jpg", "one", "dog"), picture("set/cat/more/2.jpg", "two", "cat")}, m_root / "set");
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::kUsage);
        QCOMPARE(filesIn(m_root / "set").size(), std::size_t{2});
        // A new folder below the pictures' own is none of theirs.
        QVERIFY(copySorted({picture("flat/1.jpg", "one", "cat")}, m_root / "flat").has_value());
        QVERIFY(fs::exists(m_root / "flat" / "cat" / "1.jpg"));
    }

    void theTargetMustBeAFolder() {
        std::ofstream(m_target) << "a file";
        const auto refused = copySorted({picture("a/1.jpg", "one", "cat")}, m_target);
        QCOMPARE(refused.error().code, ErrorCode::kWrite);
        fs::create_directory(m_root / "other");
        std::ofstream(m_root / "other" / "cat") << "a file";
        const auto inTheWay = copySorted({picture("a/1.jpg", "one", "cat")}, m_root / "other");
        QCOMPARE(inTheWay.error().code, ErrorCode::kWrite);
        QVERIFY(inTheWay.error().where.ends_with("cat"));
    }

    void stopsBetweenPictures() {
        std::stop_source stop;
        const auto stopped = copySorted(
            {picture("a/1.jpg", "one", "cat"), picture("a/2.jpg", "two", "cat"), picture("a/3.jpg", "three", "cat")},
            m_target, stop.get_token(), [&](std::int64_t done, std::int64_t) {
                if (done == 1) stop.request_stop();
            });
        QCOMPARE(stopped.error().code, ErrorCode::kCancelled);
        QVERIFY(stopped.error().why.find("1 of 3") != std::string::npos);
        QCOMPARE(filesIn(m_target), (Files{{"cat/1.jpg", "one"}}));
    }

    // Whichever call fails: copies are whole or not there, and the originals stay.
    void aFullDiskLeavesNoHalfCopies() {
        const std::vector<SortedPicture> pictures{picture("a/1.jpg", std::string(5000, 'a'), "cat"),
                                                  picture("a/2.jpg", std::string(5000, 'b'), "dog")};
        const std::vector<test::Call> calls{test::Call::kOpen, test::Call::kWrite, test::Call::kFsync,
                                            test::Call::kRename};
        int failures = 0;
        for (int number = 1;; ++number) {
            const fs::path target = m_root / ("full" + std::to_string(number));
            Result<SortedCopies> copied;
            bool failed = false;
            {
                const test::FailingCalls failing({number, ENOSPC, true, calls});
                copied = copySorted(pictures, target);
                failed = failing.failed();
            }
            for (const auto& [name, content] : filesIn(target)) {
                QCOMPARE(content, std::string(5000, name == "cat/1.jpg" ? 'a' : 'b'));
            }
            for (const SortedPicture& picture : pictures) QCOMPARE(contentOf(picture.path).size(), std::size_t{5000});
            if (!failed) {
                QVERIFY(copied.has_value());
                break;
            }
            ++failures;
            QVERIFY(!copied.has_value());
            QCOMPARE(copied.error().code, ErrorCode::kWrite);
            QVERIFY(copied.error().why.find(std::generic_category().message(ENOSPC)) == 0);
            QVERIFY(copied.error().why.find("of 2 pictures were copied") != std::string::npos);
        }
        QVERIFY(failures >= 8);
    }

    // Somebody else's file comes between the look for a free name and the rename.
    void aNameTakenMeanwhileIsLeftAlone() {
        AtomicFile file(m_root / "name");
        QVERIFY(file.open().has_value());
        QVERIFY(file.write("mine").has_value());
        std::ofstream(m_root / "name") << "theirs";
        const auto committed = file.commitNew();
        QVERIFY(committed.has_value());
        QVERIFY(!*committed);
        QCOMPARE(filesIn(m_root), (Files{{"name", "theirs"}}));
    }

  private:
    SortedPicture picture(const std::string& name, const std::string& content, const std::string& answer) const {
        const fs::path path = m_root / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return {path, nullptr, path.filename().string(), answer};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root, m_target;
};

QTEST_APPLESS_MAIN(SortedCopiesTest)
#include "tst_sorted_copies.moc"
