#include "net/http_get.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kWhat = "cannot download";
constexpr const char* kTryAgain = "check the connection and try again";
constexpr long kMostRedirects = 5;
constexpr int kTickMs = 200;
constexpr std::size_t kLongestVersion = 200;

template <auto release>
struct Release {
    template <class Handle>
    void operator()(Handle* handle) const {
        release(handle);
    }
};
using Easy = std::unique_ptr<CURL, Release<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Release<curl_multi_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Release<curl_slist_free_all>>;

std::optional<std::uint64_t> numberOf(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string hostOf(std::string_view url) {
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const std::size_t user = url.find('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
    const std::size_t port = url.rfind(':');
    return std::string(url.find(']', port) == std::string_view::npos ? url.substr(0, port) : url);  // "[::1]"
}

class Transfer {
  public:
    explicit Transfer(const HttpRequest& request) : m_request(request) {}
    HttpEnd run();

  private:
    bool prepare();
    void perform();
    bool stalls();
    HttpEnd endOf(CURLcode code) const;
    HttpEnd failure(CURLcode code) const;
    HttpEnd failure(HttpEnd::Kind kind, std::string why, std::string remedy = {}) const;
    std::string host() const;
    void takeHeader(std::string_view line);

    // libcurl is C: what a callback throws waits until it has returned. Returns whether the transfer goes on.
    template <class Act>
    bool guarded(const Act& act) {
        try {
            m_ended = !act() || m_ended;
        } catch (...) {
            m_thrown = std::current_exception();
            m_ended = true;
        }
        return !m_ended;
    }
    static std::size_t onHeader(char* bytes, std::size_t one, std::size_t count, void* self);
    static std::size_t onContent(char* bytes, std::size_t one, std::size_t count, void* self);

    const HttpRequest& m_request;
    Headers m_headers;
    Easy m_easy;
    Multi m_multi;
    std::array<char, CURL_ERROR_SIZE> m_detail{};
    HttpHead m_head;
    std::string m_location;  // where the latest redirect leads
    bool m_headTold = false;
    bool m_ended = false;       // by a callback
    Clock::time_point m_heard;  // when the latest byte came
    bool m_stalled = false;
    std::exception_ptr m_thrown;
    CURLcode m_code = CURLE_FAILED_INIT;
};

bool Transfer::prepare() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) return false;
    m_easy.reset(curl_easy_init());
    m_multi.reset(curl_multi_init());
    if (m_easy == nullptr || m_multi == nullptr) throw std::bad_alloc();
    bool ok = true;
    const auto set = [&](CURLoption option, auto value) {
        ok = curl_easy_setopt(m_easy.get(), option, value) == CURLE_OK && ok;
    };
    const bool secure = m_request.url.rfind("https:", 0) == 0;
    set(CURLOPT_URL, m_request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMostRedirects);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_USERAGENT, "condenser/" CONDENSER_VERSION);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a cancelled look-up of a name is not waited for
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(m_request.connectTimeout.count()));
    set(CURLOPT_ERRORBUFFER, m_detail.data());
    set(CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::onContent);
    set(CURLOPT_WRITEDATA, this);

    // Bytes as they lie on the server: a place in them means nothing once they are packed again on the way.
    std::vector<std::string> lines{"Accept-Encoding: identity"};
    const std::string range = fmt::format("{}-", m_request.from);
    if (m_request.from > 0) {
        set(CURLOPT_RANGE, range.c_str());
        if (!m_request.ifVersion.empty()) lines.push_back("If-Range: " + m_request.ifVersion);
    }
    for (const std::string& line : lines) {
        curl_slist* longer = curl_slist_append(m_headers.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)m_headers.release();
        m_headers.reset(longer);
    }
    set(CURLOPT_HTTPHEADER, m_headers.get());
    return ok;
}

