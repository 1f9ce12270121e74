// A file from the net: it goes on after a cut, and what it becomes is checked before it gets its name.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser {

struct DownloadRequest {
    std::string url;                     // https:// or http://
    std::filesystem::path target;        // its folder is made if absent
    std::optional<std::uint64_t> bytes;  // what it must have; unknown: at most 4 GB
    std::string md5;                     // 32 hexadecimal digits; empty: the file is not verified
};

struct DownloadProgress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;  // 0: the server has not said, or does not say
    std::string trouble;      // why it is waiting for another try; empty: it is not
};

struct DownloadOptions {
    // A few times a second, on the calling thread.
    std::function<void(const DownloadProgress& progress)> progress;
    std::stop_token stop;  // the result is then kCancelled
    // Before each further try; what has come on by a megabyte has all of them before it again.
    std::vector<std::chrono::milliseconds> retryWaits{std::chrono::seconds(1), std::chrono::seconds(4),
                                                      std::chrono::seconds(10)};
    std::chrono::seconds connectTimeout{15};
    std::chrono::milliseconds stallTimeout{30'000};  // without a byte
};

struct Downloaded {
    std::uint64_t bytes = 0;    // of the file
    std::uint64_t fetched = 0;  // over the net, now: 0 where it was there already
    double seconds = 0;
    bool verified = false;
};

// Writes TARGET.part and makes TARGET of it when it is whole; after any other end the next call goes on with the part.
// A target with the right checksum is left as it is, and any other is replaced.
Result<Downloaded> download(const DownloadRequest& request, const DownloadOptions& options = {});

}  // namespace condenser
