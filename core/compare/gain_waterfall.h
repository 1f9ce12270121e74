// Where the gain that fewer multiply-adds promise went: from the dense time down to the promised one, and up again to
// what was measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/model_bench.h"

// The algebra. D and C are the measured times of the dense and the condensed call, d and c those of a layer in either,
// r what a layer's multiply-adds come to in the condensed form, as a share of the dense ones (1 where it has none), and
// R the same of the whole network.
//
//   promised    D R - D            if time followed multiply-adds
//   untouched   P - D R            P: each layer at its dense speed, the sum of d r, and between layers all as before
//   pointwise   sum of c - d r     over the 1x1 convolutions that were condensed: they are slower, or faster, than the
//                                  dense 1x1 for each multiply-add, the reading by the index layer included
//   others      sum of c - d r     over all other layers
//   between     what C has beyond the sum of c, minus what D has beyond the sum of d
//
// D and these five add up to C. Where the 1x1 all shrink by one factor r and nothing else shrinks, `untouched` is
// D (1 - r) (t - m), t and m being the share of time and of multiply-adds that is not 1x1: what does not shrink weighs
// more in time than it does in multiply-adds.
namespace condenser {

struct GainStep {
    enum class Kind {
        kDense,      // the whole: measured
        kPromised,   // by multiply-adds: what goes from the dense time
        kUntouched,  // stem, 3x3, pooling and classifier take more of the time than of the multiply-adds
        kPointwise,  // the condensed 1x1 against the speed of the dense 1x1, its index layer included
        kOthers,     // all other layers against themselves in the dense network
        kBetween,    // what the layers' times leave of the whole: more or less of it
        kCondensed,  // the whole: measured
    };
    Kind kind = Kind::kDense;
    double ms = 0;  // of a whole its length, else a change: below 0 a gain
};

// "dense", "promised", "untouched", "pointwise", "others", "between", "condensed": as in JSON.
const char* gainStepName(GainStep::Kind kind);

// kDense first, kCondensed last; the dense time and all changes add up to the condensed time.
using GainWaterfall = std::vector<GainStep>;

// Nothing where the rows have no layer times, or not of the same layers. Of one batch and number of threads.
std::optional<GainWaterfall> gainWaterfall(const BenchRow& dense, const BenchRow& condensed);

}  // namespace condenser