void Transfer::perform() {
    if (curl_multi_add_handle(m_multi.get(), m_easy.get()) != CURLM_OK) return;
    {
        const std::stop_callback wake(m_request.stop, [this] { curl_multi_wakeup(m_multi.get()); });
        int running = 1;
        while (running > 0 && m_thrown == nullptr && !m_request.stop.stop_requested() && !m_stalled) {
            if (curl_multi_perform(m_multi.get(), &running) != CURLM_OK) break;
            guarded([this] { return m_request.onTick(), true; });
            m_stalled = running > 0 && stalls();
            if (running > 0 && curl_multi_poll(m_multi.get(), nullptr, 0, kTickMs, nullptr) != CURLM_OK) break;
        }
    }
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(m_multi.get(), &left)) m_code = message->data.result;
    curl_multi_remove_handle(m_multi.get(), m_easy.get());
}

// libcurl has a limit of its own, for an average over seconds: it would be late, and what is told of it not true.
bool Transfer::stalls() {
    curl_off_t connected = 0;  // microseconds until then
    curl_easy_getinfo(m_easy.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0) m_heard = Clock::now();
    return Clock::now() - m_heard > m_request.stallTimeout;
}

HttpEnd Transfer::run() {
    if (prepare()) perform();
    if (m_thrown != nullptr) std::rethrow_exception(m_thrown);
    return endOf(m_code);
}

// ---- what comes -----------------------------------------------------------------------------------------------------

std::size_t Transfer::onHeader(char* bytes, std::size_t one, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(bytes, one * count);
    transfer.m_heard = Clock::now();
    const bool on = transfer.guarded([&] {
        // What follows the content of a chunked answer looks like headers, too.
        if (transfer.m_headTold) return true;
        if (!trimmed(line).empty()) return transfer.takeHeader(line), true;
        const int status = transfer.m_head.status;
        const bool redirect = status / 100 == 3 && !transfer.m_location.empty();
        if (status < 200 || redirect) return true;
        transfer.m_headTold = true;
        return transfer.m_request.onHead(transfer.m_head);
    });
    return on ? line.size() : 0;
}

std::size_t Transfer::onContent(char* bytes, std::size_t one, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::span<const char> content(bytes, one * count);
    transfer.m_heard = Clock::now();
    const bool on = transfer.guarded([&] {
        // A redirect may have a page of its own.
        return !transfer.m_headTold || transfer.m_request.onContent(std::as_bytes(content));
    });
    return on ? content.size() : 0;
}

