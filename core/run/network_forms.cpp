#include "run/network_forms.h"

#include <algorithm>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "condense/expand.h"

namespace condenser {

Result<NetworkForms> NetworkForms::make(const ModelFile& model) {
    auto stored = Network::fromState(model.spec, model.tensors);
    if (!stored) return tl::unexpected(stored.error());
    if (stored->variant() == Variant::kCondensed) {
        auto dense = expandedNetwork(*stored);
        if (!dense) return tl::unexpected(dense.error());
        return NetworkForms{std::move(*dense), std::move(*stored), 0};
    }
    auto copy = Network::fromState(model.spec, model.tensors);
    if (!copy) return tl::unexpected(copy.error());
    const int last = model.spec.condenseFactor - 1, outstanding = last - condensingStageOf(*copy);
    const CondensingReport report = condenseNetwork(*copy, last, CondensingRules::kCorrected);
    auto condensed = condensedNetwork(*copy);
    if (!condensed) return tl::unexpected(condensed.error());
    return NetworkForms{std::move(*stored), std::move(*condensed), report.dropped == 0 ? 0 : std::max(1, outstanding)};
}

Graph NetworkForms::graph(Variant variant, int height, int width) const {
    const bool isDense = variant == Variant::kDense;
    return graphOf(of(variant), height, width, isDense ? DroppedConnections::kCompute : DroppedConnections::kSkip);
}

}  // namespace condenser
