#include "compare/bench_document.h"

namespace condenser {

std::string benchJson(const BenchReport& /*report*/, Samples /*samples*/) {
    return "{}";
}

std::string comparisonJson(const Comparison& /*comparison*/, Samples /*samples*/) {
    return "{}";
}

Result<Comparison> readComparison(std::string_view /*json*/, const std::string& name) {
    return fail(ErrorCode::kUnsupported, "cannot read the measurement", name, "not built yet");
}

std::string benchCsv(const BenchReport& /*report*/) {
    return {};
}

std::string layersCsv(const BenchReport& /*report*/) {
    return {};
}

std::string comparisonMarkdown(const Comparison& /*comparison*/) {
    return {};
}

std::string paperTableMarkdown(const BenchReport& /*report*/) {
    return {};
}

}  // namespace condenser
