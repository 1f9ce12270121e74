#include "net/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "net/http_get.h"
#include "net/md5.h"
#include "net/partial_file.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kWhat = "cannot download";
constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;  // of a file whose size is not known
constexpr std::uint64_t kComeOn = std::uint64_t{1} << 20;     // bytes after which the tries are counted anew
constexpr std::chrono::milliseconds kReport{200};

bool isMd5(const std::string& text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Whether the whole time went by.
bool waitFor(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

std::string statusText(int status) {
    const char* meaning = status == 404 || status == 410   ? " (there is no such file)"
                          : status == 401 || status == 403 ? " (it does not give the file out)"
                          : status / 100 == 5              ? " (a fault of its own)"
                                                           : "";
    return fmt::format("the server answers with status {}{}", status, meaning);
}

class Download {
  public:
    Download(const DownloadRequest& request, const DownloadOptions& options, PartialFile& part)
        : m_request(request), m_options(options), m_part(part) {}

    // The part is whole and as it must be. `fetched` is what came over the net.
    Result<> complete();
    std::uint64_t fetched() const { return m_fetched; }

  private:
    // What is to be done when a connection has ended.
    enum class Next { kCheck, kTryAgain, kTryAgainIfReached, kStartAnew, kGiveUp };

    // Without the server's word and without a checksum, nothing could tell the pieces of two versions.
    bool mayJoin() const { return !m_part.version().empty() || !m_request.md5.empty(); }
    Next fetchRest();
    Next takeHead(const HttpHead& head);
    Next takeSize(std::optional<std::uint64_t> size);
    Next takeContent(std::span<const std::byte> bytes);
    Next check();
    Next refuse(Next next, ErrorCode code, std::string why, std::string remedy = {});
    Next refuse(Error error);
    bool waitForNextTry();
    void report(bool now, std::string trouble = {});

    const DownloadRequest& m_request;
    const DownloadOptions& m_options;
    PartialFile& m_part;
    Error m_error;  // the latest
    std::optional<std::uint64_t> m_total;
    std::uint64_t m_fetched = 0;
    bool m_joined = false;        // the part was not fetched in one piece: its pieces may be of two versions
    bool m_startedAnew = false;   // because of that; once must do
    std::uint64_t m_counted = 0;  // size of the part when the tries were last counted anew
    std::size_t m_tries = 0;      // that failed since
    Clock::time_point m_reported;
};

Download::Next Download::refuse(Error error) {
    m_error = std::move(error);
    return Next::kGiveUp;
}

Download::Next Download::refuse(Next next, ErrorCode code, std::string why, std::string remedy) {
    m_error = {code, kWhat, m_request.url, std::move(why), std::move(remedy)};
    return next;
}

void Download::report(bool now, std::string trouble) {
    if (!m_options.progress || (!now && Clock::now() - m_reported < kReport)) return;
    m_reported = Clock::now();
    m_options.progress({m_part.size(), m_total.value_or(0), std::move(trouble)});
}

bool Download::waitForNextTry() {
    // From the furthest point ever, so that a server that always cuts at the same place is not asked for ever.
    if (m_part.size() >= m_counted + kComeOn) {
        m_counted = m_part.size();
        m_tries = 0;
    }
    if (m_tries == m_options.retryWaits.size()) return false;
    const std::chrono::milliseconds wait = m_options.retryWaits[m_tries++];
    report(true, fmt::format("{}; trying again in {:.0f} s", m_error.why,
                             std::ceil(std::chrono::duration<double>(wait).count())));
    if (waitFor(wait, m_options.stop)) return true;
    m_error = {ErrorCode::kCancelled, kWhat, m_request.url, "cancelled", {}};
    return false;
}

Result<> Download::complete() {
    m_total = m_request.bytes;
    m_joined = m_part.size() > 0;
    for (;;) {
        const bool whole = m_total && m_part.size() == *m_total && m_part.size() > 0;
        Next next = whole ? Next::kCheck : fetchRest();
        if (next == Next::kCheck) next = check();
        switch (next) {
            case Next::kCheck:
                report(true);
                return {};
            case Next::kTryAgainIfReached:
                if (m_fetched == 0) return tl::unexpected(m_error);
                [[fallthrough]];
            case Next::kTryAgain:
                if (!waitForNextTry()) return tl::unexpected(m_error);
                break;
            case Next::kStartAnew:
                if (m_startedAnew) return tl::unexpected(m_error);
                m_startedAnew = true;
                m_total = m_request.bytes;
                if (auto empty = m_part.restart({}); !empty) return empty;
                break;
            case Next::kGiveUp:
                return tl::unexpected(m_error);
        }
    }
}

Download::Next Download::fetchRest() {
    if (m_part.size() > m_request.bytes.value_or(kMostBytes) || (m_part.size() > 0 && !mayJoin())) {
        if (auto empty = m_part.restart({}); !empty) return refuse(empty.error());
    }
    report(true);
    std::optional<Next> ended;
    const auto goesOn = [&ended](Next next) {
        if (next != Next::kCheck) ended = next;
        return next == Next::kCheck;
    };
    HttpRequest get;
    get.url = m_request.url;
    get.from = m_part.size();
    get.ifVersion = m_part.version();
    get.connectTimeout = m_options.connectTimeout;
    get.stallTimeout = m_options.stallTimeout;
    get.stop = m_options.stop;
    bool nothingLeft = false;
    get.onHead = [&](const HttpHead& head) {
        nothingLeft = head.status == 416 && get.from > 0 && head.wholeLength == get.from && !m_request.bytes;
        return !nothingLeft && goesOn(takeHead(head));
    };
    get.onContent = [&](std::span<const std::byte> bytes) { return goesOn(takeContent(bytes)); };
    get.onTick = [this] { report(false); };
    const HttpEnd end = httpGet(get);
    if (auto written = m_part.flush(); !written) return refuse(written.error());
    if (nothingLeft) return Next::kCheck;
    switch (end.kind) {
        case HttpEnd::Kind::kComplete:
            break;
        case HttpEnd::Kind::kEnded:
            return *ended;
        case HttpEnd::Kind::kCancelled:
            return refuse(Next::kGiveUp, ErrorCode::kCancelled, "cancelled");
        case HttpEnd::Kind::kCut:
        case HttpEnd::Kind::kUnreachable:
            m_error = end.error;
            if (m_part.size() > 0) {
                m_error.why += fmt::format(" ({}{} bytes have come)", m_part.size(),
                                           m_total ? fmt::format(" of {}", *m_total) : std::string());
                if (mayJoin()) m_error.remedy += ": what has come is kept";
            }
            return end.kind == HttpEnd::Kind::kCut ? Next::kTryAgain : Next::kTryAgainIfReached;
        case HttpEnd::Kind::kFailed:
            return refuse(end.error);
    }
    if (m_total && m_part.size() < *m_total) {
        return refuse(Next::kTryAgain, ErrorCode::kUnreadable,
                      fmt::format("the server ended the file after {} of {} bytes", m_part.size(), *m_total),
                      "try again later: what has come is kept");
    }
    return Next::kCheck;
}

Download::Next Download::takeHead(const HttpHead& head) {
    const std::uint64_t here = m_part.size();
    switch (head.status) {
        case 200:
            // A login page must not cost what has come.
            if (const Next next = takeSize(head.length); next != Next::kCheck) return next;
            if (auto empty = m_part.restart(head.version); !empty) return refuse(empty.error());
            m_joined = false;
            return Next::kCheck;
        case 206: {
            const bool sameVersion =
                m_part.version().empty() || head.version.empty() || m_part.version() == head.version;
            if (here == 0 || head.rangeStart != here || !sameVersion) {
                return refuse(Next::kStartAnew, ErrorCode::kUnreadable,
                              "the server sends another part of the file than it was asked for", "try again later");
            }
            m_joined = true;
            return takeSize(head.wholeLength);
        }
        case 416:
            return refuse(Next::kStartAnew, ErrorCode::kUnreadable,
                          fmt::format("the server's file has no more than the {} bytes that have come", here),
                          "try again later");
        case 408:
        case 429:
            return refuse(Next::kTryAgain, ErrorCode::kUnreadable, statusText(head.status), "try again later");
        default:
            return refuse(head.status / 100 == 5 ? Next::kTryAgain : Next::kGiveUp,
                          head.status == 404 || head.status == 410 ? ErrorCode::kNotFound : ErrorCode::kUnreadable,
                          statusText(head.status), "try again later, or from another address");
    }
}

// Of the whole file, before anything is written.
Download::Next Download::takeSize(std::optional<std::uint64_t> size) {
    m_total = size ? size : m_request.bytes;
    if (!size) return Next::kCheck;
    if (m_request.bytes && *size != *m_request.bytes) {
        return refuse(Next::kGiveUp, ErrorCode::kBadData,
                      fmt::format("the server's file has {} bytes, and {} are expected", *size, *m_request.bytes),
                      "it is another file, or a login page of the network answers in its place");
    }
    if (*size > kMostBytes) {
        return refuse(Next::kGiveUp, ErrorCode::kTooLarge,
                      fmt::format("the server's file has {} bytes, and at most {} are fetched", *size, kMostBytes));
    }
    std::error_code unknown;
    const fs::space_info disk = fs::space(m_part.path().parent_path(), unknown);
    const std::uint64_t needed = *size - std::min(*size, m_part.size());
    if (!unknown && disk.available < needed) {
        return refuse({ErrorCode::kWrite, "cannot write the file", m_part.path().string(),
                       fmt::format("the disk has {} bytes left, and {} are needed", disk.available, needed),
                       "free some space there, or choose another disk"});
    }
    return Next::kCheck;
}

Download::Next Download::takeContent(std::span<const std::byte> bytes) {
    const std::uint64_t most = m_request.bytes.value_or(kMostBytes);
    if (bytes.size() > most - std::min(most, m_part.size())) {
        const Next next = m_joined ? Next::kStartAnew : Next::kGiveUp;
        if (next == Next::kGiveUp) m_part.remove();
        return refuse(next, ErrorCode::kTooLarge, fmt::format("the server sends more than the expected {} bytes", most),
                      "it is another file: try again later, or from another address");
    }
    m_fetched += bytes.size();
    if (auto written = m_part.append(bytes); !written) return refuse(written.error());
    return Next::kCheck;
}

Download::Next Download::check() {
    std::error_code error;
    if (fs::file_size(m_part.path(), error) != m_part.size() || error) {
        return refuse({ErrorCode::kWrite, "cannot write the file", m_part.path().string(),
                       "another program changed it meanwhile", "try again"});
    }
    if (m_request.md5.empty()) return Next::kCheck;
    const auto found = md5OfFile(m_part.path(), m_options.stop);
    if (!found) return refuse(found.error());
    if (*found == m_request.md5) return Next::kCheck;
    const Next next = m_joined ? Next::kStartAnew : Next::kGiveUp;
    if (next == Next::kGiveUp) m_part.remove();
    return refuse(next, ErrorCode::kBadData,
                  fmt::format("its MD5 checksum is {}, and {} is expected", *found, m_request.md5),
                  "it was damaged on its way, or it is another file: nothing of it is kept, so that the next try "
                  "starts anew");
}

// Whether the target needs no download.
Result<bool> isThere(const DownloadRequest& request, const std::stop_token& stop) {
    std::error_code error;
    const fs::file_status status = fs::status(request.target, error);
    if (!fs::exists(status)) return false;
    if (!fs::is_regular_file(status)) {
        return fail(ErrorCode::kWrite, "cannot write the file", request.target.string(), "this is not a regular file",
                    "choose another folder");
    }
    if (request.md5.empty()) return false;
    if (request.bytes && fs::file_size(request.target, error) != *request.bytes) return false;
    const auto found = md5OfFile(request.target, stop);
    if (!found) return tl::unexpected(found.error());
    return *found == request.md5;
}

}  // namespace

Result<Downloaded> download(const DownloadRequest& request, const DownloadOptions& options) {
    const Clock::time_point start = Clock::now();
    const auto result = [&](std::uint64_t bytes, std::uint64_t fetched) {
        return Downloaded{bytes, fetched, std::chrono::duration<double>(Clock::now() - start).count(),
                          !request.md5.empty()};
    };
    if (request.url.rfind("https://", 0) != 0 && request.url.rfind("http://", 0) != 0) {
        return fail(ErrorCode::kUsage, kWhat, request.url, "this is no address of a file",
                    "give one that begins with https:// or http://");
    }
    if (!request.md5.empty() && !isMd5(request.md5)) {
        return fail(ErrorCode::kUsage, kWhat, request.md5, "this is no MD5 checksum",
                    "give its 32 digits, 0-9 and a-f");
    }
    std::error_code error;
    const fs::path folder = request.target.has_parent_path() ? request.target.parent_path() : fs::path(".");
    fs::create_directories(folder, error);
    if (error) {
        return fail(ErrorCode::kWrite, "cannot make the folder", folder.string(), error.message(),
                    "choose a folder that you may write to");
    }
    const Result<bool> there = isThere(request, options.stop);
    if (!there) return tl::unexpected(there.error());
    if (*there) return result(fs::file_size(request.target, error), 0);

    auto part = PartialFile::open(request.target);
    if (!part) return tl::unexpected(part.error());
    Download work(request, options, *part);
    if (auto done = work.complete(); !done) {
        // An empty part is of no use to anybody.
        if (part->size() == 0) part->remove();
        return tl::unexpected(done.error());
    }
    const std::uint64_t bytes = part->size();
    if (auto named = part->publish(); !named) return tl::unexpected(named.error());
    return result(bytes, work.fetched());
}

}  // namespace condenser
