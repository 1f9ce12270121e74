#include "io/metrics_file.h"

#include "base/check.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rows = parseMetrics({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!rows) return 0;
    for (std::size_t i = 1; i < rows->size(); ++i) CORE_CHECK((*rows)[i].epoch > (*rows)[i - 1].epoch);
    return 0;
}
