// Where the gain that fewer multiply-adds promise went: from the dense time down to the promised one, and up again to
// what was measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/model_bench.h"

namespace condenser {

struct GainStep {
    enum class Kind {
        kDense,      // the whole: measured
        kPromised,   // by multiply-adds: what goes from the dense time
        kUntouched,  // stem, 3x3, pooling and classifier take more of the time than of the multiply-adds
        kPointwise,  // the condensed 1x1 against the speed of the dense 1x1, its index layer included
        kOthers,     // all other layers against themselves in the dense network
        kBetween,    // what the layers' times leave of the whole
        kCondensed,  // the whole: measured
    };
    Kind kind = Kind::kDense;
    double ms = 0;  // of a whole its length, else a change: below 0 a gain
};

// kDense first, kCondensed last; the dense time and all changes add up to the condensed time.
using GainWaterfall = std::vector<GainStep>;

// Nothing where the rows have no layer times. Of one batch and number of threads.
std::optional<GainWaterfall> gainWaterfall(const BenchRow& dense, const BenchRow& condensed);

// "denselayer 2.5, 1x1" is one kind of layer, told by its name in the state dict and its operator.
enum class LayerKind { kStem, kPointwise, kGrouped, kPooling, kClassifier };
LayerKind layerKindOf(const LayerRow& layer);

}  // namespace condenser
