#include "compare/gain_waterfall.h"

namespace condenser {

std::optional<GainWaterfall> gainWaterfall(const BenchRow& dense, const BenchRow& condensed) {
    if (dense.layers.empty() || condensed.layers.empty()) return std::nullopt;
    return GainWaterfall{{GainStep::Kind::kDense, dense.medianMs}, {GainStep::Kind::kCondensed, condensed.medianMs}};
}

LayerKind layerKindOf(const LayerRow& layer) {
    if (layer.op == "linear") return LayerKind::kClassifier;
    return layer.op == "pool" ? LayerKind::kPooling : LayerKind::kPointwise;
}

}  // namespace condenser
