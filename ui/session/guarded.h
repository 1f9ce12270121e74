// What a worker runs: library code may run out of memory, and nothing may leave a thread.
#pragma once

#include <exception>
#include <string>

#include "base/result.h"

namespace condenser {

// `work` gives a Result. What it throws becomes an error: "cannot read the list of runs", of `where`.
template <class Work>
auto guarded(const char* what, const std::string& where, const Work& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& error) {
        return fail(ErrorCode::kTooLarge, what, where, error.what(), "close other programs and try again");
    }
}

}  // namespace condenser
