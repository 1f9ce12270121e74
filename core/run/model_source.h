// What --model, --weights, --variant and --classifier-keep name, as one network: the single place that knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/model_file.h"
#include "network/network.h"

namespace condenser {

struct ModelRequest {
    std::string model;               // a model file, a PyTorch checkpoint, a preset or a spec
    std::filesystem::path weights;   // a bare state dict or a checkpoint beside a preset or spec; empty: none
    std::optional<Variant> variant;  // nullopt: the form stored; for a preset or spec: dense
    double classifierKeep = 1;       // acts when a dense network is converted
    std::uint64_t seed = 1;          // of fresh weights
    bool referenceQuirks = false;    // inputs that a reference training failed to drop: the first ones are kept
};

struct OpenedModel {
    ModelFile info;  // spec, classes, preprocessing; `tensors` are those of the network, `variant` its form
    Network network;
    std::vector<std::string> notices;  // what the user should know: "condensing steps were outstanding ...", ...
};

// A file that holds a model by itself, whatever its name: one of ours, or a PyTorch checkpoint of the reference's
// network, whose spec is read off its tensors. The tensors are not yet held against the spec (the network does that).
struct StoredModel {
    ModelFile file;
    std::vector<std::string> notices;  // what was taken for granted
};
Result<StoredModel> readStoredModel(const std::filesystem::path& path);

// A preset or spec has classes named "0", "1", ... and CIFAR's or ImageNet's normalisation by its size. A condensed
// form of a network with condensing steps outstanding, or lost by a reference training, applies them by importance,
// with a notice. Condensed files cannot become dense: an error that says so.
Result<OpenedModel> openModel(const ModelRequest& request);

}  // namespace condenser
