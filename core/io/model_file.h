// Model files: a state dict under the reference's tensor names, and in the metadata all that is needed to classify a
// picture correctly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/preprocess.h"
#include "io/safetensors.h"
#include "network/network_spec.h"
#include "network/variant.h"
#include "tensor/state_dict.h"

namespace condenser {

const char* variantName(Variant variant);  // "dense", "condensed"

struct ModelFile {
    NetworkSpec spec;
    Variant variant = Variant::kDense;
    std::vector<std::string> classes;  // spec.classes of them
    Preprocess preprocess;             // its size is the spec's
    std::string trained;               // a JSON object in text: data, settings, epoch, accuracies; "{}" if unknown
    StateDict tensors;
};

// Whether its classes have names. Those of a preset, a spec or a checkpoint of somebody else's are "0", "1", ... in
// order.
bool hasClassNames(const ModelFile& model);

// Metadata `condenser`: a JSON string with version 1, spec, variant, classes, mean, std, resize,
// trained. A newer version is refused in words; a file without that metadata is refused with the advice to give
// --model with a preset or spec and the file as --weights. The tensors are not yet held against the spec (the network
// does that when they are loaded).
Result<ModelFile> readModelFile(const std::filesystem::path& path);
// A safetensors file that has been read already; `name` stands for it in messages.
Result<ModelFile> modelFromTensors(TensorFile file, const std::string& name);

// Atomically. What the reader would refuse is refused here.
Result<> writeModelFile(const std::filesystem::path& path, const ModelFile& model);
// The size of the file that it would write.
Result<std::uint64_t> modelFileBytes(const ModelFile& model);

}  // namespace condenser
