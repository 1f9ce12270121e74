// inspect for the networks that CondenseNet is measured against.
#pragma once

#include "cli/model_options.h"

namespace condenser::cli {

// Multiply-adds and parameters of the baseline `options.model` at the size that it is made for; `layers`: of each
// operator of its graph, norms folded into their neighbours.
Outcome inspectBaseline(const ModelOptions& options, bool layers, const Common& common);

}  // namespace condenser::cli
