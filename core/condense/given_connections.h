// Connections that are not learned but given before the first step: what learned ones are measured against.
#pragma once

#include <cstdint>

#include "condense/condense_step.h"
#include "condense/schedule.h"
#include "network/network.h"

namespace condenser {

// The inputs that group `group` of `layer` keeps, ascending: as many as condensing would leave. `condensing` is kFixed
// or kRandom (schedule.h says which inputs); `number` counts the network's learned layers from 0, and a draw depends on
// it, on the group and on `seed` alone.
std::vector<int> givenInputs(const LearnedGroupConv& layer, int group, Condensing condensing, std::uint64_t seed,
                             int number);

// Takes every learned layer of a network that has dropped nothing yet to stage C-1, with these connections. Weights
// that stay are left as they are: their initial values depend on a convolution's outputs alone.
CondensingReport giveConnections(Network& network, Condensing condensing, std::uint64_t seed);

}  // namespace condenser
