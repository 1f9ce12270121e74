// What a network that stands costs (network/summary.h knows specs only).
#pragma once

#include "network/network.h"
#include "network/summary.h"

namespace condenser {

// The share to give to summarize() so that it counts `kept` of `inputs` classifier inputs.
double classifierShare(std::size_t kept, std::size_t inputs);

// In its own form, dense or condensed, with its own classifier.
NetworkSummary summaryOf(const Network& network);

}  // namespace condenser
