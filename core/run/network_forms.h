// A model in both of its forms, whichever of them it is stored in: what is compared, on every page.
#pragma once

#include "base/result.h"
#include "infer/graph.h"
#include "io/model_file.h"
#include "network/network.h"

namespace condenser {

struct NetworkForms {
    // The dense one computes every connection, dropped ones as zeros. Of a model that is stored condensed it is the
    // network that it was condensed from, with zeros for what was dropped (condense/expand.h).
    Network dense, condensed;
    // Condensing steps that were still to come and were applied by importance to get the condensed form: with any, the
    // two are different functions. At least 1 where a training of the public reference's rules had lost parts of steps,
    // which were made up for. 0: they answer alike.
    int outstandingSteps = 0;

    // An error where the tensors do not fit the spec, or where a condensed model has no dense form (expandedState).
    static Result<NetworkForms> make(const ModelFile& model);

    const Network& of(Variant variant) const { return variant == Variant::kDense ? dense : condensed; }
    // As it is timed: dense with all connections, condensed with its index layers.
    Graph graph(Variant variant, int height, int width) const;
};

}  // namespace condenser
