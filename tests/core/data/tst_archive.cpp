#include <QtTest>
#include <map>
#include <string>

#include "data/archive.h"
#include "support/archives.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

using Files = std::map<std::string, std::string>;

// What a walk gives, or its error under the name "error".
Files walked(const std::string& bytes, const ArchiveLimits& limits = {}) {
    Files files;
    const auto done = walkTar(bytesOf(bytes), "data.tar", limits,
                              {[](const std::string&) { return true; },
                               [&](const std::string& name, std::string content) -> Result<> {
                                   files[name] += content;
                                   return {};
                               }});
    if (!done) return {{"error", done.error().text()}};
    return files;
}

std::string unpacked(const std::string& bytes, const ArchiveLimits& limits = {}) {
    const auto content = unpackGzip(bytesOf(bytes), "data.gz", limits);
    return content ? *content : "error: " + content.error().text();
}

#define VERIFY_SAYS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

// Nothing that compresses well, so that a cut takes content away.
std::string noise(std::size_t size) {
    std::string bytes;
    std::uint32_t state = 1;
    while (bytes.size() < size) {
        state = state * 1664525u + 1013904223u;
        bytes += static_cast<char>(state >> 24);
    }
    return bytes;
}

}  // namespace

class ArchiveTest : public QObject {
    Q_OBJECT

