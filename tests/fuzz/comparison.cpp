#include <string_view>

#include "base/check.h"
#include "compare/bench_document.h"
#include "compare/gain_waterfall.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = readComparison({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!read) return 0;
    // Whatever is shown of it can be made, and what is written of it can be read.
    CORE_CHECK(read->pair().speedup.realised > 0 && read->pair().speedup.theoretical > 0);
    CORE_CHECK(!comparisonMarkdown(*read).empty() && !benchCsv(read->bench).empty());
    gainWaterfall(read->dense(), read->condensed());
    CORE_CHECK(readComparison(comparisonJson(*read, Samples::kEvery), "fuzz").has_value());
    return 0;
}
