#include "compare/comparison.h"

namespace condenser {
namespace {

tl::unexpected<Error> notBuilt() {
    return fail(ErrorCode::kUnsupported, "cannot measure", "", "not built yet");
}

}  // namespace

Result<Comparison> compareForms(const ModelFile& /*model*/, const std::string& /*name*/,
                                const ComparisonOptions& /*options*/) {
    return notBuilt();
}

Result<BenchReport> sweepForms(const ModelFile& /*model*/, const std::string& /*name*/,
                               const ComparisonOptions& /*options*/) {
    return notBuilt();
}

Result<BenchReport> measurePaperNetworks(const ComparisonOptions& /*options*/) {
    return notBuilt();
}

}  // namespace condenser
