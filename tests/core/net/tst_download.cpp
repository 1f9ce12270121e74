#include <sys/stat.h>

#include <QCryptographicHash>
#include <QtTest>
#include <thread>

#include "net/cifar10_download.h"
#include "net/download.h"
#include "support/http_server.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSize = 200'000;

// No two stretches of it are alike.
std::string makeContent(std::size_t size = kSize, std::uint32_t seed = 1) {
    std::string content(size, '\0');
    std::uint32_t state = seed;
    for (char& c : content) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return content;
}

std::string md5(const std::string& content) {
    return QCryptographicHash::hash(QByteArray::fromStdString(content), QCryptographicHash::Md5).toHex().toStdString();
}

// The content, the server that has it, a folder to put it in.
struct Remote {
    explicit Remote(std::initializer_list<HttpAnswer> answers = {{}}, std::string what = makeContent())
        : content(what), server(std::move(what), answers) {
        request = {server.url(), folder / "file", content.size(), md5(content)};
        options.retryWaits = {1ms, 1ms, 1ms};
        options.stallTimeout = 300ms;
    }
    Result<Downloaded> run() { return download(request, options); }
    // As if an earlier call had been cut.
    void havePart(const std::string& bytes, const std::string& version = {}) {
        writeBytes(part(), bytes);
        if (!version.empty()) writeBytes(folder / "file.part.version", version);
    }
    fs::path part() const { return folder / "file.part"; }
    // "" where the target, and nothing else, is there.
    QString flaw() const {
        if (readBytes(request.target) != content) return QStringLiteral("the file is another");
        return folder.entries() == 1 ? QString() : QStringLiteral("something lies beside the file");
    }
    std::string range(std::size_t number) const { return server.seen().at(number).range; }

    std::string content;
    HttpServer server;
    ScratchFolder folder;
    DownloadRequest request;
    DownloadOptions options;
};

QString textOf(const Result<Downloaded>& result) {
    return result ? QStringLiteral("done") : QString::fromStdString(result.error().text());
}

}  // namespace

#define COMPARE_DONE(call, remote)                  \
    do {                                            \
        const auto& ended = call;                   \
        QVERIFY2(ended, qPrintable(textOf(ended))); \
        QCOMPARE((remote).flaw(), QString());       \
    } while (false)
#define VERIFY_FAILS(call, errorCode, words)                                                \
    do {                                                                                    \
        const auto& ended = call;                                                           \
        QVERIFY(!ended);                                                                    \
        QVERIFY2(textOf(ended).contains(QStringLiteral(words)), qPrintable(textOf(ended))); \
        QCOMPARE(ended.error().code, errorCode);                                            \
        QVERIFY(!fs::exists(remote.request.target));                                        \
    } while (false)

class DownloadTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { askLoopbackDirectly(); }

    // ---- what goes well ----

    void fetchesAFile() {
        Remote remote;
        std::vector<DownloadProgress> seen;
        remote.options.progress = [&](const DownloadProgress& progress) { seen.push_back(progress); };
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->bytes, kSize);
        QCOMPARE(result->fetched, kSize);
        QVERIFY(result->verified);
        QCOMPARE(seen.front().done, 0u);
        QCOMPARE(seen.back().done, kSize);
        QCOMPARE(seen.back().total, kSize);
        QCOMPARE(remote.range(0), std::string());
    }

    void withoutAChecksumItIsNotVerified() {
        Remote remote;
        remote.request.md5.clear();
        remote.request.bytes.reset();
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QVERIFY(!result->verified);
    }

    void sizesNeedNotBeTold() {
        for (const bool chunked : {true, false}) {
            Remote remote({{.chunked = chunked, .endless = !chunked}});
            COMPARE_DONE(remote.run(), remote);
        }
    }

    void anEmptyFileIsAFile() {
        Remote remote({{}}, "");
        COMPARE_DONE(remote.run(), remote);
    }

    void makesItsFolder() {
        Remote remote;
        remote.request.target = remote.folder / "a/b/file";
        QVERIFY(remote.run());
        QCOMPARE(readBytes(remote.folder / "a/b/file"), remote.content);
    }

    void whatIsThereIsNotFetchedAgain() {
        Remote remote;
        writeBytes(remote.request.target, remote.content);
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, 0u);
        QVERIFY(result->verified);
        QVERIFY(remote.server.seen().empty());
    }

    void aDamagedFileIsReplaced() {
        Remote remote;
        std::string damaged = remote.content;
        damaged[1000] ^= 1;
        writeBytes(remote.request.target, damaged);
        COMPARE_DONE(remote.run(), remote);
    }

    void followsRedirects() {
        Remote remote({{.status = 302, .location = "/elsewhere"}, {}});
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.server.seen().at(1).path, std::string("/elsewhere"));
    }

    // ---- going on ----

    void goesOnAfterCuts() {
        Remote remote({{.cutAfter = 50'000}, {.cutAfter = 30'000}, {}});
        std::vector<std::string> troubles;
        remote.options.progress = [&](const DownloadProgress& progress) {
            if (!progress.trouble.empty()) troubles.push_back(progress.trouble);
        };
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, kSize);
        QCOMPARE(remote.range(1), std::string("bytes=50000-"));
        QCOMPARE(remote.range(2), std::string("bytes=80000-"));
        QCOMPARE(remote.server.seen().at(2).ifRange, std::string("\"1\""));
        QCOMPARE(troubles.size(), std::size_t{2});
        QVERIFY(troubles[0].find("closed the connection (50000 of 200000 bytes") != std::string::npos);
    }

    void goesOnInALaterCall() {
        Remote remote({{.cutAfter = 70'000}, {}});
        remote.options.retryWaits.clear();
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "closed the connection (70000 of 200000 bytes");
        QCOMPARE(fs::file_size(remote.part()), 70'000u);
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, kSize - 70'000);
        QCOMPARE(remote.range(1), std::string("bytes=70000-"));
    }

    void goesOnByTheDateOfTheLastChange() {
        const std::string date = "Thu, 04 Jun 2009 20:58:07 GMT";
        for (const std::string etag : {"", "W/\"weak\""}) {
            Remote remote({{.etag = etag, .modified = date, .cutAfter = 70'000}, {.etag = "", .modified = date}});
            COMPARE_DONE(remote.run(), remote);
            QCOMPARE(remote.server.seen().at(1).ifRange, date);
        }
    }

    void aServerWithoutRangesStartsAnew() {
        Remote remote({{.cutAfter = 70'000}, {.ranges = false}});
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, kSize + 70'000);
    }

    void anotherVersionStartsAnew() {
        Remote remote;
        remote.havePart(makeContent(70'000, 2), "\"0\"");
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.server.seen().size(), std::size_t{1});
    }

    // The server takes no notice of If-Range; the version in its answer tells.
    void anotherVersionInTheAnswerStartsAnew() {
        Remote remote({{.ignoresIfRange = true}});
        remote.havePart(makeContent(70'000, 2), "\"0\"");
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.range(1), std::string());
    }

    // Nothing but the checksum tells.
    void anotherVersionWithoutANameStartsAnew() {
        Remote remote({{.etag = ""}});
        remote.havePart(makeContent(70'000, 2));
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, kSize - 70'000 + kSize);
        QCOMPARE(remote.server.seen().size(), std::size_t{2});
    }

    void whatNothingVouchesForIsNotJoined() {
        Remote remote({{.etag = ""}});
        remote.request.md5.clear();
        remote.havePart(makeContent(70'000, 2));
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.range(0), std::string());
    }

    void aPartThatIsWholeIsNotFetched() {
        Remote remote;
        remote.havePart(remote.content, "\"1\"");
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, 0u);
        QVERIFY(remote.server.seen().empty());
    }

    void aWholeButWrongPartStartsAnew() {
        Remote remote;
        remote.havePart(makeContent(kSize, 2), "\"1\"");
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.range(0), std::string());
    }

    // Of unknown size: only the server knows, and says 416.
    void aPartThatIsWholeByTheServersWord() {
        Remote remote;
        remote.request.bytes.reset();
        remote.havePart(remote.content, "\"1\"");
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, 0u);
        QCOMPARE(remote.range(0), std::string("bytes=200000-"));
    }

    void aPartThatIsTooLongStartsAnew() {
        for (const bool known : {true, false}) {
            Remote remote;
            if (!known) remote.request.bytes.reset();
            remote.havePart(remote.content + "more", "\"1\"");
            COMPARE_DONE(remote.run(), remote);
            QCOMPARE(remote.server.seen().back().range, std::string());
        }
    }

    void aWrongRangeStartsAnewOnce() {
        Remote remote({{.wrongRange = true}});
        remote.havePart(remote.content.substr(0, 70'000), "\"1\"");
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.server.seen().size(), std::size_t{2});
    }

    void aVersionThatIsNoHeaderIsNotSent() {
        Remote remote;
        remote.havePart(remote.content.substr(0, 70'000), "\"1\"\r\nX-Injected: yes");
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.server.seen().at(0).ifRange, std::string());
    }

    void faultsOfTheServerAreWaitedFor() {
        for (const int status : {500, 503, 429}) {
            Remote remote({{.status = status}, {.status = status}, {}});
            COMPARE_DONE(remote.run(), remote);
            QCOMPARE(remote.server.seen().size(), std::size_t{3});
        }
    }

    void aStallIsACut() {
        Remote remote({{.stallAfter = 70'000}, {}});
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.range(1), std::string("bytes=70000-"));
    }

    // A server that always cuts at one place is not asked for ever; one that comes on by a megabyte each time is.
    void triesAreCountedFromTheLastMegabyte() {
        Remote far({{.cutAfter = 1'100'000}}, makeContent(6'000'000));
        far.options.retryWaits = {1ms};
        COMPARE_DONE(far.run(), far);
        QCOMPARE(far.server.seen().size(), std::size_t{6});
        Remote remote({{.ranges = false, .cutAfter = 1'100'000}}, makeContent(6'000'000));
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "closed the connection");
        QCOMPARE(remote.server.seen().size(), std::size_t{4});
    }

    // ---- what goes wrong ----

    void aWrongChecksumLeavesNothing() {
        Remote remote;
        remote.request.md5 = md5("something else");
        VERIFY_FAILS(remote.run(), ErrorCode::kBadData, "MD5 checksum");
        const QString text = textOf(remote.run());
        QVERIFY(text.contains(QString::fromStdString(md5(remote.content))));
        QVERIFY(text.contains(QString::fromStdString(remote.request.md5)));
        QCOMPARE(remote.folder.entries(), 0);
    }

    // Started anew once, not for ever.
    void aChecksumThatStaysWrongIsGivenUp() {
        Remote remote;
        remote.request.md5 = md5("something else");
        remote.havePart(remote.content.substr(0, 70'000), "\"1\"");
        VERIFY_FAILS(remote.run(), ErrorCode::kBadData, "MD5 checksum");
        QCOMPARE(remote.server.seen().size(), std::size_t{2});
        QCOMPARE(remote.folder.entries(), 0);
    }

    void anotherSizeIsRefusedBeforeItIsFetched() {
        for (const std::uint64_t claimed : {std::uint64_t{10}, std::uint64_t{1} << 60}) {
            Remote remote({{.claimedLength = claimed}});
            VERIFY_FAILS(remote.run(), ErrorCode::kBadData, "and 200000 are expected");
            QCOMPARE(remote.folder.entries(), 0);
        }
        Remote remote({{.claimedLength = std::uint64_t{5} << 30}});
        remote.request.bytes.reset();
        VERIFY_FAILS(remote.run(), ErrorCode::kTooLarge, "at most 4294967296");
    }

    // As from a network that wants a password first.
    void aLoginPageLeavesWhatHasCome() {
        Remote remote({{.content = "please log in"}, {}});
        remote.havePart(remote.content.substr(0, 70'000), "\"0\"");
        VERIFY_FAILS(remote.run(), ErrorCode::kBadData, "has 13 bytes, and 200000 are expected");
        QCOMPARE(fs::file_size(remote.part()), 70'000u);
    }

    void moreThanExpectedIsRefused() {
        Remote remote({{.content = makeContent(2 * kSize), .endless = true}});
        VERIFY_FAILS(remote.run(), ErrorCode::kTooLarge, "more than the expected 200000 bytes");
        QCOMPARE(remote.folder.entries(), 0);
    }

    // HTTP ends the content where its length says.
    void moreThanAnnouncedIsNotRead() {
        Remote remote({{.content = makeContent() + "more", .claimedLength = kSize}});
        COMPARE_DONE(remote.run(), remote);
    }

    void lessThanAnnouncedIsACut() {
        Remote remote({{.content = makeContent(kSize - 5), .claimedLength = kSize}});
        remote.request.md5.clear();
        remote.options.retryWaits.clear();
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "(199995 of 200000 bytes have come)");
        QCOMPARE(fs::file_size(remote.part()), kSize - 5);
    }

    void lessThanExpectedIsGivenUpInTheEnd() {
        Remote remote({{.content = makeContent(kSize - 5), .chunked = true}});
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "no more than the 199995 bytes");
    }

    void aMissingFileIsNotAskedForAgain() {
        Remote remote({{.status = 404}});
        VERIFY_FAILS(remote.run(), ErrorCode::kNotFound, "status 404 (there is no such file)");
        QCOMPARE(remote.server.seen().size(), std::size_t{1});
        QCOMPARE(remote.folder.entries(), 0);
    }

    void faultsThatStayAreGivenUp() {
        Remote remote({{.status = 500}});
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "status 500");
        QCOMPARE(remote.server.seen().size(), std::size_t{4});
    }

    void redirectsOutOfTheNetAreNotFollowed() {
        for (const char* location : {"file:///etc/passwd", "ftp://127.0.0.1/file", "gopher://127.0.0.1/file"}) {
            Remote remote({{.status = 302, .location = location}});
            VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "only http or https");
            QVERIFY(textOf(remote.run()).contains(QLatin1String(location)));
        }
    }

    void redirectsInACircleEnd() {
        Remote remote({{.status = 302, .location = "/file"}});
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "more than 5 times");
    }

    void aServerThatRefusesIsNamed() {
        Remote remote;
        remote.request.url = "http://127.0.0.1:" + std::to_string(deafPort()) + "/file";
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "127.0.0.1 refuses the connection");
        QCOMPARE(remote.folder.entries(), 0);
    }

    // .invalid is never a name (RFC 2606).
    void aNameThatCannotBeResolved() {
        Remote remote;
        qputenv("no_proxy", "*");
        remote.request.url = "https://nowhere.invalid/file";
        remote.options.connectTimeout = 2s;  // a name server that is silent
        const auto result = remote.run();
        QVERIFY(!result);
        const bool silent = textOf(result).contains(QStringLiteral("nowhere.invalid does not answer"));
        if (!silent) VERIFY_FAILS(result, ErrorCode::kUnreadable, "no network connection, or the name nowhere.invalid");
        askLoopbackDirectly();
    }

    void aServerWithoutTlsIsNotTrusted() {
        Remote remote({{.notHttp = true}});
        remote.request.url = "https://127.0.0.1:" + std::to_string(remote.server.port()) + "/file";
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "127.0.0.1 cannot be trusted");
    }

    void whatIsNoHttpIsNamed() {
        Remote remote({{.notHttp = true}});
        VERIFY_FAILS(remote.run(), ErrorCode::kUnreadable, "does not speak HTTP");
    }

    void whatIsNoAddressIsRefused() {
        for (const char* url :
             {"", "file:///etc/passwd", "/etc/passwd", "ftp://127.0.0.1/x", "http://", "https://a b/"}) {
            Remote remote;
            remote.request.url = url;
            VERIFY_FAILS(remote.run(), ErrorCode::kUsage, "no address of a file");
        }
        Remote remote;
        remote.request.md5 = "abc";
        VERIFY_FAILS(remote.run(), ErrorCode::kUsage, "no MD5 checksum");
    }

    void cancelKeepsWhatHasCome() {
        Remote remote({{.stallAfter = 70'000}, {}});
        remote.options.stallTimeout = 60s;
        std::stop_source stop;
        remote.options.stop = stop.get_token();
        remote.options.progress = [&](const DownloadProgress& progress) {
            if (progress.done >= 70'000) stop.request_stop();
        };
        VERIFY_FAILS(remote.run(), ErrorCode::kCancelled, "cancelled");
        QCOMPARE(fs::file_size(remote.part()), 70'000u);
        remote.options.stop = {};
        const auto result = remote.run();
        COMPARE_DONE(result, remote);
        QCOMPARE(result->fetched, kSize - 70'000);
    }

    // While nothing comes, and while it waits for another try.
    void cancelFromAnotherThreadIsHeardAtOnce() {
        for (const HttpAnswer& answer : {HttpAnswer{.stallAfter = 0}, HttpAnswer{.status = 503}}) {
            Remote remote({answer});
            remote.options.stallTimeout = 60s;
            remote.options.retryWaits = {10min};
            std::stop_source stop;
            remote.options.stop = stop.get_token();
            std::jthread canceller([&] {
                while (remote.server.seen().empty()) std::this_thread::sleep_for(1ms);
                std::this_thread::sleep_for(20ms);
                stop.request_stop();
            });
            VERIFY_FAILS(remote.run(), ErrorCode::kCancelled, "cancelled");
            QCOMPARE(remote.folder.entries(), 0);
        }
    }

    void twoDownloadsOfOneTargetDoNotMeet() {
        Remote remote;
        std::optional<Result<Downloaded>> other;
        remote.options.progress = [&](const DownloadProgress&) {
            if (!other) other = download(remote.request, {});
        };
        COMPARE_DONE(remote.run(), remote);
        QVERIFY(other && !*other);
        QVERIFY(textOf(*other).contains(QStringLiteral("being downloaded already")));
    }

    // ---- disks ----

    void aFullDiskKeepsWhatHasCome() {
        // The server tells no size, so that the writes must find it out.
        Remote remote({{.endless = true}}, makeContent(6'000'000));
        const std::string said = playWithFileLimit(5'000'000, [&]() -> std::string {
            const auto result = remote.run();
            if (result) return "six megabytes in five";
            if (result.error().code != ErrorCode::kWrite || result.error().remedy.empty()) return result.error().text();
            return fs::exists(remote.request.target) ? "a target" : "";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QVERIFY(fs::file_size(remote.part()) > 0);
        COMPARE_DONE(remote.run(), remote);
        QCOMPARE(remote.range(1).substr(0, 7), std::string("bytes=4"));
    }

    void aDiskThatIsTooSmallIsNotFilled() {
        Remote remote({{}}, makeContent(3'000'000));
        const std::string said = playOnSmallDisk(remote.folder.path(), [&]() -> std::string {
            const auto result = remote.run();
            if (result) return "three megabytes on one";
            return result.error().code == ErrorCode::kWrite && !result.error().remedy.empty() ? ""
                                                                                              : result.error().text();
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }

    void aReadOnlyFolderIsNamed() {
        Remote remote;
        const std::string said = playInReadOnlyFolder(remote.folder.path(), [&]() -> std::string {
            for (const char* target : {"file", "sub/file"}) {
                remote.request.target = remote.folder / target;
                const auto result = remote.run();
                if (result) return "written into a read-only folder";
                if (result.error().code != ErrorCode::kWrite || result.error().remedy.empty())
                    return result.error().text();
            }
            return {};
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QVERIFY(remote.server.seen().empty());
    }

    void whatIsNoRegularFileIsRefused() {
        Remote remote;
        fs::create_directory(remote.request.target);
        const auto result = remote.run();
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::kWrite);
        Remote pipe;
        QCOMPARE(::mkfifo(pipe.part().c_str(), 0600), 0);
        QVERIFY(!pipe.run());
    }

    void theOfficialArchive() {
        const DownloadRequest request = cifar10Download("data");
        QCOMPARE(request.url, std::string("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"));
        QCOMPARE(request.target, fs::path("data/cifar-10-binary.tar.gz"));
        QCOMPARE(request.bytes.value(), 170052171u);
        QCOMPARE(request.md5, std::string("c32a1d4ab5d03f1284b67883e8d87530"));
    }
};

QTEST_GUILESS_MAIN(DownloadTest)
#include "tst_download.moc"
