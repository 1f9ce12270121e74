#include "network/summary_of.h"

namespace condenser {

double classifierShare(std::size_t kept, std::size_t inputs) {
    if (kept >= inputs) return 1.0;
    // summarize() rounds down; the half keeps it from going one too low.
    return (static_cast<double>(kept) + 0.5) / static_cast<double>(inputs);
}

NetworkSummary summaryOf(const Network& network) {
    const NetworkSpec& spec = network.spec();
    if (network.variant() == Variant::kDense) return summarize(spec, CountingMode::kDense);
    const auto inputs = static_cast<std::size_t>(spec.blockInputs(spec.blocks()));
    const std::size_t index = network.classifier().index.size();
    return summarize(spec, CountingMode::kCondensed, classifierShare(index == 0 ? inputs : index, inputs));
}

}  // namespace condenser
