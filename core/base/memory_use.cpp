#include "base/memory_use.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace condenser {

std::size_t peakMemoryBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kilobytes = 0;
        if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
    }
    return 0;
}

void resetPeakMemory() {
    malloc_trim(0);
    constexpr const char* kResetPeak = "5";  // proc(5), clear_refs
    std::ofstream("/proc/self/clear_refs") << kResetPeak;
}

}  // namespace condenser