void Transfer::takeHeader(std::string_view line) {
    if (line.rfind("HTTP/", 0) == 0) {
        m_head = {};
        m_location.clear();
        const std::size_t space = std::min(line.find(' '), line.size());
        m_head.status = static_cast<int>(numberOf(trimmed(line.substr(space)).substr(0, 3)).value_or(0));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (equalIgnoringCase(name, "content-length")) {
        m_head.length = numberOf(value);
    } else if (equalIgnoringCase(name, "content-range") && value.rfind("bytes ", 0) == 0) {
        m_head.rangeStart = numberOf(value.substr(6, value.find('-') - 6));  // "bytes 5-9/10", "bytes */10"
        if (const std::size_t slash = value.find('/'); slash != std::string_view::npos)
            m_head.wholeLength = numberOf(value.substr(slash + 1));
    } else if (equalIgnoringCase(name, "etag") && value.rfind("W/", 0) != 0 && isVersionText(value)) {
        m_head.version = value;
    } else if (equalIgnoringCase(name, "last-modified") && m_head.version.empty() && isVersionText(value)) {
        m_head.version = value;
    } else if (equalIgnoringCase(name, "location")) {
        m_location = value;
    }
}

// ---- how it ended ---------------------------------------------------------------------------------------------------

HttpEnd Transfer::endOf(CURLcode code) const {
    if (m_ended) return {HttpEnd::Kind::kEnded, {}};
    if (m_request.stop.stop_requested()) return {HttpEnd::Kind::kCancelled, {}};
    if (m_stalled) {
        const double seconds = std::chrono::duration<double>(m_request.stallTimeout).count();
        return failure(HttpEnd::Kind::kCut, fmt::format("nothing came for {} s from {}", seconds, host()), kTryAgain);
    }
    return code == CURLE_OK ? HttpEnd{} : failure(code);
}

// The one that was asked last, after redirects.
std::string Transfer::host() const {
    const char* effective = nullptr;
    if (m_easy != nullptr) curl_easy_getinfo(m_easy.get(), CURLINFO_EFFECTIVE_URL, &effective);
    return hostOf(effective != nullptr ? effective : m_request.url.c_str());
}

HttpEnd Transfer::failure(HttpEnd::Kind kind, std::string why, std::string remedy) const {
    return {kind, {ErrorCode::kUnreadable, kWhat, m_request.url, std::move(why), std::move(remedy)}};
}

HttpEnd Transfer::failure(CURLcode code) const {
    const auto unreachable = [&](std::string why, const char* remedy = kTryAgain) {
        return failure(HttpEnd::Kind::kUnreachable, std::move(why), remedy);
    };
    const auto failed = [&](std::string why, std::string remedy = {}) {
        return failure(HttpEnd::Kind::kFailed, std::move(why), std::move(remedy));
    };
    const std::string server = host();
    const std::string detail = m_detail[0] != '\0' ? m_detail.data() : curl_easy_strerror(code);
    switch (code) {
        case CURLE_URL_MALFORMAT:
            return {HttpEnd::Kind::kFailed,
                    {ErrorCode::kUsage, kWhat, m_request.url, "this is no address of a file",
                     "give one that begins with https:// or http://"}};
        case CURLE_COULDNT_RESOLVE_HOST:
            return unreachable(
                fmt::format("there is no network connection, or the name {} cannot be resolved", server));
        case CURLE_COULDNT_RESOLVE_PROXY:
            return unreachable("the name of the proxy cannot be resolved",
                               "check the variables http_proxy, https_proxy and all_proxy");
        case CURLE_COULDNT_CONNECT: {
            long error = 0;
            curl_easy_getinfo(m_easy.get(), CURLINFO_OS_ERRNO, &error);
            // The detail names a proxy, where it is that.
            if (error == ECONNREFUSED)
                return unreachable(fmt::format("{} refuses the connection ({})", server, detail));
            if (error == ENETUNREACH || error == EHOSTUNREACH)
                return unreachable(fmt::format("there is no network connection to {}", server));
            return unreachable(fmt::format("no connection to {}: {}", server, detail));
        }
        case CURLE_OPERATION_TIMEDOUT:
            return unreachable(
                fmt::format("{} does not answer: no connection in {} s", server, m_request.connectTimeout.count()));
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return failure(HttpEnd::Kind::kCut, fmt::format("{} closed the connection", server), kTryAgain);
        case CURLE_SSL_CACERT_BADFILE:
            return failed("the certificates by which servers are known cannot be read: " + detail,
                          "install the package ca-certificates");
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
            return failed(fmt::format("{} cannot be trusted, so nothing was fetched: {}", server, detail),
                          "check this computer's clock, and whether a proxy or a login page of the network answers in "
                          "its place");
        case CURLE_UNSUPPORTED_PROTOCOL:
            if (!m_location.empty()) {
                return failed(fmt::format("the server sends on to {}, where {} is followed", m_location,
                                          m_request.url.rfind("https:", 0) == 0 ? "only https" : "only http or https"));
            }
            return failed("the server does not speak HTTP");
        case CURLE_WEIRD_SERVER_REPLY:
            return failed("the server does not speak HTTP");
        case CURLE_TOO_MANY_REDIRECTS:
            return failed(fmt::format("the server sends on more than {} times", kMostRedirects));
        case CURLE_OUT_OF_MEMORY:
            throw std::bad_alloc();
        default:
            return failed(detail);
    }
}

}  // namespace

HttpEnd httpGet(const HttpRequest& request) {
    return Transfer(request).run();
}

bool isVersionText(std::string_view text) {
    return !text.empty() && text.size() <= kLongestVersion &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace condenser
