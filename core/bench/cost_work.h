// What a network makes a machine do, counted from its spec: the few kinds of work that its time is made of. Times come
// from rates (cost_estimate.h), which a calibration measures (calibration.h).
#pragma once

#include <array>
#include <cstddef>

#include "network/network_spec.h"

namespace condenser {

// Of one picture through a network that answers. The kinds, and why each is one:
//   0  multiply-adds of the convolutions in dense blocks and transitions, on maps 12 pixels wide and more
//   1  the same on narrower maps, which fill the vectors badly
//   2  values that the 1x1 convolutions write: where groups read few inputs, the stores bound them
//   3  values that the stem writes
//   4  values that poolings read
//   5  multiply-adds of the classifier, whose weights come from memory
//   6  layers, each of which ends in a meeting of the threads
inline constexpr std::size_t kInferenceKinds = 7, kInferenceLayers = 6;
using InferenceWork = std::array<double, kInferenceKinds>;

// Of one picture's share of a training step, forward and backward:
//   0  multiply-adds (of the forward pass) of the 1x1 convolutions, over connections that live
//   1  multiply-adds of the 3x3 convolutions
//   2  values that the 1x1 convolutions read, and whose gradients they add to
//   3  values between the two convolutions of a layer, read and written several times
//   4  values that the stem writes
//   5  values that poolings read
//   6  multiply-adds of the classifier
//   7  layers, an image's share of each
//   8  parameters that the optimiser updates, an image's share of each
inline constexpr std::size_t kTrainingKinds = 9, kTrainingLayers = 7;
using TrainingWork = std::array<double, kTrainingKinds>;

// `kept`: the share of the learned convolutions' connections that is computed: 1 dense, 1 / C condensed. A spec that is
// valid, else the numbers mean nothing.
InferenceWork inferenceWork(const NetworkSpec& spec, double kept);
TrainingWork trainingWork(const NetworkSpec& spec, double kept, int batch);

}  // namespace condenser
