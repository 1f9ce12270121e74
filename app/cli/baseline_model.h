// A --model that names a network of infer/baselines.h: those that CondenseNet is measured against.
#pragma once

#include "cli/model_options.h"
#include "infer/baselines.h"

namespace condenser::cli {

// The baseline `options.model` for pictures of height x width, with the weights of --weights or of --seed. There is no
// form of it but "dense": an error says so.
Result<Graph> openBaseline(const ModelOptions& options, int height, int width, const Common& common);

}  // namespace condenser::cli
