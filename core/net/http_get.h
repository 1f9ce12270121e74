// One HTTP GET. http_get.cpp is the only door to libcurl.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace condenser {

// What the server says before the content.
struct HttpHead {
    int status = 0;                           // 200, 206, 404 ...
    std::optional<std::uint64_t> length;      // of the content that follows; some servers do not say
    std::optional<std::uint64_t> rangeStart;  // from the Content-Range
    std::optional<std::uint64_t> wholeLength;
    std::string version;  // a strong ETag, else the date of the last change: what If-Range takes; may be empty
};

struct HttpRequest {
    std::string url;
    std::uint64_t from = 0;  // above 0: only the rest from there on is asked for ...
    std::string ifVersion;   // ... if it is still this version; else the server sends all. Empty: in any case
    std::chrono::seconds connectTimeout{15};
    std::chrono::milliseconds stallTimeout{30'000};  // without a byte, once it is connected
    std::stop_token stop;

    // All on the calling thread. The head comes once, after redirects; the first two end the transfer by false.
    std::function<bool(const HttpHead& head)> onHead;
    std::function<bool(std::span<const std::byte> bytes)> onContent;
    std::function<void()> onTick;  // several times a second
};

struct HttpEnd {
    enum class Kind {
        kComplete,
        kEnded,        // by onHead or onContent
        kCancelled,    // by the stop token
        kCut,          // the connection broke or nothing came any more: another try may help
        kUnreachable,  // it never came to a connection
        kFailed
    };
    Kind kind = Kind::kComplete;
    Error error;  // of the last three; `where` is the address
};

// Certificates are checked; redirects are followed, a few, never from https to anything else and never to anything but
// http and https. The environment's proxy variables hold.
HttpEnd httpGet(const HttpRequest& request);

// Whether a server's word for a version, or what a file says it was, may be sent back to a server.
bool isVersionText(std::string_view text);

}  // namespace condenser
