// Work on many pictures at once: decoding, drawing, checking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace condenser {

struct PictureWork {
    int threads = 1;
    // Pictures done and in all, a few times a second at most and once at the end; from any thread but never from two at
    // once.
    std::function<void(std::int64_t done, std::int64_t total)> progress;
    std::stop_token stop;
};

// body(0) to body(count - 1), each once, on any thread and in any order. Returns when all are done; kCancelled if it
// was told to stop, kTooLarge if the memory ran out (body may throw std::bad_alloc, nothing else). `name` is the
// data's.
Result<> forEachPicture(const std::string& name, std::size_t count, const PictureWork& work,
                        const std::function<void(std::size_t index)>& body);

}  // namespace condenser
