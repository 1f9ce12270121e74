// The way back from index layers and standard group convolutions to learned group convolutions with masks: the network
// that a condensed one was made from, with zeros for what was dropped. The inverse of convert.h.
#pragma once

#include "base/result.h"
#include "network/network.h"
#include "tensor/state_dict.h"

namespace condenser {

// The tensors of a dense network that computes the same function: each kept connection is a 1 of its mask and its
// weight in place, all condensing steps are done, the classifier has zeros where an index does not read. A channel
// that no group of a layer reads has the norm of a new layer. Converting it again gives the condensed network bit for
// bit (one whose classifier is an index needs ConvertOptions::classifierKeep for that).
//
// kBadData, with the layer, where no such network exists: a group that reads a channel twice, or groups that normalise
// a channel differently, since a dense layer has one norm for all of them. The network must be condensed.
Result<StateDict> expandedState(Network& network);

// expandedState as a network.
Result<Network> expandedNetwork(Network& network);

}  // namespace condenser
