// data get: a public data set from its official address.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "net/cifar10_download.h"

namespace condenser::cli {
namespace {

constexpr double kMegabyte = 1 << 20;

struct Options {
    std::string set, out;
    std::optional<std::string> url, md5;
};

std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.1f}", static_cast<double>(bytes) / kMegabyte);
}

// A bar on a terminal, else a line for each tenth; what is waited for is a line on both.
class Meter {
  public:
    Meter(Progress& progress, const DownloadRequest& request) : m_progress(progress), m_request(request) {}

    void show(const DownloadProgress& now) {
        if (m_tenth < 0) {
            m_start = Clock::now();
            m_first = now.done;
            m_progress.line(fmt::format("downloading {} to {}", m_request.url, m_request.target.string()));
            if (now.done > 0) m_progress.line(fmt::format("going on after {} MB", megabytes(now.done)));
            m_tenth = tenthOf(now);
        }
        if (!now.trouble.empty()) m_progress.line(now.trouble);
        const double seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
        const std::uint64_t come = now.done - std::min(now.done, m_first);
        const double rate = seconds > 0 ? static_cast<double>(come) / kMegabyte / seconds : 0;
        const std::string detail =
            fmt::format("{} of {} MB, {:.1f} MB/s", megabytes(now.done), megabytes(now.total), rate);
        m_progress.bar("downloading", static_cast<std::int64_t>(now.done), static_cast<std::int64_t>(now.total),
                       detail);
        if (!m_progress.onTerminal() && tenthOf(now) > m_tenth) m_progress.line(detail);
        m_tenth = tenthOf(now);
    }

  private:
    using Clock = std::chrono::steady_clock;

    static int tenthOf(const DownloadProgress& now) {
        return now.total == 0 ? 0 : static_cast<int>(now.done * 10 / now.total);
    }

    Progress& m_progress;
    const DownloadRequest& m_request;
    Clock::time_point m_start;
    std::uint64_t m_first = 0;
    int m_tenth = -1;
};

std::string asText(const DownloadRequest& request, const Downloaded& got) {
    const std::string file = request.target.string();
    const std::string how = got.fetched == 0
                                ? "there already"
                                : fmt::format("{} MB fetched in {}", megabytes(got.fetched), duration(got.seconds));
    return fmt::format(
        "{}: {} bytes, {}, MD5 checksum right\ntrain on it: condenser-cli train --data {} --model "
        "condensenet-86 --out run\n",
        file, got.bytes, how, shellWord("cifar10:" + file));
}

Outcome dataGet(const Options& options, const Common& common, Frame& frame) {
    DownloadRequest request = cifar10Download(options.out);
    if (options.url) request.url = *options.url;
    if (options.md5) {
        if (!options.url) {
            return fail(ErrorCode::kUsage, "wrong usage", "--md5", "it goes with another address (--url)",
                        "leave it out: the checksum of the official file is known");
        }
        request.md5 = *options.md5;
        request.bytes.reset();
    }
    Progress progress(common.quiet);
    Meter meter(progress, request);
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    DownloadOptions how;
    how.progress = [&meter](const DownloadProgress& now) { meter.show(now); };
    how.stop = stop.get_token();
    const Result<Downloaded> got = download(request, how);
    progress.wipe();
    if (!got) {
        if (got.error().code != ErrorCode::kCancelled) return tl::unexpected(got.error());
        printNotice("interrupted: what has come is kept, and the same command goes on there");
        return kInterrupted;
    }
    const auto printed = common.json ? printJson({{"data", "cifar10:" + request.target.string()},
                                                  {"file", request.target.string()},
                                                  {"bytes", got->bytes},
                                                  {"fetched", got->fetched},
                                                  {"seconds", got->seconds},
                                                  {"verified", got->verified}})
                                     : printText(asText(request, *got));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addDataGet(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "data get", "Downloads CIFAR-10 (162 MB) from its author's page; goes on where it was cut, checks the whole",
        "condenser-cli data get cifar10 --out data",
        [options, &frame] { return dataGet(*options, frame.common(), frame); });
    command.choice({"set", "NAME", "cifar10", /*required=*/true}, {"cifar10"}, options->set);
    command.text({"--out", "DIR", "Folder to put the archive into, made if absent", /*required=*/true}, options->out);
    command.text({"--url", "URL", "Another address of the same archive (a mirror)"}, options->url);
    command.text({"--md5", "HEX", "MD5 checksum of what --url gives, where that is not the author's archive"},
                 options->md5);
}

}  // namespace condenser::cli
