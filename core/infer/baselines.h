// The networks that CondenseNet is measured against, as inference graphs; they cannot be trained or condensed.
//
// Names of the tensors in a state dict:
//   resnet-18      torchvision's resnet18
//   vgg-16         torchvision's vgg16 (without norms)
//   mobilenet-1.0  MobileNet V1: features.{conv0,norm0}, features.blockB.{depthwise,norm1,pointwise,norm2} for B from
//                  1 to 13, classifier
// Each convolution has a .weight (vgg-16: and a .bias), each linear layer a .weight and a .bias, each norm .weight,
// .bias, .running_mean, .running_var and perhaps .num_batches_tracked.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "infer/graph.h"
#include "tensor/state_dict.h"

namespace condenser {

struct Baseline {
    const char* name;  // "resnet-18"
    int size;          // height and width of the pictures that it is made for
    int classes;
};
const std::vector<Baseline>& baselines();

bool isBaseline(std::string_view name);
// nullptr if there is none of that name.
const Baseline* findBaseline(std::string_view name);

// The baseline `name` (checked) for pictures of height x width, from 1 to 4096 pixels; vgg-16
// takes from 224 to 255 only: its classifier reads a last map of 7 x 7, and the adaptive pooling by which torchvision
// serves other sizes is not built. An error says so.

// With random weights: convolutions N(0, sqrt(2 / inputs of an output)), linear weights U(-1/sqrt(inputs),
// 1/sqrt(inputs)), biases 0, norms 1 and 0 with mean 0 and variance 1. Activations then neither vanish nor explode.
Result<Graph> baselineGraph(std::string_view name, int height, int width, std::uint64_t seed);

// With the tensors of `state`. Every one must be there with its dtype and shape and nothing else besides
// (num_batches_tracked may be missing): the error lists what is not.
Result<Graph> baselineGraph(std::string_view name, int height, int width, const StateDict& state);

}  // namespace condenser
