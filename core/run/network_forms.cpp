#include "run/network_forms.h"

#include "condense/condense_step.h"
#include "condense/convert.h"

namespace condenser {

Result<NetworkForms> NetworkForms::make(const ModelFile& model, double classifierKeep) {
    auto stored = Network::fromState(model.spec, model.tensors);
    if (!stored) return tl::unexpected(stored.error());
    auto copy = Network::fromState(model.spec, model.tensors);
    if (!copy) return tl::unexpected(copy.error());
    if (stored->variant() == Variant::kCondensed) return NetworkForms{std::move(*stored), std::move(*copy), 0};
    const int last = model.spec.condenseFactor - 1, outstanding = last - condensingStageOf(*copy);
    condenseNetwork(*copy, last, CondensingRules::kCorrected);
    auto condensed = condensedNetwork(*copy, {classifierKeep});
    if (!condensed) return tl::unexpected(condensed.error());
    return NetworkForms{std::move(*stored), std::move(*condensed), outstanding};
}

Graph NetworkForms::graph(Variant variant, int height, int width) const {
    const bool isDense = variant == Variant::kDense;
    return graphOf(of(variant), height, width, isDense ? DroppedConnections::kCompute : DroppedConnections::kSkip);
}

}  // namespace condenser
