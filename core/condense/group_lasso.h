// The regulariser that prepares whole inputs of a group for being dropped (paper, section 3.2).
#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "condense/condense_step.h"
#include "network/network.h"

namespace condenser {

// Sum over (group, input) of sqrt(max(sum over the group's filters of (w * mask)^2, 1e-6)); a pair at the floor has
// gradient 0. 0 once the layer has reached stage C-1 (kReference: G-1). Adds lambda times its gradient to the
// weights' gradients. `squares` is working memory.
double addGroupLasso(LearnedGroupConv& layer, double lambda, CondensingRules rules, std::vector<double>& squares);

// The same over all layers of a network, which must outlive it and stay where it is.
class GroupLasso {
  public:
    GroupLasso(Network& network, double lambda, CondensingRules rules);

    // Layers in parallel. 0 without work where lambda is 0.
    double add(ThreadPool& pool);

  private:
    struct Layer {
        LearnedGroupConv* conv;
        double sum;
        std::vector<double> squares;
    };

    double m_lambda;
    CondensingRules m_rules;
    std::vector<Layer> m_layers;
};

}  // namespace condenser
