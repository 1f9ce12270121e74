// From learned group convolutions to index layers and standard group convolutions (paper, section 3.3).
#pragma once

#include "base/result.h"
#include "network/network.h"
#include "tensor/state_dict.h"

namespace condenser {

struct ConvertOptions {
    // Share of the classifier's inputs to keep, by the sum over classes of |w|: int(inputs * share) of them. 1 keeps
    // the classifier as it is; the reference's conversion uses 0.5, which changes the logits.
    double classifierKeep = 1.0;
};

// The condensed network's tensors (golden README, Conversion). Each group keeps its live inputs in ascending order,
// the first inputs / C of them should there be more (a reference training that lost a step). The network must be dense
// and its condensing steps done (condenseNetwork).
Result<StateDict> condensedState(Network& network, const ConvertOptions& options = {});

// condensedState as a network.
Result<Network> condensedNetwork(Network& network, const ConvertOptions& options = {});

}  // namespace condenser
