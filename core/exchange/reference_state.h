// A state dict of the public PyTorch reference, from which the network it belongs to is read off.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "network/network_spec.h"
#include "tensor/state_dict.h"

namespace condenser {

// A state dict as a network takes it: F64, F16 and BF16 become F32; other types stay. `converted` is how many did.
struct SingleState {
    StateDict tensors;
    int converted = 0;
};
SingleState inSinglePrecision(StateDict tensors);

// A DenseNet of the reference has no masks: it gets such that hide nothing, as our networks have them. A network that
// has any mask or index stays as it is.
void addMissingMasks(StateDict& tensors);

struct InferredSpec {
    NetworkSpec spec;  // valid
    // What the tensors leave open and the defaults settle, in words: "pictures of 32 x 32 pixels".
    std::vector<std::string> assumed;
};

// From names and shapes: blocks, layers, growth, bottleneck, groups of the 3x3 convolutions, classes, compression of
// the transitions. C and G from index layers, or from the masks and counts of a network that has begun to condense;
// both are 1 where no layer has any of these (a DenseNet). The size is 32 up to three
// blocks, 224 above. The tensors are not yet held against the spec as a whole (Network::fromState does that). `name`
// stands for the file in messages.
Result<InferredSpec> inferSpec(const StateDict& tensors, const std::string& name);

}  // namespace condenser
