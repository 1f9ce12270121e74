// Numbers of things in words.
#pragma once

#include <cstddef>
#include <string>

namespace condenser {

// "1 run", "12 runs".
inline std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace condenser