  private slots:
    void givesTheFiles() {
        const std::string tar = makeTar(
            {{"set/", "", TarEntry::Kind::kFolder}, {"set/a.bin", noise(100'000)}, {"./set/empty", ""}, {"b", "b"}});
        const Files expected{{"set/a.bin", noise(100'000)}, {"set/empty", ""}, {"b", "b"}};
        QCOMPARE(walked(tar), expected);
        QCOMPARE(walked(makeGzip(tar)), expected);

        const ScratchFolder folder;
        writeBytes(folder / "set.tar.gz", makeGzip(tar));
        Files files;
        int asked = 0;
        const auto done = walkTar(folder / "set.tar.gz", {}, {},
                                  {[&](const std::string& name) { return ++asked > 0 && name == "b"; },
                                   [&](const std::string& name, std::string content) -> Result<> {
                                       files[name] = std::move(content);
                                       return {};
                                   }});
        QVERIFY2(done, done ? "" : done.error().text().c_str());
        QCOMPARE(asked, 3);
        QCOMPARE(files, (Files{{"b", "b"}}));
    }

    void passesOverWhatIsNoFileOfItsOwn() {
        const std::string tar = makeTar({{"../up", "x"},
                                         {"/etc/passwd", "x"},
                                         {"set/../../up", "x"},
                                         {"set/..", "x"},
                                         {"back\\slash", "x"},
                                         {"symbolic", "/etc/passwd", TarEntry::Kind::kSymbolicLink},
                                         {"good", "y"},
                                         {"hard", "good", TarEntry::Kind::kHardLink},
                                         {"pipe", "", TarEntry::Kind::kPipe},
                                         {"dots..in..it", "z"}});
        QCOMPARE(walked(tar), (Files{{"good", "y"}, {"dots..in..it", "z"}}));
    }

    void theVisitorsErrorEndsTheWalk() {
        const std::string tar = makeTar({{"a", "1"}, {"b", "2"}});
        int taken = 0;
        const auto done = walkTar(bytesOf(tar), "data.tar", {},
                                  {[](const std::string&) { return true; },
                                   [&](const std::string&, const std::string&) -> Result<> {
                                       ++taken;
                                       return fail(ErrorCode::kBadData, "enough", "", "");
                                   }});
        QVERIFY(!done && done.error().what == "enough");
        QCOMPARE(taken, 1);
    }

    void gzipGivesItsContent() {
        for (const std::size_t size : {0, 1, 65'536, 300'000}) QCOMPARE(unpacked(makeGzip(noise(size))), noise(size));
        // Several members, one behind the other, are one content.
        QCOMPARE(unpacked(makeGzip("one") + makeGzip("two and three")), std::string("onetwo and three"));
        VERIFY_SAYS(unpacked("not packed at all"), "not packed with gzip");
        VERIFY_SAYS(unpacked(""), "is empty");
        QVERIFY(unpackGzip("/absent.gz", {}, {}).error().code == ErrorCode::kNotFound);
        QVERIFY(!unpackGzip("/", {}, {}));
    }

    void aCutIsAnError() {
        const std::string packed = makeGzip(noise(2000));
        for (std::size_t size = 0; size < packed.size(); ++size) {
            const auto content = unpackGzip(bytesOf(packed.substr(0, size)), "data.gz", {});
            QVERIFY2(!content, qPrintable(QString::number(size)));
        }
        const std::string tar = makeTar({{"a", noise(3000)}});
        for (const std::size_t size : {1, 300, 511, 513, 2000, 3500}) {
            VERIFY_SAYS(walked(tar.substr(0, size))["error"], "data.tar: it is damaged or cut short");
        }
        const std::string both = makeGzip(tar);
        for (std::size_t size = 20; size < both.size(); size += 97) {
            QVERIFY(walked(both.substr(0, size)).contains("error"));
        }
    }

    void damageIsAnError() {
        // Bits of stored bytes, which only the checksum can tell of.
        const std::string packed = makeGzip(noise(2000));
        for (std::size_t at = 20; at < packed.size() - 4; at += 50) {
            std::string bent = packed;
            bent[at] = static_cast<char>(bent[at] ^ 0x10);
            const std::string content = unpacked(bent);
            QVERIFY2(content.starts_with("error: "), qPrintable(QString::number(at)));
        }
        std::string bent = makeGzip(makeTar({{"a", noise(3000)}}));
        bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 0x10);
        QVERIFY(walked(bent).contains("error"));
    }

    // Ten thousand zeros take ten bytes: nobody needs that in a data set, and a few could fill the memory.
    void bombsAreRefused() {
        const std::string bomb = makeGzip(std::string(80 << 20, '\0'));
        QVERIFY(bomb.size() < 100'000);
        VERIFY_SAYS(unpacked(bomb), "more than 100 times its size");
        VERIFY_SAYS(unpacked(makeGzip(bomb)), "it is no gzip file");  // packed twice
        VERIFY_SAYS(walked(makeGzip(makeTar({{"a", std::string(80 << 20, '\0')}})))["error"],
                    "more than 100 times its size");

        ArchiveLimits few;
        few.entries = 2;
        QVERIFY(!walked(makeTar({{"a", ""}, {"b", ""}}), few).contains("error"));
        VERIFY_SAYS(walked(makeTar({{"a", ""}, {"b", ""}, {"c", ""}}), few)["error"], "more than 2 entries");
        ArchiveLimits small;
        small.entryBytes = 1000;
        QCOMPARE(walked(makeTar({{"a", noise(1000)}}), small).count("a"), 1u);
        VERIFY_SAYS(walked(makeTar({{"a", noise(1001)}}), small)["error"], "more than 1000 bytes");
        QCOMPARE(unpacked(makeGzip(noise(1000)), small).size(), 1000u);
        VERIFY_SAYS(unpacked(makeGzip(noise(1001)), small), "more than 1000 bytes");
        ArchiveLimits little;
        little.totalBytes = 5000;
        VERIFY_SAYS(walked(makeGzip(makeTar({{"a", noise(3000)}, {"b", noise(3000)}})), little)["error"],
                    "unpacks to more than 5000 bytes");
    }

    // A size in a header is not believed, and reserves nothing.
    void aLyingSizeIsAnError() {
        std::string tar = makeTar({{"a", "content"}});
        const std::string most = "77777777777";  // 8 GB
        tar.replace(124, most.size(), most);
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(tar[i]);
        const std::string digits = QString::number(sum, 8).rightJustified(6, '0').toStdString();
        tar.replace(148, 8, digits + std::string("\0 ", 2));
        const Files files = walked(tar);
        QVERIFY(files.contains("error"));
        QVERIFY(walked(makeGzip(tar)).contains("error"));
    }

    void otherPackingIsNamed() {
        VERIFY_SAYS(walked("PK\x03\x04 and so on")["error"], "packed with zip");
        VERIFY_SAYS(walked(std::string("\xFD") + "7zXZ and so on")["error"], "packed with xz");
        VERIFY_SAYS(walked("BZh91AY")["error"], "bzip2");
        VERIFY_SAYS(walked("<!DOCTYPE html><title>404</title>" + std::string(2000, ' '))["error"], "damaged");
        VERIFY_SAYS(walked("")["error"], "is empty");
        VERIFY_SAYS(walked(makeGzip("no tar inside"))["error"], "damaged");
    }

    void stopsWhenAsked() {
        const ScratchFolder folder;
        writeBytes(folder / "a.gz", makeGzip(noise(1'000'000)));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(unpackGzip(folder / "a.gz", {}, stop.get_token()).error().code, ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(ArchiveTest)
#include "tst_archive.moc"
