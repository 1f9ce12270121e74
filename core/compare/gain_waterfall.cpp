#include "compare/gain_waterfall.h"

#include <algorithm>

namespace condenser {
namespace {

// The 1x1 convolution of a layer or a transition, by its name in the state dict.
bool isPointwise(const LayerRow& layer) {
    return layer.name.ends_with(".conv_1") || layer.name.ends_with(".conv");
}

}  // namespace

const char* gainStepName(GainStep::Kind kind) {
    switch (kind) {
        case GainStep::Kind::kDense:
            return "dense";
        case GainStep::Kind::kPromised:
            return "promised";
        case GainStep::Kind::kUntouched:
            return "untouched";
        case GainStep::Kind::kPointwise:
            return "pointwise";
        case GainStep::Kind::kOthers:
            return "others";
        case GainStep::Kind::kBetween:
            return "between";
        case GainStep::Kind::kCondensed:
            break;
    }
    return "condensed";
}

std::optional<GainWaterfall> gainWaterfall(const BenchRow& dense, const BenchRow& condensed) {
    const bool sameLayers =
        std::equal(dense.layers.begin(), dense.layers.end(), condensed.layers.begin(), condensed.layers.end(),
                   [](const LayerRow& a, const LayerRow& b) { return a.name == b.name; });
    if (dense.layers.empty() || !sameLayers || dense.macs <= 0) return std::nullopt;
    using Kind = GainStep::Kind;
    const double whole = dense.medianMs;
    const double promised = whole * static_cast<double>(condensed.macs) / static_cast<double>(dense.macs);
    double denseSum = 0, condensedSum = 0;  // of all layers
    double paced = 0;                       // of all layers, each at its dense speed
    double pointwise = 0, others = 0;       // what is above that
    for (std::size_t i = 0; i < dense.layers.size(); ++i) {
        const LayerRow &before = dense.layers[i], &after = condensed.layers[i];
        const double share = before.macs > 0 ? static_cast<double>(after.macs) / static_cast<double>(before.macs) : 1.0;
        const double expected = before.medianUs * 1e-3 * share, measured = after.medianUs * 1e-3;
        denseSum += before.medianUs * 1e-3;
        condensedSum += measured;
        paced += expected;
        (isPointwise(after) ? pointwise : others) += measured - expected;
    }
    const double denseBetween = whole - denseSum, condensedBetween = condensed.medianMs - condensedSum;
    return GainWaterfall{{Kind::kDense, whole},
                         {Kind::kPromised, promised - whole},
                         {Kind::kUntouched, paced + denseBetween - promised},
                         {Kind::kPointwise, pointwise},
                         {Kind::kOthers, others},
                         {Kind::kBetween, condensedBetween - denseBetween},
                         {Kind::kCondensed, condensed.medianMs}};
}

}  // namespace condenser
