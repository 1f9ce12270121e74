// The regulariser that prepares whole inputs of a group for being dropped (paper, section 3.2).
#pragma once

#include "condense/condense_step.h"
#include "network/network.h"

namespace condenser {

// Sum over (group, input) of sqrt(max(sum over the group's filters of (w * mask)^2, 1e-6)); a pair at the floor has
// gradient 0. 0 once the layer has reached stage C-1 (kReference: G-1). Adds lambda times its gradient to the
// weights' gradients.
double addGroupLasso(LearnedGroupConv& layer, double lambda, CondensingRules rules);

// Over all layers.
double addGroupLasso(Network& network, double lambda, CondensingRules rules);

}  // namespace condenser
