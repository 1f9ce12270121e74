// data get: from a server on the loopback, which stands for a mirror.
#include <signal.h>

#include <filesystem>

#include "cli_test.h"
#include "net/cifar10_download.h"
#include "net/md5.h"
#include "support/http_server.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

namespace fs = std::filesystem;

const Environment kNoProxy{{"no_proxy", "127.0.0.1"}};

std::string makeContent() {
    std::string content;
    for (int i = 0; content.size() < 400'000; ++i) content += std::to_string(i * 7919);
    return content;
}

std::string md5(Cli& cli, const std::string& content) {
    writeBytes(cli.file("content"), content);
    return take(md5OfFile(cli.file("content")));
}

Words get(const HttpServer& server, const std::string& checksum) {
    return {"data", "get", "cifar10", "--out", "data", "--url", server.url("/mirror/cifar.tar.gz"), "--md5", checksum};
}

std::string file(Cli& cli) {
    return cli.file("data/cifar-10-binary.tar.gz");
}

void fetchesFromAMirror(Cli& cli) {
    const std::string content = makeContent();
    const HttpServer server(content);
    const Words words = get(server, md5(cli, content));
    const json first = cli.object(words, kNoProxy);
    CHECK_EQUAL(first.at("file").get<std::string>(), "data/cifar-10-binary.tar.gz");
    CHECK_EQUAL(first.at("data").get<std::string>(), "cifar10:data/cifar-10-binary.tar.gz");
    CHECK_EQUAL(first.at("bytes").get<std::size_t>(), content.size());
    CHECK_EQUAL(first.at("fetched").get<std::size_t>(), content.size());
    CHECK_EQUAL(first.at("verified").get<bool>(), true);
    CHECK(first.at("seconds").get<double>() > 0);
    CHECK(readBytes(file(cli)) == content);
    CHECK_EQUAL(server.seen().at(0).path, "/mirror/cifar.tar.gz");

    // The second time it is there.
    const Finished second = cli.done(words, kNoProxy);
    CHECK_HOLDS(second.out, "data/cifar-10-binary.tar.gz: " + std::to_string(content.size()) + " bytes, there already");
    CHECK_HOLDS(second.out, "train --data cifar10:data/cifar-10-binary.tar.gz");
    CHECK_EQUAL(second.err, "");
    CHECK_EQUAL(server.seen().size(), std::size_t{1});
}

void tellsHowFarItIs(Cli& cli) {
    const std::string content = makeContent();
    HttpAnswer cut;
    cut.cutAfter = 100'000;
    HttpAnswer slow;  // so that there is a report in between
    slow.pause = std::chrono::milliseconds(40);
    const HttpServer server(content, {cut, slow});
    const Finished told = cli.done(get(server, md5(cli, content)), kNoProxy);
    CHECK_HOLDS(told.err, "downloading " + server.url("/mirror/cifar.tar.gz") + " to data/cifar-10-binary.tar.gz");
    CHECK_HOLDS(told.err, "closed the connection (100000 of");
    CHECK_HOLDS(told.err, "trying again in 1 s");
    CHECK_HOLDS(told.err, "0.4 of 0.4 MB, ");
    CHECK(told.err.find('\r') == std::string::npos && told.err.find('\x1b') == std::string::npos);
    CHECK_HOLDS(told.out, "MB fetched in ");

    fs::remove_all(cli.file("data"));
    Words quiet = get(server, md5(cli, content));
    quiet.emplace_back("--quiet");
    CHECK_EQUAL(cli.done(quiet, kNoProxy).err, "");
}

void interruptedItGoesOn(Cli& cli) {
    const std::string content = makeContent();
    HttpAnswer stalls;
    stalls.stallAfter = 150'000;
    const HttpServer server(content, {stalls, {}});
    const Words words = get(server, md5(cli, content));
    Running running = cli.start(words, kNoProxy);
    CHECK(waitUntil([&] { return running.awaitsInterrupt() && !server.seen().empty(); }));
    running.signal(SIGINT);
    const Finished interrupted = running.finish();
    CHECK_EQUAL(interrupted.status, 130);
    CHECK_EQUAL(interrupted.out, "");
    CHECK_HOLDS(interrupted.err, "the same command goes on there");
    CHECK(!fs::exists(file(cli)));
    cli.done(words, kNoProxy);
    CHECK(readBytes(file(cli)) == content);
}

// Killed, it has what was on the disk; nothing half stands under the file's name.
void killedItStartsWithWhatIsThere(Cli& cli) {
    const std::string content = makeContent();
    HttpAnswer stalls;
    stalls.stallAfter = 150'000;
    const HttpServer server(content, {stalls, {}});
    const Words words = get(server, md5(cli, content));
    Running running = cli.start(words, kNoProxy);
    CHECK(waitUntil([&] { return !server.seen().empty(); }));
    running.signal(SIGKILL);
    CHECK_EQUAL(running.finish().status, -SIGKILL);
    CHECK(!fs::exists(file(cli)));
    cli.done(words, kNoProxy);
    CHECK(readBytes(file(cli)) == content);
}

void failuresAreNamed(Cli& cli) {
    HttpAnswer missing;
    missing.status = 404;
    const HttpServer server("not the archive", {missing, {}});
    const std::string url = server.url();
    const Words official{"data", "get", "cifar10", "--out", "data", "--quiet", "--url", url};
    cli.fails(1, official, {"cannot download: " + url, "404"}, kNoProxy);
    // A mirror must have the very archive.
    cli.fails(1, official, {"has 15 bytes, and 170052171 are expected"}, kNoProxy);
    Words wrong = official;
    wrong.insert(wrong.end(), {"--md5", std::string(32, '0')});
    cli.fails(1, wrong, {"MD5 checksum", std::string(32, '0'), md5(cli, "not the archive")}, kNoProxy);
    CHECK(fs::is_empty(cli.file("data")));
    writeBytes(cli.file("plain"), "");
    cli.fails(1, {"data", "get", "cifar10", "--quiet", "--out", "plain", "--url", url}, {"plain"}, kNoProxy);
}

void wrongUsageIsRefused(Cli& cli) {
    cli.fails(2, {"data", "get", "imagenet", "--out", "d"}, {"imagenet", "cifar10"});
    cli.fails(2, {"data", "get", "cifar10", "--out", "d", "--md5", std::string(32, '0')}, {"--md5", "--url"});
    cli.fails(2, {"data", "get", "cifar10", "--out", "d", "--url", "file:///etc/passwd"},
              {"file:///etc/passwd", "https://"});
    cli.fails(2, {"data", "get", "cifar10", "--out", "d", "--url", "http://127.0.0.1/", "--md5", "x"}, {"MD5", "32"});
    CHECK(!fs::exists(cli.file("d")));
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"fetchesFromAMirror", fetchesFromAMirror},
                     {"tellsHowFarItIs", tellsHowFarItIs},
                     {"interruptedItGoesOn", interruptedItGoesOn},
                     {"killedItStartsWithWhatIsThere", killedItStartsWithWhatIsThere},
                     {"failuresAreNamed", failuresAreNamed},
                     {"wrongUsageIsRefused", wrongUsageIsRefused}});
}
