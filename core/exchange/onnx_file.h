// ONNX: a network as other engines read it. The only door to libonnx and protobuf.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>

#include "base/result.h"
#include "io/model_file.h"

namespace condenser {

inline constexpr int kOnnxOpset = 13;
inline constexpr int kOnnxIrVersion = 7;
// protobuf reads no message that is longer.
inline constexpr std::size_t kMaxOnnxBytes = std::numeric_limits<int>::max();

// What the graph takes pictures for: normalised by whoever calls it (float32), or as they are (uint8, RGB), in which
// case it normalises them itself.
enum class OnnxInput { kNormalised, kBytes };

struct OnnxModel {
    std::string bytes;                 // the file
    std::map<std::string, int> nodes;  // how many of each operator: {"Conv", 13}
};

// `model` as a graph of standard operators: first input `input` [N, 3, H, W], first output `output` [N, classes], N
// left open. Initialisers have the names that the tensors have in a state dict. An index layer is a Gather, a channel
// shuffle Reshape - Transpose - Reshape, a condensed convolution a Conv of its groups; the weights of a dense network
// are multiplied by their masks. metadata_props: `spec` and `variant` in plain text, `classes`, `mean`, `std`, `resize`
// as JSON.
//
// The tensors of `model` must be those of a network of its spec, as openModel gives them. What comes out has passed
// ONNX's checker and its shape inference. More than `limit` bytes of weights are refused before they are copied.
Result<OnnxModel> onnxModel(const ModelFile& model, OnnxInput input, std::size_t limit = kMaxOnnxBytes);

}  // namespace condenser
