// Checks for our own mistakes; never for input. They are on in every build.
#pragma once

namespace condenser {

// Prints the failed condition and its place on stderr and aborts.
[[noreturn]] void checkFailed(const char* condition, const char* file, int line);

}  // namespace condenser

#define CORE_CHECK(condition)                                                       \
    do {                                                                            \
        if (!(condition)) ::condenser::checkFailed(#condition, __FILE__, __LINE__); \
    } while (false)
